"""`pulumi:autonaming` in the real engine, which passes its names to no dynamic resource."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from engine.stack import Stack

NOTICE = "pulumi:autonaming doesn't name custom models or their deployments"
OUTAGE = (
    'warning: deployment "{}": this replacement deletes it before it creates the new one. Nothing serves from the '
    "deletion until the new deployment is Active. Reason: modelArn changes, and the names of pulumi:autonaming have "
    "no random part, so that Pulumi deletes first whatever it replaces. To avoid the outage, run `pulumi config set "
    "--path pulumi:autonaming.providers.pulumi-python.mode default`, leave model_deployment_name out (automatic "
    "name), set update_in_place=True, or use two deployments (blue-green)."
)


def diagnostics(said: str) -> str:
    return said.rpartition("\nDiagnostics:\n")[2]


@pytest.mark.parametrize("setting", [{"mode": "verbatim"}, {"mode": "disabled"}, {"pattern": "${name}-${stack}"}])
def test_names_without_random_part_announce_outage(
    stack: Stack, model: str, other_model: str, setting: dict[str, Any]
) -> None:
    stack.declare(model_arn=model)
    stack.up()
    name = stack.outputs()["modelDeploymentName"]
    stack.config["pulumi:autonaming"] = setting
    assert stack.preview().changes == {"unchanged": 3}
    stack.declare(model_arn=other_model)

    preview = diagnostics(stack.pulumi("preview").text)
    assert (preview.count(NOTICE), preview.count(OUTAGE.format(name))) == (1, 1)

    stack.pulumi("config", "set", "--path", "pulumi:autonaming.providers.pulumi-python.mode", "default")
    stack.config = yaml.safe_load(stack._config_file.read_text())["config"]
    said = stack.pulumi("up", "--yes", "--skip-preview").text
    assert said.index("created replacement") < said.index("deleting original")
    assert "warning" not in said
    assert NOTICE not in said
