"""The AWS side on an injected client: what is called with what, and which answers end in which error."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest
from arns import ARN, MODEL
from botocore.exceptions import BotoCoreError, ClientError, EndpointConnectionError, NoCredentialsError
from botocore.stub import Stubber
from fake_clock import FakeClock
from pulumi_bedrock import errors
from pulumi_bedrock.aws import custom_models
from pulumi_bedrock.aws.custom_models import CustomModels
from pulumi_bedrock.aws.deployments import ACTIONS, DEPLOYABLE, Deployments
from pulumi_bedrock.aws.resources import Deployment
from pulumi_bedrock.aws.slot_wait import _call_when_free
from pulumi_bedrock.aws.waiting import Deadline
from pulumi_bedrock.lifecycle.unfinished import finish
from pulumi_bedrock.values.arns import adopt_or_delete, region_in
from pulumi_bedrock.values.kinds import CUSTOM_MODEL, DEPLOYMENT, KINDS, Kind
from pulumi_bedrock.values.redaction import Redaction

CREATED = datetime.datetime(2026, 11, 23, 12, tzinfo=datetime.timezone.utc)
REQUEST = {"modelDeploymentName": "bot", "modelArn": MODEL, "clientRequestToken": "token-1"}
BY_ARN = {"customModelDeploymentIdentifier": ARN}


def described(status: str = "Active", **more: Any) -> dict[str, Any]:
    """GetCustomModelDeployment's answer."""
    return {
        "customModelDeploymentArn": ARN,
        "modelDeploymentName": "bot",
        "modelArn": MODEL,
        "createdAt": CREATED,
        "status": status,
        **more,
    }


def listed(status: str = "Active", **more: Any) -> dict[str, Any]:
    """A page of ListCustomModelDeployments with that deployment on it."""
    summary = described(status, **more)
    summary["customModelDeploymentName"] = summary.pop("modelDeploymentName")
    return {"modelDeploymentSummaries": [summary]}


@pytest.fixture
def client() -> Any:
    return boto3.client("bedrock", region_name="us-east-1", aws_access_key_id="a", aws_secret_access_key="b")


@pytest.fixture
def aws(client: Any) -> Iterator[Stubber]:
    """Answers in the order given; every one must be asked for."""
    with Stubber(client) as stubber:
        yield stubber
        stubber.assert_no_pending_responses()


@pytest.fixture
def lines() -> list[str]:
    """What the person at the terminal reads."""
    return []


@pytest.fixture
def deployments(client: Any, clock: FakeClock, lines: list[str]) -> Deployments:
    return Deployments(
        client, "bot", clock=clock.clock, progress=lines.append, redact=Redaction(private=["s3cret"], public=["bot"])
    )


@pytest.fixture
def deadline(clock: FakeClock) -> Deadline:
    return Deadline(600, clock.clock)


# create


def test_create_sends_request_once(aws: Stubber, deployments: Deployments, deadline: Deadline) -> None:
    aws.add_response("create_custom_model_deployment", {"customModelDeploymentArn": ARN}, REQUEST)

    assert deployments.create(REQUEST, deadline) == ARN


@pytest.mark.parametrize("code", ["ThrottlingException", "InternalServerException"])
def test_create_retries_with_same_token(
    aws: Stubber, deployments: Deployments, deadline: Deadline, clock: FakeClock, code: str
) -> None:
    for _ in range(3):
        aws.add_client_error("create_custom_model_deployment", code, expected_params=REQUEST)
    aws.add_response("create_custom_model_deployment", {"customModelDeploymentArn": ARN}, REQUEST)

    assert deployments.create(REQUEST, deadline) == ARN
    assert sum(clock.slept) == pytest.approx(3)


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("AccessDeniedException", errors.AccessDenied),
        ("ResourceNotFoundException", errors.ResourceNotFound),
        ("TooManyTagsException", errors.TooManyTags),
        ("ExpiredTokenException", errors.CredentialsExpired),
        ("Novelty", errors.UnexpectedAnswer),
    ],
)
def test_lasting_error_ends_create_at_once(
    aws: Stubber, deployments: Deployments, deadline: Deadline, clock: FakeClock, code: str, kind: type[Exception]
) -> None:
    aws.add_client_error("create_custom_model_deployment", code, "It's s3cret.")

    with pytest.raises(kind, match=r"It's \[redacted\]"):
        deployments.create(REQUEST, deadline)
    assert clock.slept == []


