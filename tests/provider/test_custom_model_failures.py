"""Custom models that can't be made: refused, failed, without room, taken for another one, or imported wrongly."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from custom_models import KEY, artifacts
from dynamic_host import DynamicHost, HostError
from fake_clock import FakeClock
from pulumi_bedrock import serialized
from pulumi_bedrock.local import LocalBedrock

CREATE, GET, LIST = "CreateCustomModel", "GetCustomModel", "ListCustomModels"
ARTIFACTS = (
    "If it is the artifacts: AWS makes custom models of Amazon Nova models that SageMaker has trained, and role_arn "
    "must be a role that Bedrock may assume and that may read them."
)


@pytest.fixture
def named(model_inputs: dict[str, Any]) -> dict[str, Any]:
    """Inputs that give the name."""
    return {**model_inputs, "modelName": "fixed"}


def failure_of(host: DynamicHost, inputs: dict[str, Any]) -> str:
    with pytest.raises(HostError) as failure:
        host.create(inputs)
    return str(failure.value).strip()


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (
            "AccessDeniedException",
            "AccessDenied: {}: AWS said: No. Allow bedrock:CreateCustomModel, and iam:PassRole on role_arn, to the "
            "identity that runs Pulumi.",
        ),
        (
            "ValidationException",
            f"ValidationFailed: {{}}: AWS said: No. Change the arguments that AWS names. {ARTIFACTS}",
        ),
    ],
)
def test_each_create_error_is_one_line_with_next_step(
    model_host: DynamicHost, named: dict[str, Any], local_bedrock: LocalBedrock, error: str, said: str
) -> None:
    local_bedrock.add_fault(operation=CREATE, error=error, message="No.")

    assert failure_of(model_host, named) == said.format('custom model "fixed"')
    assert local_bedrock.custom_models() == []


def test_failed_model_is_deleted_and_its_reason_shown_though_the_list_has_none(
    model_host: DynamicHost, named: dict[str, Any], local_bedrock: LocalBedrock, clock: FakeClock
) -> None:
    local_bedrock.set_model_creation(manual=True)
    clock.after(
        300,
        lambda: local_bedrock.set_status(
            local_bedrock.custom_models()[0]["modelArn"], "Failed", failure_message="There are no artifacts."
        ),
    )

    said = failure_of(model_host, named)

    assert said == (
        'ModelFailed: custom model "fixed": its status is Failed. AWS said: There are no artifacts. It was deleted, so '
        "nothing is left. Fix the cause and run `pulumi up` again."
    )
    assert local_bedrock.custom_models() == []


def test_failed_model_whose_reason_cannot_be_read_is_still_an_error(
    model_host: DynamicHost, named: dict[str, Any], local_bedrock: LocalBedrock
) -> None:
    local_bedrock.add_fault(operation=CREATE, kind="activation", message="There are no artifacts.")
    local_bedrock.add_fault(operation=GET, error="AccessDeniedException", message="No.")

    said = failure_of(model_host, named)

    assert said.startswith('ModelFailed: custom model "fixed": its status is Failed. AWS gave no reason.')


def test_create_times_out_after_two_hours_and_names_the_delete_command(
    model_host: DynamicHost, named: dict[str, Any], local_bedrock: LocalBedrock
) -> None:
    local_bedrock.set_model_creation(manual=True)

    said = failure_of(model_host, named)

    [live] = local_bedrock.custom_models()
    assert said.startswith('WaitTimeout: custom model "fixed": still Creating after 2 h 0 min; left in place')
    assert "The next `pulumi up` of this stack resumes it." in said
    assert f"aws bedrock delete-custom-model --region us-east-1 --model-identifier {live['modelArn']}" in said


# Names and tokens


def test_taken_name_names_the_other_model(
    model_host: DynamicHost, named: dict[str, Any], local_bedrock: LocalBedrock
) -> None:
    other = local_bedrock.create_custom_model("fixed")

    said = failure_of(model_host, named)

    assert said.startswith(
        f'NameTaken: custom model "fixed": the name is taken in us-east-1 by {other} (status Active). Nothing was '
        f'changed. Choose another name, or import_="{other}" to manage that custom model.'
    )


@pytest.mark.parametrize(
    "change",
    [{"modelSourceConfig": artifacts(2)}, {"roleArn": "arn:aws:iam::123456789012:role/other"}, {"modelKmsKeyArn": KEY}],
    ids=["artifacts", "role", "key"],
)
def test_used_token_is_refused_also_when_aws_does_not_show_the_difference(
    model_host: DynamicHost, named: dict[str, Any], local_bedrock: LocalBedrock, change: dict[str, Any]
) -> None:
    first = model_host.create({**named, "clientRequestToken": "token-1"}).id

    said = failure_of(model_host, {**named, **change, "modelName": "second", "clientRequestToken": "token-1"})

    assert said.startswith(f'TokenReplayed: custom model "second": AWS answered with {first}, because this stack has ')
    assert [live["modelArn"] for live in local_bedrock.custom_models()] == [first]


def test_token_of_an_interrupted_create_that_is_deleted_asks_for_a_new_token(
    start_host: Callable[..., DynamicHost], named: dict[str, Any], local_bedrock: LocalBedrock, clock: FakeClock
) -> None:
    given = {**named, "clientRequestToken": "token-1"}
    local_bedrock.set_model_creation(manual=True)
    failure_of(start_host(make=serialized.custom_model), {**given, "timeouts": {"create": "1m"}})
    [left] = (live["modelArn"] for live in local_bedrock.custom_models())
    clock.after(60, lambda: local_bedrock.set_status(left, "Active"))

    said = failure_of(start_host(make=serialized.custom_model), {**given, "modelSourceConfig": artifacts(2)})

    assert said == (
        f'TokenReplayed: custom model "fixed": AWS answered with {left}, because this stack has used '
        "client_request_token for it before. Nothing was created. Use a new token, or leave it out."
    )
    assert local_bedrock.custom_models() == []


@pytest.mark.parametrize(
    "change", [{"modelSourceConfig": artifacts(2)}, {"modelKmsKeyArn": KEY}], ids=["artifacts", "key"]
)
def test_token_that_an_earlier_run_used_is_refused(
    start_host: Callable[..., DynamicHost],
    model_host: DynamicHost,
    named: dict[str, Any],
    local_bedrock: LocalBedrock,
    change: dict[str, Any],
) -> None:
    given = {**named, "clientRequestToken": "token-1"}
    first = model_host.create(given).id

    said = failure_of(start_host(make=serialized.custom_model), {**given, **change})

    assert said.startswith('TokenReplayed: custom model "fixed": AWS answered with ')
    assert said.endswith("Use a new token, or leave it out.") or f'import_="{first}"' in said
    assert [live["modelArn"] for live in local_bedrock.custom_models()] == [first]


# Quotas


def test_create_waits_for_a_slot(
    model_host: DynamicHost,
    named: dict[str, Any],
    local_bedrock: LocalBedrock,
    clock: FakeClock,
    capsys: pytest.CaptureFixture[str],
) -> None:
    theirs = local_bedrock.create_custom_model("theirs", status="Creating")
    local_bedrock.set_model_quota_in_progress(1)
    clock.after(300, lambda: local_bedrock.set_status(theirs, "Active"))

    made = model_host.create(named)

    assert [live["modelArn"] for live in local_bedrock.custom_models()] == [theirs, made.id]
    assert "waiting for a slot (AWS allows 1 at a time): fixed" in capsys.readouterr().out


def test_slot_that_never_comes_is_a_timeout_that_counts_custom_models(
    model_host: DynamicHost, named: dict[str, Any], local_bedrock: LocalBedrock
) -> None:
    local_bedrock.create_custom_model("theirs", status="Creating")
    local_bedrock.set_model_quota_in_progress(1)

    said = failure_of(model_host, {**named, "timeouts": {"create": "3m"}})

    assert said == (
        'WaitTimeout: custom model "fixed": no slot was free within 3 min: other custom models of this account are in '
        "progress, and AWS has a quota for them, that of custom models that are being created. Nothing was created. "
        "Run `pulumi up` again, with a longer custom_timeouts create."
    )


def test_full_total_is_an_error_that_names_the_quota(
    model_host: DynamicHost, named: dict[str, Any], local_bedrock: LocalBedrock
) -> None:
    local_bedrock.create_custom_model("theirs")
    local_bedrock.set_model_quota(1)

    said = failure_of(model_host, named)

    assert said.startswith('ServiceQuotaExceeded: custom model "fixed": AWS said: ')
    assert "Delete a custom model that isn't needed" in said
    assert 'There are 1 custom models in us-east-1, and none is being created. So the quota "Custom models per' in said
    assert "is full, and not that of custom models that are being created. Nothing was created." in said
    assert said.endswith(
        "has no room for a second custom model works with delete_before_replace=True in the options: "
        "then the deployments that use it are deleted too, and nothing serves until the new ones are Active."
    )
