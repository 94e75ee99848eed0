"""Create, when it doesn't work: one line that says what happened, what AWS said, what is left and what to do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from dynamic_host import DynamicHost, HostError
from fake_clock import FakeClock
from pulumi_bedrock.aws.deployments import DEPLOYABLE
from pulumi_bedrock.local import LocalBedrock

OTHER_ACCOUNTS_MODEL = "arn:aws:bedrock:us-east-1:999999999999:custom-model/amazon.nova-lite-v1:0/abcdefghij12"


def failure_of(host: DynamicHost, inputs: dict[str, Any]) -> str:
    """The one line that a failing create shows."""
    with pytest.raises(HostError) as failure:
        host.create(inputs)
    line = str(failure.value).removesuffix("\n")
    assert "\n" not in line
    assert "Traceback" not in line
    return line


def test_failed_deployment_is_deleted_and_reason_is_shown(
    host: DynamicHost, inputs: dict[str, Any], local_bedrock: LocalBedrock
) -> None:
    local_bedrock.add_fault(
        operation="CreateCustomModelDeployment", kind="activation", outcome="fail", message="No capacity."
    )

    said = failure_of(host, {**inputs, "modelDeploymentName": "fixed"})

    assert said == (
        'DeploymentFailed: deployment "fixed": its status is Failed. AWS said: No capacity. '
        "It was deleted, so nothing is left. Fix the cause and run `pulumi up` again."
    )
    assert local_bedrock.deployments() == []


def test_failed_deployment_that_cannot_be_deleted_is_named_with_delete_command(
    host: DynamicHost, inputs: dict[str, Any], local_bedrock: LocalBedrock
) -> None:
    local_bedrock.add_fault(
        operation="CreateCustomModelDeployment", kind="activation", outcome="fail", message="No capacity"
    )
    local_bedrock.add_fault(operation="DeleteCustomModelDeployment", error="AccessDeniedException")

    said = failure_of(host, inputs)

    [left] = local_bedrock.deployments()
    arn = left["customModelDeploymentArn"]
    assert "AWS said: No capacity. It could not be deleted" in said
    assert "Allow bedrock:DeleteCustomModelDeployment" in said
    assert (
        f"aws bedrock delete-custom-model-deployment --region us-east-1 --custom-model-deployment-identifier {arn}"
        in said
    )


def test_create_timeout_keeps_deployment_and_says_what_to_do(
    host: DynamicHost, inputs: dict[str, Any], local_bedrock: LocalBedrock, clock: FakeClock
) -> None:
    local_bedrock.set_activation(manual=True)

    said = failure_of(host, {**inputs, "modelDeploymentName": "fixed", "timeouts": {"create": "45m"}})

    [left] = local_bedrock.deployments()
    arn = left["customModelDeploymentArn"]
    assert said == (
        'WaitTimeout: deployment "fixed": still Creating after 45 min; left in place, since it may still become '
        "Active. "
        "Set a longer custom_timeouts create. It exists in the account, but not in the state. "
        "The next `pulumi up` of this stack resumes it. To delete it instead, once it is Active: "
        f"aws bedrock delete-custom-model-deployment --region us-east-1 --custom-model-deployment-identifier {arn}"
    )
    assert sum(clock.slept) == pytest.approx(45 * 60)


def test_create_timeout_without_identity_says_how_to_adopt(
    host: DynamicHost, inputs: dict[str, Any], local_bedrock: LocalBedrock
) -> None:
    local_bedrock.set_activation(manual=True)
    owner = {key: value for key, value in inputs["__owner"].items() if key != "identity"}

    said = failure_of(host, {**inputs, "__owner": owner})

    [left] = local_bedrock.deployments()
    assert f'To adopt it, run again with import_="{left["customModelDeploymentArn"]}"' in said


def test_default_create_timeout_is_60_minutes(
    host: DynamicHost, inputs: dict[str, Any], local_bedrock: LocalBedrock, clock: FakeClock
) -> None:
    local_bedrock.set_activation(manual=True)

    assert "still Creating after 60 min" in failure_of(host, inputs)
    assert sum(clock.slept) == pytest.approx(3600)


def test_unknown_status_is_not_taken_for_active(
    host: DynamicHost, inputs: dict[str, Any], local_bedrock: LocalBedrock, clock: FakeClock
) -> None:
    local_bedrock.set_activation(manual=True)
    clock.after(
        1,
        lambda: local_bedrock.set_status(local_bedrock.deployments()[0]["customModelDeploymentArn"], "Rebalancing"),
    )

    assert "still Rebalancing after 60 min" in failure_of(host, inputs)


def test_taken_name_error_names_other_deployment(
    host: DynamicHost, inputs: dict[str, Any], local_bedrock: LocalBedrock
) -> None:
    [other] = [
        local_bedrock.client("bedrock").create_custom_model_deployment(
            modelDeploymentName="fixed", modelArn=inputs["modelArn"]
        )
    ]
    arn = other["customModelDeploymentArn"]
    local_bedrock.clear_requests()

    said = failure_of(host, {**inputs, "modelDeploymentName": "fixed"})

    assert said == (
        f'NameTaken: deployment "fixed": the name is taken in us-east-1 by {arn} (model {inputs["modelArn"]}, '
        f'status Active). Nothing was changed. Choose another name, or import_="{arn}" to manage that deployment. '
        "If it is the one that is being replaced, add delete_before_replace=True to the options."
    )
    assert [live["customModelDeploymentArn"] for live in local_bedrock.deployments()] == [arn]
    assert "DeleteCustomModelDeployment" not in local_bedrock.counts()


def test_taken_name_is_not_detected_by_message_text(
    host: DynamicHost, inputs: dict[str, Any], local_bedrock: LocalBedrock
) -> None:
    """The same words, but nothing has the name: it is what AWS says it is."""
    local_bedrock.add_fault(
        operation="CreateCustomModelDeployment",
        error="ValidationException",
        message="The name fixed is already in use.",
    )

    said = failure_of(host, {**inputs, "modelDeploymentName": "fixed"})

    assert said.startswith('ValidationFailed: deployment "fixed": AWS said: The name fixed is already in use.')


def test_token_used_for_other_deployment_asks_for_new_token(
    start_host: Callable[..., DynamicHost], inputs: dict[str, Any], local_bedrock: LocalBedrock
) -> None:
    first = start_host().create({**inputs, "modelDeploymentName": "first", "clientRequestToken": "token-1"})

    said = failure_of(start_host(), {**inputs, "modelDeploymentName": "second", "clientRequestToken": "token-1"})

    assert said == (
        f'TokenReplayed: deployment "second": AWS answered with another deployment, {first.id} ("first", model '
        f"{inputs['modelArn']}, status Active), because client_request_token was used before. Nothing was created or "
        "changed. Use a new token, or leave it out."
    )
    assert [live["customModelDeploymentArn"] for live in local_bedrock.deployments()] == [first.id]


def test_token_used_by_other_resource_is_refused(
    host: DynamicHost, inputs: dict[str, Any], local_bedrock: LocalBedrock
) -> None:
    """The same inputs with the same token, twice in one run: AWS answers with one deployment."""
    given = {**inputs, "modelDeploymentName": "fixed", "clientRequestToken": "token-1"}
    first = host.create(given)

    said = failure_of(host, given)

    assert said.startswith('TokenReplayed: deployment "fixed": ')
    assert f"AWS answered with {first.id}, because this stack has used client_request_token for it before" in said
    assert "Use a new token, or leave it out" in said
    assert [live["customModelDeploymentArn"] for live in local_bedrock.deployments()] == [first.id]


def test_token_of_deleted_deployment_asks_for_new_token(
    start_host: Callable[..., DynamicHost], inputs: dict[str, Any], local_bedrock: LocalBedrock
) -> None:
    """A replacement under a given name deletes first, and then AWS may still know the token."""
    given = {**inputs, "modelDeploymentName": "fixed", "clientRequestToken": "token-1"}
    first = start_host().create(given)
    host = start_host()
    host.delete(first.id, first.outputs)

    said = failure_of(host, {**given, "description": "Another"})

    assert said.startswith('TokenReplayed: deployment "fixed": ')
    assert "Use a new token, or leave it out" in said
    assert local_bedrock.deployments() == []


@pytest.mark.parametrize(
    ("change", "value"), [("description", "Another"), ("modelArn", "another-model"), ("tags", {"a": "1"})]
)
def test_used_token_is_detected_by_each_difference(
    host: DynamicHost, inputs: dict[str, Any], local_bedrock: LocalBedrock, change: str, value: Any
) -> None:
    given = {**inputs, "modelDeploymentName": "fixed", "clientRequestToken": "token-1"}
    host.create(given)
    if change == "modelArn":
        value = local_bedrock.create_custom_model(value)
    changed = {**given, change: value, **({"tagsAll": value} if change == "tags" else {})}

    assert failure_of(host, changed).startswith('TokenReplayed: deployment "fixed"')


@pytest.mark.parametrize(
    ("error", "message", "said"),
    [
        (
            "AccessDeniedException",
            "User bob is not authorized.",
            'AccessDenied: deployment "fixed": AWS said: User bob is not authorized. '
            "Allow bedrock:CreateCustomModelDeployment to the identity that runs Pulumi.",
        ),
        (
            "TooManyTagsException",
            "51 tags",
            'TooManyTags: deployment "fixed": AWS said: 51 tags. Remove some tags; those of aws:defaultTags count too.',
        ),
        (
            "ValidationException",
            "No such thing.",
            'ValidationFailed: deployment "fixed": AWS said: No such thing. Change the arguments that AWS names. '
            f"{DEPLOYABLE}",
        ),
        (
            "ThrottlingException",
            "Slow down",
            'Throttled: deployment "fixed": AWS said: Slow down. Run the command again, with a smaller --parallel, '
            "or raise aws:maxRetries.",
        ),
        (
            "InternalServerException",
            "Oops",
            'InternalServerError: deployment "fixed": AWS said: Oops. Run the command again.',
        ),
        (
            "ExpiredTokenException",
            "The security token is expired",
            'CredentialsExpired: deployment "fixed": AWS said: The security token is expired. Sign in again (for '
            "instance with `aws sso login`), then run the command again.",
        ),
        (
            "ResourceNotFoundException",
            "No model",
            'ResourceNotFound: deployment "fixed": AWS said: No model. Check model_arn: it must be a custom model '
            "of this account and Region.",
        ),
    ],
)
def test_each_create_error_is_one_line_with_next_step(
    host: DynamicHost,
    inputs: dict[str, Any],
    local_bedrock: LocalBedrock,
    error: str,
    message: str,
    said: str,
) -> None:
    local_bedrock.add_fault(operation="CreateCustomModelDeployment", error=error, message=message)

    assert failure_of(host, {**inputs, "modelDeploymentName": "fixed"}).startswith(said)
    assert local_bedrock.deployments() == []


def test_missing_model_of_other_region_names_that_region(host: DynamicHost, inputs: dict[str, Any]) -> None:
    said = failure_of(host, {**inputs, "modelArn": inputs["modelArn"].replace("us-east-1", "eu-west-1")})

    assert said.endswith(
        "The model's ARN is in eu-west-1, but the deployment is in us-east-1. Set region= or aws:region to "
        "the model's Region."
    )


def test_create_retries_throttling_for_two_minutes(
    host: DynamicHost, inputs: dict[str, Any], local_bedrock: LocalBedrock
) -> None:
    local_bedrock.add_fault(operation="CreateCustomModelDeployment", error="ThrottlingException", count=20)

    host.create(inputs)

    assert len(local_bedrock.deployments()) == 1


@pytest.mark.parametrize("operation", ["GetCustomModelDeployment", "GetCustomModel"])
def test_wait_retries_transient_errors(
    host: DynamicHost, inputs: dict[str, Any], local_bedrock: LocalBedrock, operation: str
) -> None:
    local_bedrock.add_fault(operation=operation, error="InternalServerException", count=20)

    assert host.create(inputs).outputs["status"] == "Active"


def test_expired_credentials_while_waiting_name_the_deployment(
    host: DynamicHost, inputs: dict[str, Any], local_bedrock: LocalBedrock, clock: FakeClock
) -> None:
    local_bedrock.set_activation(manual=True)
    clock.after(60, lambda: local_bedrock.add_fault(error="ExpiredTokenException"))

    said = failure_of(host, inputs)

    [left] = local_bedrock.deployments()
    assert said.startswith("CredentialsExpired: ")
    assert left["customModelDeploymentArn"] in said
    assert "It exists in the account, but not in the state." in said


def test_unreachable_endpoint_fails_at_once(
    start_host: Callable[..., DynamicHost],
    inputs: dict[str, Any],
    clock: FakeClock,
    monkeypatch: pytest.MonkeyPatch,
    unused_port: int,
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{unused_port}")

    said = failure_of(start_host(), inputs)

    assert said.startswith("EndpointUnreachable: ")
    assert f'Could not connect to the endpoint URL: "http://127.0.0.1:{unused_port}/' in said
    assert said.endswith("Check the network, aws:endpoints and AWS_ENDPOINT_URL.")
    assert clock.slept == []


def test_create_without_credentials_says_where_to_set_them(
    start_host: Callable[..., DynamicHost], inputs: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")

    said = failure_of(start_host(), inputs)

    assert said.startswith("CredentialsMissing: ")
    assert said.endswith(
        "no AWS credentials were found. Set aws:profile in the stack's configuration, AWS_PROFILE or "
        "AWS_ACCESS_KEY_ID in the environment, or sign in with `aws sso login`."
    )


def test_description_and_tags_in_aws_error_are_redacted(
    host: DynamicHost, inputs: dict[str, Any], local_bedrock: LocalBedrock
) -> None:
    local_bedrock.add_fault(
        operation="CreateCustomModelDeployment",
        error="ValidationException",
        message="Value 's3cret words' at 'description' and 't0p' at 'tags' are not allowed.",
    )

    said = failure_of(host, {**inputs, "description": "s3cret words", "tags": {"k": "t0p"}, "tagsAll": {"k": "t0p"}})

    assert "Value '[redacted]' at 'description' and '[redacted]' at 'tags' are not allowed." in said


def test_unexpected_exception_shows_traceback(
    host: DynamicHost, inputs: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """`tracebacklimit` would leave `KeyError: 'x'` and nothing else."""

    def mistaken(*_: object, **__: object) -> None:
        raise KeyError("x")

    monkeypatch.setattr(type(host.provider.clients), "bedrock", mistaken)

    with pytest.raises(HostError) as failure:
        host.create(inputs)

    said = str(failure.value)
    assert said.startswith("InternalError: this is a bug in pulumi_bedrock, please report it: KeyError: 'x'\n")
    assert 'File "' in said
    assert "in mistaken" in said


@pytest.mark.parametrize("unmarked", ["tagging denied", "no identity"])
def test_create_without_mark_names_deployment_before_it_exists(
    host: DynamicHost, inputs: dict[str, Any], local_bedrock: LocalBedrock, unmarked: str
) -> None:
    owner = {key: value for key, value in inputs["__owner"].items() if key != "identity" or unmarked != "no identity"}
    if unmarked == "tagging denied":
        local_bedrock.add_fault(operation="CreateCustomModelDeployment", error="AccessDeniedException", count=1)
    lines: list[tuple[str, bool]] = []
    provider: Any = host.provider
    provider.report = lambda line: lines.append((line, bool(local_bedrock.deployments())))

    created = host.create({**inputs, "__owner": owner})

    line = (
        f"creating {created.outputs['modelDeploymentName']} without the mark of an unfinished deployment: if this run "
        "is killed, no later run finds it"
    )
    assert (line, False) in lines