def test_conflict_of_a_create_looks_the_name_up_at_once(
    aws: Stubber, deployments: Deployments, deadline: Deadline
) -> None:
    aws.add_client_error("create_custom_model_deployment", "ConflictException", "Words that say nothing.")
    aws.add_response("get_custom_model_deployment", described("Creating"), {"customModelDeploymentIdentifier": "bot"})

    with pytest.raises(errors.NameTaken, match=f"the name is taken in us-east-1 by {ARN}"):
        deployments.create(REQUEST, deadline)

    assert deadline.elapsed == 0


def test_conflict_of_a_create_is_retried_when_nobody_has_the_name(
    aws: Stubber, deployments: Deployments, deadline: Deadline
) -> None:
    aws.add_client_error("create_custom_model_deployment", "ConflictException", "Busy.")
    aws.add_client_error("get_custom_model_deployment", "ResourceNotFoundException")
    aws.add_response("create_custom_model_deployment", {"customModelDeploymentArn": ARN})

    assert deployments.create(REQUEST, deadline) == ARN


def test_refused_create_checks_whether_name_is_taken(
    aws: Stubber, deployments: Deployments, deadline: Deadline
) -> None:
    aws.add_client_error("create_custom_model_deployment", "ValidationException", "Words that say nothing.")
    aws.add_response("get_custom_model_deployment", described("Creating"), {"customModelDeploymentIdentifier": "bot"})

    with pytest.raises(errors.NameTaken) as failure:
        deployments.create(REQUEST, deadline)

    said = str(failure.value)
    assert f"taken in us-east-1 by {ARN} (model {MODEL}, status Creating)" in said
    assert failure.value.__cause__ is not None
    assert isinstance(failure.value.__cause__.__cause__, errors.ValidationFailed)


@pytest.mark.parametrize("code", ["ResourceNotFoundException", "AccessDeniedException", "ThrottlingException"])
def test_refused_create_with_free_name_raises_aws_error(
    aws: Stubber, deployments: Deployments, deadline: Deadline, code: str
) -> None:
    aws.add_client_error("create_custom_model_deployment", "ValidationException", "The name is taken.")
    aws.add_client_error("get_custom_model_deployment", code)

    with pytest.raises(errors.ValidationFailed, match=r"The name is taken\.") as failure:
        deployments.create(REQUEST, deadline)

    assert str(failure.value).endswith(f"Change the arguments that AWS names. {DEPLOYABLE}")
    assert "/deploy-custom-model-on-demand.html" in DEPLOYABLE


def test_create_refused_with_another_code_does_not_name_base_models(
    aws: Stubber, deployments: Deployments, deadline: Deadline
) -> None:
    aws.add_client_error("create_custom_model_deployment", "AnotherException", "No.")
    aws.add_client_error("get_custom_model_deployment", "ResourceNotFoundException")

    with pytest.raises(errors.UnexpectedAnswer) as failure:
        deployments.create(REQUEST, deadline)

    assert DEPLOYABLE not in str(failure.value)


def test_missing_model_of_other_region_is_named(aws: Stubber, deployments: Deployments, deadline: Deadline) -> None:
    aws.add_client_error("create_custom_model_deployment", "ResourceNotFoundException", "No model.")

    with pytest.raises(
        errors.ResourceNotFound, match=r"The model's ARN is in eu-west-1, .* deployment is in us-east-1"
    ):
        deployments.create({**REQUEST, "modelArn": MODEL.replace("us-east-1", "eu-west-1")}, deadline)


