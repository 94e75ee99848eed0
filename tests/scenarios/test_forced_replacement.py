"""`--target-replace` skips `diff`, and create comes first: AWS may answer with the deployment that is then deleted."""

from __future__ import annotations

import pickle
from base64 import b64encode
from typing import Any

import pytest
from dynamic_host import PROVIDER_KEY
from engine.stack import DEPLOYMENT, Code, Run, deployment
from pulumi_bedrock import serialized
from pulumi_bedrock.local import LocalBedrock
from scenarios.condition import eventually
from scenarios.orphans import orphans
from scenarios.outcomes import scenario
from scenarios.processes import alive
from scenarios.stacks import ScenarioStack
from scenarios.strangers import Strangers

pytestmark = pytest.mark.usefixtures("nothing_lost")

DELETE_FIRST = Code("pulumi.ResourceOptions(delete_before_replace=True)")


def deployed(stack: ScenarioStack, **arguments: Any) -> str:
    """Run `up`, and return the deployment's ARN."""
    stack.declare(**arguments)
    stack.up()
    (arn,) = stack.recorded
    return arn


def replace(stack: ScenarioStack, *, fails: bool = False) -> Run:
    """Force a replacement of the one deployment."""
    return stack.up("--target-replace", stack.resource()["urn"], fails=fails)


def still_serves(stack: ScenarioStack, local: LocalBedrock, arn: str) -> None:
    """Check that this deployment is the only one, that it serves, and that the state has it."""
    assert [(item["customModelDeploymentArn"], item["status"]) for item in local.deployments()] == [(arn, "Active")]
    assert stack.recorded == {arn}


@scenario(
    "`--target-replace` with a fixed name",
    "`up` fails before it changes anything, and suggests `delete_before_replace=True`. With that option, the "
    "replacement works.",
)
def test_forced_replacement_with_fixed_name(stack: ScenarioStack, local: LocalBedrock, model: str) -> None:
    old = deployed(stack, model_arn=model, model_deployment_name="fixed")
    failed = replace(stack, fails=True)
    assert failed.error.startswith('NameTaken: deployment "fixed": ')
    assert "delete_before_replace=True" in failed.error
    still_serves(stack, local, old)
    stack.declare(model_arn=model, model_deployment_name="fixed", opts=DELETE_FIRST)
    replace(stack)
    (new,) = stack.recorded
    assert new != old
    still_serves(stack, local, new)


@scenario(
    "`--target-replace` with an automatic name",
    "`up` creates a deployment with a new name, and deletes the old one when the new one is `Active`.",
)
def test_forced_replacement_with_automatic_name(stack: ScenarioStack, local: LocalBedrock, model: str) -> None:
    old = deployed(stack, model_arn=model)
    replace(stack)
    (new,) = stack.recorded
    assert new != old
    still_serves(stack, local, new)


@scenario(
    "`--target-replace` with the program's own `client_request_token`",
    "AWS returns the live deployment, so `up` fails and asks for a new token. The live deployment stays, also in the "
    "state.",
)
def test_forced_replacement_with_given_token(stack: ScenarioStack, local: LocalBedrock, model: str) -> None:
    old = deployed(stack, model_arn=model, client_request_token="a-token-of-ours")
    failed = replace(stack, fails=True)
    assert failed.error.startswith("TokenReplayed: ")
    assert f"AWS answered with another deployment, {old}" in failed.error
    assert "Use a new token, or leave it out" in failed.error
    still_serves(stack, local, old)

    # A new token works. With a fixed name, too, the deployment that AWS returns is recognized.
    stack.declare(model_arn=model, model_deployment_name="fixed", client_request_token="another-token-of-ours")
    stack.up()
    (new,) = stack.recorded
    assert new != old
    failed = replace(stack, fails=True)
    assert failed.error.startswith("TokenReplayed: ")
    assert f"AWS answered with {new}, which an earlier create finished" in failed.error
    still_serves(stack, local, new)


@scenario(
    "`--target-replace` with `import_` still in the options",
    "The import finds the live deployment again and keeps it.",
)
@scenario(
    "`--target-replace` with `import_` still in the options, when another Python version wrote the state",
    "The import keeps the live deployment as well, although old and new resource have different providers in that run.",
)
@scenario(
    "`--target-replace` with both `import_` and `delete_before_replace=True`",
    "These two options can't be combined: `up` fails before it changes anything.",
)
def test_forced_replacement_with_import_option(
    stack: ScenarioStack, local: LocalBedrock, model: str, strangers: Strangers
) -> None:
    live = strangers("adopted")
    strangers.adopted(live)
    given = {"model_arn": model, "model_deployment_name": "adopted"}
    assert deployed(stack, **given, opts=Code(f"pulumi.ResourceOptions(import_={live!r})")) == live
    assert "adopted: kept, because a create of this run returned it" in replace(stack).text
    still_serves(stack, local, live)

    stack.rewrite(_as_other_python)
    replace(stack)
    still_serves(stack, local, live)

    both = Code(f"pulumi.ResourceOptions(import_={live!r}, delete_before_replace=True)")
    stack.declare(**given, opts=both)
    failed = replace(stack, fails=True)
    assert "import_ and delete_before_replace=True can't be combined" in failed.text
    still_serves(stack, local, live)


@scenario(
    "`--target-replace` with an automatic name, and the CLI is killed (`kill -9`) during the wait",
    "A plain `up` keeps the old deployment and doesn't search, so the run itself names the new one, and "
    "`pulumi-bedrock-orphans`, which finds it.",
)
def test_killed_forced_replacement_has_named_new_deployment(
    stack: ScenarioStack, local: LocalBedrock, model: str
) -> None:
    old = deployed(stack, model_arn=model)
    local.set_activation(manual=True)
    running = stack.start("up", "--yes", "--skip-preview", "--target-replace", stack.resource()["urn"])
    running.says("Creating, waiting for Active")
    host = running.kill()
    eventually(lambda: not alive(host), "the end of the host")
    (new,) = [item for item in local.deployments() if item["customModelDeploymentArn"] != old]
    stack.pulumi("cancel", "--yes")

    stack.up()

    assert stack.held == [old]
    assert [item["status"] for item in local.deployments()] == ["Active", "Creating"]
    lines = [line for line in running.text.splitlines() if "pulumi-bedrock-orphans" in line]
    assert lines, running.text
    assert all("warning: " in line and new["modelDeploymentName"] in line for line in lines)
    listed = orphans(stack)
    assert (listed.returncode, new["modelDeploymentName"] in listed.stdout) == (1, True)


def test_create_that_next_up_resumes_does_not_name_orphans(
    stack: ScenarioStack, local: LocalBedrock, model: str, other_model: str
) -> None:
    stack.declare(model_arn=model)
    first = stack.up()
    added = deployment("sales", model_arn=model)
    stack.declare(model_arn=other_model, more=added)
    ordinary = stack.up()

    assert (ordinary.changes["created"], ordinary.changes["replaced"]) == (1, 1)
    assert "pulumi-bedrock-orphans" not in first.text + ordinary.text


def _as_other_python(resources: list[dict[str, Any]]) -> None:
    """Change the state as if another Python version, with other pickles, had written it."""
    [resource] = [each for each in resources if each["type"] == DEPLOYMENT]
    pickled = b64encode(pickle.dumps(serialized.Reference(serialized.deployment), protocol=2)).decode()
    assert pickled != resource["outputs"][PROVIDER_KEY]
    resource["inputs"][PROVIDER_KEY] = resource["outputs"][PROVIDER_KEY] = pickled
