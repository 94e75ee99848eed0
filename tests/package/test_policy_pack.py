"""The example's policy pack in the real engine: what it refuses, and what it lets through.

Of the released CLI, the language host starts a pack. The one that `make cli` builds from Go modules is too old for
that, so the pack is started by a program here, which Pulumi allows too.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from engine.stack import Stack
from package.environments import Environment, make_environment
from pulumi_bedrock.local import LocalBedrock

PACK = Path(__file__).parents[2] / "examples/policy-pack"
CALL = 'bedrock.ModelInvocation("smoke-test", model_id=deployment.custom_model_deployment_arn, prompt="Hi")'
REMEDIATION = """\
from pulumi_policy import EnforcementLevel, PolicyPack, ResourceValidationPolicy


def add_tag(args):
    if args.resource_type == "pulumi-python:dynamic/bedrock:CustomModelDeployment":
        tags = {name: {**(args.props.get(name) or {}), "cost-center": "7"} for name in ("tags", "tagsAll")}
        return {**args.props, **tags}


rule = ResourceValidationPolicy(
    "adds-cost-center", "Adds a tag.", remediate=add_tag, enforcement_level=EnforcementLevel.REMEDIATE
)
PolicyPack("remediation", [rule])
"""


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Environment:
    """What the example's README installs."""
    folder = tmp_path_factory.mktemp("policy")
    return make_environment(folder / "venv", Path(sys.executable), "-r", str(PACK / "requirements.txt"))


def start(pack: Path, environment: Environment, folder: Path) -> str:
    program = folder / "start-pack"
    program.write_text(f'#!/bin/sh\nexec "{environment.bin}/python" -u "{pack}" "$@"\n')
    program.chmod(0o755)
    return str(program)


def test_pack_refuses_what_its_rules_name_and_nothing_else(
    environment: Environment, stack: Stack, local: LocalBedrock, model: str, tmp_path: Path
) -> None:
    pack = start(PACK, environment, tmp_path)
    stack.declare(model_arn=model, model_deployment_name="support-bot-live")

    refused = stack.pulumi("preview", "--policy-pack", pack, fails=True)

    assert "support-bot has a fixed name, so a changed input is an outage." in refused.text
    assert "support-bot needs the tag cost-center." in refused.text
    assert "No ModelInvocation calls support-bot" in refused.text
    stack.up("--policy-pack", pack, fails=True)
    assert local.deployments() == []

    stack.declare(model_arn=model, tags={"cost-center": "7"}, more=CALL)
    run = stack.up("--policy-pack", pack)

    assert not any(f"[{level}]" in run.text for level in ("mandatory", "advisory")), run.text
    [deployment] = local.deployments()
    assert deployment["tags"] == {"cost-center": "7"}


def test_remediation_of_tags_and_tags_all_reaches_aws(
    environment: Environment, stack: Stack, local: LocalBedrock, model: str, tmp_path: Path
) -> None:
    (tmp_path / "pack").mkdir()
    (tmp_path / "pack/__main__.py").write_text(REMEDIATION)
    pack = start(tmp_path / "pack", environment, tmp_path)
    stack.declare(model_arn=model, tags={"team": "support"})

    stack.up("--policy-pack", pack)

    [deployment] = local.deployments()
    assert deployment["tags"] == {"team": "support", "cost-center": "7"} == stack.outputs()["tags"]
    stack.up("--policy-pack", pack, "--refresh", "--expect-no-changes")