def test_create_of_queue_needs_no_list_after_an_accepted_one(
    aws: Stubber, deployments: Deployments, deadline: Deadline
) -> None:
    aws.add_client_error("list_custom_model_deployments", "AccessDeniedException", "Not you.")

    assert _call_when_free(deployments, lambda: ARN, deadline) == ARN


# find, tags, everything


def test_find_returns_description(aws: Stubber, deployments: Deployments) -> None:
    aws.add_response("get_custom_model_deployment", described(description="Answers"), BY_ARN)

    found = deployments.find(ARN)

    assert found == Deployment(
        arn=ARN,
        name="bot",
        model_arn=MODEL,
        status="Active",
        created_at="2026-11-23T12:00:00+00:00",
        description="Answers",
    )
    assert found.region == "us-east-1"
    assert "Answers" not in repr(found)


def test_find_returns_none_only_for_not_found(aws: Stubber, deployments: Deployments) -> None:
    aws.add_client_error("get_custom_model_deployment", "ResourceNotFoundException")
    aws.add_client_error("get_custom_model_deployment", "AccessDeniedException")

    assert deployments.find(ARN) is None
    with pytest.raises(errors.AccessDenied, match="Allow bedrock:GetCustomModelDeployment"):
        deployments.find(ARN)


def test_tags_are_returned_as_mapping(aws: Stubber, deployments: Deployments) -> None:
    tags = [{"key": "a", "value": "1"}, {"key": "b", "value": ""}]
    aws.add_response("list_tags_for_resource", {"tags": tags}, {"resourceARN": ARN})
    aws.add_response("list_tags_for_resource", {}, {"resourceARN": ARN})

    assert deployments.tags(ARN) == {"a": "1", "b": ""}
    assert deployments.tags(ARN) == {}


def test_search_reads_all_pages(aws: Stubber, deployments: Deployments) -> None:
    aws.add_response("list_custom_model_deployments", {**listed(), "nextToken": "more"}, {"maxResults": 1000})
    aws.add_response("list_custom_model_deployments", listed("Failed"), {"maxResults": 1000, "nextToken": "more"})

    assert [found.status for found in deployments.list_all()] == ["Active", "Failed"]


# finish


def test_finish_removes_mark(aws: Stubber, deployments: Deployments) -> None:
    aws.add_response("untag_resource", {}, {"resourceARN": ARN, "tagKeys": ["pulumi-bedrock:unfinished"]})

    finish(deployments, ARN)


def test_finish_overwrites_mark_when_untag_is_denied(aws: Stubber, deployments: Deployments) -> None:
    aws.add_client_error("untag_resource", "AccessDeniedException")
    tags = [{"key": "pulumi-bedrock:unfinished", "value": "no"}]
    aws.add_response("tag_resource", {}, {"resourceARN": ARN, "tags": tags})

    finish(deployments, ARN)


# Waiting for a deployment


def test_wait_returns_active_deployment_at_once(
    aws: Stubber, deployments: Deployments, deadline: Deadline, clock: FakeClock, lines: list[str]
) -> None:
    aws.add_response("list_custom_model_deployments", listed())

    assert deployments.wait_active(ARN, deadline).status == "Active"
    assert clock.slept == []
    assert lines == ["Active after 0 s: bot"]


def test_wait_reports_each_status(aws: Stubber, deployments: Deployments, deadline: Deadline, lines: list[str]) -> None:
    for status in ("Creating", "Creating", "Novelty", "Active"):
        aws.add_response("list_custom_model_deployments", listed(status))

    deployments.wait_active(ARN, deadline)

    assert [line.split(",")[0] for line in lines] == ["Creating", "Novelty", "Active after 2 s: bot"]


