"""Credentials of the wrong account, and an STS that can't be reached."""

from __future__ import annotations

import pytest
from pulumi_bedrock.local import LocalBedrock
from scenarios.outcomes import scenario
from scenarios.stacks import ScenarioStack
from scenarios.sts import FakeSts
from scenarios.subject import Subject, both

pytestmark = pytest.mark.usefixtures("nothing_lost")

OWN, OTHER = "123456789012", "210987654321"


def sign_in_elsewhere(stack: ScenarioStack, local: LocalBedrock) -> dict[str, str]:
    """Give a stack the credentials of another account; return the environment that it had."""
    role = local.client("sts").assume_role(RoleArn=f"arn:aws:iam::{OTHER}:role/other", RoleSessionName="other")
    before = dict(stack.environment)
    stack.environment.update(
        AWS_ACCESS_KEY_ID=role["Credentials"]["AccessKeyId"],
        AWS_SECRET_ACCESS_KEY=role["Credentials"]["SecretAccessKey"],
        AWS_SESSION_TOKEN=role["Credentials"]["SessionToken"],
    )
    return before


@scenario(
    "`refresh` or `destroy` with the credentials of another account",
    "AWS answers not-found for what is in another account. The error names both accounts, and the deployment stays in "
    "the state and in AWS.",
)
@both
def test_refresh_and_destroy_with_another_account_keep_the_state(
    stack: ScenarioStack, subject: Subject, local: LocalBedrock
) -> None:
    subject.declare(stack)
    stack.up()
    (arn,) = stack.recorded
    before = sign_in_elsewhere(stack, local)
    said = (
        f"WrongAccount: {subject.kind.noun} {arn}: AWS does not find it with the credentials of account {OTHER}, "
        f"because it is in account {OWN}. It stays in the state. Run again with credentials of {OWN}."
    )
    assert stack.refresh(fails=True).error == said
    assert stack.destroy(fails=True).error == said
    assert stack.recorded == {arn} == subject.arns()
    stack.environment = before
    stack.destroy()
    assert (subject.live(), stack.recorded) == ([], set())


@scenario(
    "Deleted outside of Pulumi, and STS doesn't answer",
    "Whether the credentials are of the right account can't be checked, so the deployment stays in the state. The "
    "error names the setting that turns the check off, `aws:skipRequestingAccountId`.",
)
def test_destroy_of_deleted_deployment_without_sts_names_the_way_out(
    stack: ScenarioStack, local: LocalBedrock, model: str, refusing_sts: FakeSts
) -> None:
    stack.environment["AWS_ENDPOINT_URL_STS"] = refusing_sts.endpoint_url
    stack.declare(model_arn=model)
    stack.up()
    (arn,) = stack.recorded
    local.client("bedrock").delete_custom_model_deployment(customModelDeploymentIdentifier=arn)
    assert stack.destroy(fails=True).error == (
        f"AccountUnknown: deployment {arn}: AWS does not find it with these credentials. They may be of another "
        f"account than {OWN}, which could not be checked: AWS said: Not from here. Allow sts:GetCallerIdentity to the "
        "identity that runs Pulumi. It stays in the state. Make STS reachable (AWS_ENDPOINT_URL_STS). Or, if the "
        "credentials are right, turn this check off: `pulumi config set aws:skipRequestingAccountId true`, then run "
        "again with --run-program."
    )
    assert stack.recorded == {arn}
    assert len(refusing_sts.requests) == 1
    stack.config["aws:skipRequestingAccountId"] = "true"
    stack.destroy("--run-program")
    assert stack.recorded == set()
    assert len(refusing_sts.requests) == 1


@scenario(
    "`aws:allowedAccountIds` or `aws:forbiddenAccountIds` excludes the account of the credentials",
    "`up`, `refresh` and `destroy` fail before they call Bedrock. A preview calls nothing, so it doesn't show that.",
)
def test_guard_excludes_the_account_before_bedrock_is_called(
    stack: ScenarioStack, local: LocalBedrock, model: str
) -> None:
    stack.config["aws:allowedAccountIds"] = [OTHER]
    stack.declare(model_arn=model)
    with FakeSts(OWN) as sts:
        stack.environment["AWS_ENDPOINT_URL_STS"] = sts.endpoint_url
        stack.preview()
        assert (sts.requests, local.counts()) == ([], {})
        assert stack.up(fails=True).error == (
            f"WrongAccount: the credentials are of account {OWN}, and aws:allowedAccountIds doesn't list it. Nothing "
            "was changed. Use the credentials of another account."
        )
        assert (len(sts.requests), local.counts()) == (1, {})
        stack.config["aws:allowedAccountIds"] = [OTHER, OWN]
        stack.up()
        assert len(sts.requests) == 2
    assert len(local.deployments()) == 1
