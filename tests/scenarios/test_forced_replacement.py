"""`--target-replace` skips `diff`, and create comes first: AWS may answer with what is then deleted."""

from __future__ import annotations

import pickle
from base64 import b64encode
from typing import Any

import pytest
from dynamic_host import PROVIDER_KEY
from engine.stack import DEPLOYMENT, Code, Run
from pulumi_bedrock import serialized
from scenarios.condition import eventually
from scenarios.orphans import orphans
from scenarios.outcomes import scenario
from scenarios.processes import alive
from scenarios.stacks import ScenarioStack
from scenarios.strangers import Strangers
from scenarios.subject import Subject, both

pytestmark = pytest.mark.usefixtures("nothing_lost")

DELETE_FIRST = Code("pulumi.ResourceOptions(delete_before_replace=True)")


def deployed(stack: ScenarioStack, subject: Subject, **arguments: Any) -> str:
    """Run `up`, and return the ARN."""
    subject.declare(stack, **arguments)
    stack.up()
    (arn,) = stack.recorded
    return arn


def replace(stack: ScenarioStack, *, fails: bool = False) -> Run:
    """Force a replacement of the one resource."""
    return stack.up("--target-replace", stack.resource()["urn"], fails=fails)


def still_serves(stack: ScenarioStack, subject: Subject, arn: str) -> None:
    """Check that this is the only one, that it is Active, and that the state has it."""
    assert subject.statuses() == {arn: "Active"}
    assert stack.recorded == {arn}


@scenario(
    "`--target-replace` with a fixed name",
    "`up` fails before it changes anything, and suggests `delete_before_replace=True`. With that option, the "
    "replacement works.",
)
@both
def test_forced_replacement_with_fixed_name(stack: ScenarioStack, subject: Subject) -> None:
    old = deployed(stack, subject, name="fixed")
    failed = replace(stack, fails=True)
    assert failed.error.startswith(f"NameTaken: {subject.named('fixed')}: ")
    assert "delete_before_replace=True" in failed.error
    still_serves(stack, subject, old)
    subject.declare(stack, name="fixed", opts=DELETE_FIRST)
    replace(stack)
    (new,) = stack.recorded
    assert new != old
    still_serves(stack, subject, new)


@scenario(
    "`--target-replace` with an automatic name",
    "`up` creates a deployment with a new name, and deletes the old one when the new one is `Active`.",
)
@both
def test_forced_replacement_with_automatic_name(stack: ScenarioStack, subject: Subject) -> None:
    old = deployed(stack, subject)
    replace(stack)
    (new,) = stack.recorded
    assert new != old
    still_serves(stack, subject, new)


@scenario(
    "`--target-replace` with the program's own `client_request_token`",
    "AWS returns the live deployment, so `up` fails and asks for a new token. The live deployment stays, also in the "
    "state.",
)
@both
def test_forced_replacement_with_given_token(stack: ScenarioStack, subject: Subject) -> None:
    old = deployed(stack, subject, client_request_token="a-token-of-ours")
    failed = replace(stack, fails=True)
    assert failed.error.startswith("TokenReplayed: ")
    assert f"AWS answered with another {subject.kind.noun}, {old}" in failed.error
    assert "Use a new token, or leave it out" in failed.error
    still_serves(stack, subject, old)

    # A new token works. With a fixed name, too, what AWS returns is recognized.
    subject.declare(stack, name="fixed", client_request_token="another-token-of-ours")
    stack.up()
    (new,) = stack.recorded
    assert new != old
    failed = replace(stack, fails=True)
    assert failed.error.startswith("TokenReplayed: ")
    assert f"AWS answered with {new}, which an earlier create finished" in failed.error
    still_serves(stack, subject, new)


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
def test_forced_replacement_with_import_option(stack: ScenarioStack, subject: Subject, strangers: Strangers) -> None:
    live = strangers("adopted")
    strangers.adopted(live)
    option = Code(f"pulumi.ResourceOptions(import_={live!r})")
    assert deployed(stack, subject, name="adopted", opts=option) == live
    assert "adopted: kept, because a create of this run returned it" in replace(stack).text
    still_serves(stack, subject, live)

    stack.rewrite(_as_other_python)
    replace(stack)
    still_serves(stack, subject, live)

    combined = Code(f"pulumi.ResourceOptions(import_={live!r}, delete_before_replace=True)")
    subject.declare(stack, name="adopted", opts=combined)
    failed = replace(stack, fails=True)
    assert "import_ and delete_before_replace=True can't be combined" in failed.text
    still_serves(stack, subject, live)


@scenario(
    "`--target-replace` with an automatic name, and the CLI is killed (`kill -9`) during the wait",
    "A plain `up` keeps the old deployment and doesn't search, so the run itself names the new one, and "
    "`pulumi-bedrock-orphans`, which finds it.",
)
@both
def test_killed_forced_replacement_has_named_new_one(stack: ScenarioStack, subject: Subject) -> None:
    old = deployed(stack, subject)
    subject.set_creation(manual=True)
    running = stack.start("up", "--yes", "--skip-preview", "--target-replace", stack.resource()["urn"])
    running.says("Creating, waiting for Active")
    host = running.kill()
    eventually(lambda: not alive(host), "the end of the host")
    (new,) = [each for each in subject.live() if each.arn != old]
    stack.pulumi("cancel", "--yes")

    stack.up()

    assert stack.held == [old]
    assert [each.status for each in subject.live()] == ["Active", "Creating"]
    lines = [line for line in running.text.splitlines() if "pulumi-bedrock-orphans" in line]
    assert lines, running.text
    assert all("warning: " in line and new.name in line for line in lines)
    listed = orphans(stack)
    assert (listed.returncode, new.name in listed.stdout) == (1, True)


def test_create_that_next_up_resumes_does_not_name_orphans(stack: ScenarioStack, subject: Subject) -> None:
    subject.declare(stack)
    first = stack.up()
    subject.declare(stack, other=True, more=subject.declared("sales"))
    ordinary = stack.up()

    assert (ordinary.changes["created"], ordinary.changes["replaced"]) == (1, 1)
    assert "pulumi-bedrock-orphans" not in first.text + ordinary.text


def _as_other_python(resources: list[dict[str, Any]]) -> None:
    """Change the state as if another Python version, with other pickles, had written it."""
    [resource] = [each for each in resources if each["type"] == DEPLOYMENT]
    pickled = b64encode(pickle.dumps(serialized.Reference(serialized.deployment), protocol=2)).decode()
    assert pickled != resource["outputs"][PROVIDER_KEY]
    resource["inputs"][PROVIDER_KEY] = resource["outputs"][PROVIDER_KEY] = pickled