def test_failed_deployment_raises_reason_without_secret(
    aws: Stubber, deployments: Deployments, deadline: Deadline
) -> None:
    aws.add_response("list_custom_model_deployments", listed("Failed", failureMessage="No room for s3cret."))

    with pytest.raises(errors.DeploymentFailed) as failure:
        deployments.wait_active(ARN, deadline)

    assert str(failure.value) == 'deployment "bot": its status is Failed. AWS said: No room for [redacted].'


def test_failed_deployment_without_reason_says_so(aws: Stubber, deployments: Deployments, deadline: Deadline) -> None:
    aws.add_response("list_custom_model_deployments", listed("Failed"))

    with pytest.raises(errors.DeploymentFailed, match=r"its status is Failed\. AWS gave no reason\."):
        deployments.wait_active(ARN, deadline)


# Waiting for a model


def test_active_model_needs_no_wait(
    aws: Stubber, deployments: Deployments, deadline: Deadline, clock: FakeClock
) -> None:
    aws.add_response(
        "get_custom_model",
        {"modelArn": MODEL, "modelName": "m", "creationTime": CREATED, "modelStatus": "Active"},
        {"modelIdentifier": MODEL},
    )

    deployments.wait_model_active(MODEL, deadline)

    assert clock.slept == []


def test_model_without_status_is_accepted(aws: Stubber, deployments: Deployments, deadline: Deadline) -> None:
    aws.add_response("get_custom_model", {"modelArn": MODEL, "modelName": "m", "creationTime": CREATED})

    deployments.wait_model_active(MODEL, deadline)


@pytest.mark.parametrize("code", ["AccessDeniedException", "ResourceNotFoundException", "ValidationException"])
def test_denied_get_custom_model_is_left_to_create(
    aws: Stubber, deployments: Deployments, deadline: Deadline, code: str
) -> None:
    aws.add_client_error("get_custom_model", code)

    deployments.wait_model_active(MODEL, deadline)


def test_failed_model_raises_reason(aws: Stubber, deployments: Deployments, deadline: Deadline) -> None:
    aws.add_response(
        "get_custom_model",
        {
            "modelArn": MODEL,
            "modelName": "m",
            "creationTime": CREATED,
            "modelStatus": "Failed",
            "failureMessage": "Bad data.",
        },
    )

    with pytest.raises(errors.ModelFailed) as failure:
        deployments.wait_model_active(MODEL, deadline)

    assert str(failure.value) == (
        f'deployment "bot": the custom model {MODEL} is Failed. AWS said: Bad data. '
        "Nothing was created. Deploy a model that is Active."
    )


# delete


def test_delete_calls_once_and_waits(
    aws: Stubber, deployments: Deployments, deadline: Deadline, clock: FakeClock
) -> None:
    aws.add_response("delete_custom_model_deployment", {}, BY_ARN)
    aws.add_response("list_custom_model_deployments", listed("Deleting"))
    aws.add_response("list_custom_model_deployments", {"modelDeploymentSummaries": []})
    aws.add_client_error("get_custom_model_deployment", "ResourceNotFoundException", expected_params=BY_ARN)

    deployments.delete(ARN, deadline)

    assert sum(clock.slept) == pytest.approx(0.5)


def test_lagging_list_is_not_taken_for_deleted(aws: Stubber, deployments: Deployments, deadline: Deadline) -> None:
    aws.add_response("delete_custom_model_deployment", {})
    aws.add_response("list_custom_model_deployments", {"modelDeploymentSummaries": []})
    aws.add_response("get_custom_model_deployment", described("Deleting"))
    aws.add_response("list_custom_model_deployments", {"modelDeploymentSummaries": []})
    aws.add_client_error("get_custom_model_deployment", "ResourceNotFoundException")

    deployments.delete(ARN, deadline)


# No error of botocore's gets out

