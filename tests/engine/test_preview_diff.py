"""What `preview --diff` shows of outputs."""

from __future__ import annotations

import re

from engine.stack import Stack


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
