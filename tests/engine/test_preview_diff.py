"""What `preview --diff` and `refresh --diff` show of outputs."""

from __future__ import annotations

import re

from engine.stack import Stack
from pulumi_bedrock.local import LocalBedrock


def marked(shown: str) -> list[str]:
    """Return the properties that a diff marks, each with its mark."""
    return re.findall(r"^ {6}([-+~] \w+)", shown, re.M)


def test_preview_of_replacement_shows_nothing_that_only_this_package_uses(
    stack: Stack, model: str, other_model: str
) -> None:
    stack.declare(model_arn=model)
    stack.up()
    stack.declare(model_arn=other_model)

    shown = stack.preview()
    assert shown.changes["to replace"] == 1
    assert f'"{model}" => "{other_model}"' in shown.text
    assert marked(shown.text) == [
        "- createdAt",
        "- customModelDeploymentArn",
        "~ modelArn",
        "- modelDeploymentName",
        "- status",
    ]


def test_refresh_shows_changed_status(stack: Stack, local: LocalBedrock, model: str) -> None:
    stack.declare(model_arn=model)
    stack.up()
    local.set_status(stack.resource()["id"], "Failed")

    assert re.search(r'~ status +: "Active" => "Failed"', stack.refresh().text)
    assert stack.outputs()["status"] == "Failed"