VERBS: dict[str, Callable[[Deployments, Deadline], object]] = {
    "create": lambda the, until: the.create(REQUEST, until),
    "find": lambda the, _until: the.find(ARN),
    "tags": lambda the, _until: the.tags(ARN),
    "list_all": lambda the, _until: the.with_retries(the.list_all),
    "finish": lambda the, _until: finish(the, ARN),
    "wait_active": lambda the, until: the.wait_active(ARN, until),
    "wait_model_active": lambda the, until: the.wait_model_active(MODEL, until),
    "delete": lambda the, until: the.delete(ARN, until),
}
FAILURES: dict[str, Exception] = {
    "an expired token": ClientError(
        {"Error": {"Code": "ExpiredTokenException", "Message": "Expired"}},
        "Operation",  # type: ignore[typeddict-item]
    ),
    "a new code": ClientError({"Error": {"Code": "Novelty", "Message": "What"}}, "Operation"),
    "no credentials": NoCredentialsError(),
    "no endpoint": EndpointConnectionError(endpoint_url="http://nowhere"),
    "anything of botocore's": BotoCoreError(),
}


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("failure", FAILURES)
def test_no_operation_raises_botocore_error(
    client: Any, deployments: Deployments, deadline: Deadline, verb: str, failure: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise FAILURES[failure]

    monkeypatch.setattr(client, "_make_api_call", fail)

    with pytest.raises(errors.BedrockError) as caught:
        VERBS[verb](deployments, deadline)

    assert len(str(caught.value).splitlines()) == 1
    assert "bot" in str(caught.value) or ARN in str(caught.value)


MODEL_VERBS: dict[str, Callable[[CustomModels, Deadline], object]] = {
    "create": lambda the, until: the.create({"modelName": "bot"}, until),
    "find": lambda the, _until: the.find(MODEL),
    "tags": lambda the, _until: the.tags(MODEL),
    "list_all": lambda the, _until: the.list_all(),
    "finish": lambda the, _until: finish(the, MODEL),
    "in_use": lambda the, _until: the.in_use(MODEL),
    "delete": lambda the, until: the.delete(MODEL, until),
}


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.api)
def test_every_call_has_listed_action(
    client: Any,
    deployments: Deployments,
    clock: FakeClock,
    deadline: Deadline,
    monkeypatch: pytest.MonkeyPatch,
    kind: Kind,
) -> None:
    """What IAM policies are made from: an operation that isn't listed would be missing there."""
    models = CustomModels(client, "bot", clock=clock.clock)
    calls: list[Callable[[], object]] = [
        *(lambda call=call: call(deployments, deadline) for call in VERBS.values()),
        models.list_all,  # at the end of a stack
    ]
    if kind is CUSTOM_MODEL:
        calls = [lambda call=call: call(models, deadline) for call in MODEL_VERBS.values()]
    asked: set[str] = set()

    def deny(operation: str, _parameters: object) -> None:
        asked.add(f"bedrock:{operation}")
        raise ClientError({"Error": {"Code": "AccessDeniedException", "Message": "No"}}, operation)

    monkeypatch.setattr(client, "_make_api_call", deny)
    for call in calls:
        try:
            call()
        except errors.AccessDenied as denied:
            assert any(f"Allow {action}{end}" in str(denied) for action in asked for end in " ,")  # noqa: PT017

    assert asked == set(ACTIONS if kind is DEPLOYMENT else custom_models.ACTIONS)


# What ARNs tell


@pytest.mark.parametrize(
    ("identifier", "region"),
    [
        (ARN, "us-east-1"),
        (ARN.replace("aws:", "aws-us-gov:").replace("us-east-1", "us-gov-west-1"), "us-gov-west-1"),
        ("bot", None),
        (ARN + "\n", None),
        (MODEL, "us-east-1"),
        ("", None),
    ],
)
def test_region_is_parsed_from_arn(identifier: str, region: str | None) -> None:
    assert region_in(identifier) == region


def test_remaining_deployment_is_named_with_next_steps() -> None:
    assert adopt_or_delete(ARN) == (
        f'To adopt it, run again with import_="{ARN}" in the resource\'s options. To delete it: aws bedrock '
        f"delete-custom-model-deployment --region us-east-1 --custom-model-deployment-identifier {ARN}"
    )
