"""`import_`: a live deployment is taken into the state if it is what the program declares; AWS is only read."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from dynamic_host import UNKNOWN, DynamicHost, HostError
from fake_clock import FakeClock
from pulumi_bedrock.local import LocalBedrock

READS = {"GetCustomModelDeployment", "ListCustomModelDeployments", "ListTagsForResource"}


@pytest.fixture
def live(local_bedrock: LocalBedrock, model_arn: str) -> str:
    """A deployment that somebody made without Pulumi; its ARN."""
    answer = local_bedrock.client("bedrock").create_custom_model_deployment(
        modelDeploymentName="by-hand",
        modelArn=model_arn,
        description="s3cret words",
        tags=[{"key": "team", "value": "s3cret team"}, {"key": "env", "value": "dev"}],
    )
    local_bedrock.clear_requests()
    return str(answer["customModelDeploymentArn"])


@pytest.fixture
def declared(inputs: dict[str, Any], live: str) -> dict[str, Any]:
    """A program that says what is live, with `import_`; `env` comes from the default tags."""
    return {
        **inputs,
        "modelDeploymentName": "by-hand",
        "description": "s3cret words",
        "tags": {"team": "s3cret team"},
        "tagsAll": {"team": "s3cret team", "env": "dev"},
        "importId": live,
    }


def without(properties: dict[str, Any], *keys: str) -> dict[str, Any]:
    return {key: value for key, value in properties.items() if key not in keys}


@pytest.mark.parametrize("by", ["ARN", "name"])
def test_import_adopts_deployment(
    host: DynamicHost, declared: dict[str, Any], live: str, local_bedrock: LocalBedrock, by: str
) -> None:
    created = host.create({**declared, "importId": live if by == "ARN" else "by-hand"})

    assert created.id == live
    assert created.outputs["customModelDeploymentArn"] == live
    assert created.outputs["status"] == "Active"
    assert created.outputs["__autoNamed"] is False
    assert set(local_bedrock.counts()) <= READS


def test_imported_deployment_shows_no_diff_with_or_without_marker(host: DynamicHost, declared: dict[str, Any]) -> None:
    created = host.create(declared)

    assert not host.diff(created.outputs, declared, resource_id=created.id).changes
    assert not host.diff(created.outputs, without(declared, "importId"), resource_id=created.id).changes


def test_refreshed_import_shows_no_diff(host: DynamicHost, declared: dict[str, Any]) -> None:
    created = host.create(declared)

    refreshed = host.read(created.id, created.outputs)

    assert not host.diff(refreshed.outputs, without(declared, "importId"), resource_id=created.id).changes


def test_import_without_name_shows_no_diff(host: DynamicHost, declared: dict[str, Any], live: str) -> None:
    """As `pulumi import` does: what the program leaves to the provider isn't compared."""
    program = without(declared, "modelDeploymentName")
    created = host.create(program)

    assert created.outputs["modelDeploymentName"] == "by-hand"
    assert created.outputs["__autoNamed"] is True
    assert not host.diff(created.outputs, without(program, "importId"), resource_id=live).changes


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (
            {"modelDeploymentName": "another"},
            "modelDeploymentName is by-hand in AWS and another in the program",
        ),
        ({"description": "other s3cret"}, "description has another value in AWS"),
        ({"description": None}, "description is set in AWS, but not in the program"),
        (
            {"tagsAll": {"team": "other s3cret", "env": "dev"}},
            'tags["team"] has another value in AWS',
        ),
        ({"tagsAll": {"env": "dev"}}, 'tags["team"] is set in AWS, but not in the program'),
        (
            {"tagsAll": {"team": "s3cret team", "env": "dev", "cost": "s3cret"}},
            'tags["cost"] is not set in AWS',
        ),
    ],
    ids=["name", "description", "no description", "tag", "no tag", "one tag more"],
)
def test_each_difference_is_error_without_secret_values(
    host: DynamicHost,
    declared: dict[str, Any],
    live: str,
    local_bedrock: LocalBedrock,
    change: dict[str, Any],
    said: str,
) -> None:
    program = {key: value for key, value in {**declared, **change}.items() if value is not None}

    with pytest.raises(HostError) as failure:
        host.create(program)

    assert str(failure.value).strip() == (
        f"ImportMismatch: import_: {live} differs from the program: {said}. "
        "Nothing was changed. Change the program to match, or import another deployment."
    )
    assert "s3cret" not in str(failure.value)
    assert set(local_bedrock.counts()) <= READS


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (
            {"description": "mine", "__importShown": ["description"]},
            'description is "s3cret words" in AWS and "mine" in the program',
        ),
        (
            {"description": None, "__importShown": ["description"]},
            'description is "s3cret words" in AWS and not set in the program',
        ),
        (
            {"tags": {"team": "mine"}, "tagsAll": {"team": "mine", "env": "dev"}, "__importShown": ["tags"]},
            'tags["team"] is "s3cret team" in AWS and "mine" in the program',
        ),
        (
            {"tags": None, "tagsAll": {"env": "prod"}, "__importShown": ["tags"]},
            'tags["env"] is "dev" in AWS and "prod" in the program; tags["team"] is "s3cret team" in AWS and not '
            "set in the program",
        ),
        (
            {"tagsAll": {"team": "s3cret team", "env": "dev", "cost": "7"}, "__importShown": ["tags"]},
            'tags["cost"] is not set in AWS and "7" in the program',
        ),
        (
            {"description": "mine", "tags": None, "tagsAll": None, "__importShown": ["tags"]},
            'description has another value in AWS; tags["env"] is "dev" in AWS and not set in the program; '
            'tags["team"] is "s3cret team" in AWS and not set in the program',
        ),
    ],
)
def test_difference_shows_values_of_what_is_not_secret(
    host: DynamicHost, declared: dict[str, Any], live: str, change: dict[str, Any], said: str
) -> None:
    program = {key: value for key, value in {**declared, **change}.items() if value is not None}

    with pytest.raises(HostError) as failure:
        host.create(program)

    assert str(failure.value).strip() == (
        f"ImportMismatch: import_: {live} differs from the program: {said}. "
        "Nothing was changed. Change the program to match, or import another deployment."
    )


def test_description_that_is_not_in_aws_is_difference(host: DynamicHost, inputs: dict[str, Any]) -> None:
    plain = host.create(inputs)

    with pytest.raises(HostError, match=r"differs from the program: description is not set in AWS\. Nothing was"):
        host.create({**inputs, "importId": plain.id, "description": "mine"})


def test_different_model_names_both_arns(
    host: DynamicHost, declared: dict[str, Any], model_arn: str, local_bedrock: LocalBedrock
) -> None:
    other = local_bedrock.create_custom_model("other")

    with pytest.raises(HostError) as failure:
        host.create({**declared, "modelArn": other})

    assert f"modelArn is {model_arn} in AWS and {other} in the program" in str(failure.value)


def test_different_region_is_error(host: DynamicHost, declared: dict[str, Any]) -> None:
    with pytest.raises(HostError, match="region is us-east-1 in AWS and eu-west-1 in the program"):
        host.create({**declared, "region": "eu-west-1"})


def test_all_differences_are_listed_together(host: DynamicHost, declared: dict[str, Any]) -> None:
    with pytest.raises(HostError) as failure:
        host.create({**declared, "modelDeploymentName": "another", "description": "new", "tagsAll": {}})

    said = str(failure.value)
    for what in ("modelDeploymentName is", "description has", 'tags["team"] is set', 'tags["env"] is set'):
        assert what in said


@pytest.mark.parametrize(
    "identifier",
    ["nobody", "arn:aws:bedrock:us-east-1:123456789012:custom-model-deployment/zzzzzzzzzzzz"],
    ids=["name", "ARN"],
)
def test_import_of_missing_deployment_fails(
    host: DynamicHost, declared: dict[str, Any], local_bedrock: LocalBedrock, identifier: str
) -> None:
    with pytest.raises(HostError) as failure:
        host.create({**declared, "importId": identifier})

    assert str(failure.value).strip() == (
        f"ResourceNotFound: import_: there is no deployment {identifier} in us-east-1. "
        "Check the name or ARN and the Region."
    )
    assert set(local_bedrock.counts()) == {"GetCustomModelDeployment"}


@pytest.mark.parametrize(
    ("identifier", "is_hinted"),
    [("x7wfvyx885l9", True), ("x7wfvyx885l", False), ("x7wfvyx885l90", False), ("X7wfvyx885l9", False)],
)
def test_import_by_id_says_that_the_whole_arn_is_needed(
    host: DynamicHost, declared: dict[str, Any], identifier: str, is_hinted: bool
) -> None:
    with pytest.raises(HostError) as failure:
        host.create({**declared, "importId": identifier})

    hint = (
        " AWS finds a deployment by its name or its whole ARN, not by its ID: "
        f"arn:aws:bedrock:us-east-1:<account>:custom-model-deployment/{identifier}"
    )
    assert str(failure.value).strip().endswith(f"and the Region.{hint if is_hinted else ''}")


def test_import_of_a_name_that_looks_like_an_id_adopts_the_deployment(
    host: DynamicHost, declared: dict[str, Any], local_bedrock: LocalBedrock
) -> None:
    created = local_bedrock.client("bedrock").create_custom_model_deployment(
        modelDeploymentName="x7wfvyx885l9", modelArn=declared["modelArn"]
    )

    found = host.create({"modelArn": declared["modelArn"], "region": "us-east-1", "importId": "x7wfvyx885l9"})

    assert found.id == created["customModelDeploymentArn"]


def test_import_with_denied_get_is_not_reported_as_missing(
    host: DynamicHost, declared: dict[str, Any], local_bedrock: LocalBedrock
) -> None:
    local_bedrock.add_fault(operation="GetCustomModelDeployment", error="AccessDeniedException", message="No.")

    with pytest.raises(HostError, match=r"AccessDenied: .* Allow bedrock:GetCustomModelDeployment"):
        host.create(declared)


def test_import_reads_from_region_of_arn(host: DynamicHost, declared: dict[str, Any], live: str) -> None:
    elsewhere = live.replace("us-east-1", "eu-west-1")

    with pytest.raises(HostError, match=r"there is no deployment .* in eu-west-1"):
        host.create({**declared, "importId": elsewhere})


def test_import_waits_until_creating_deployment_is_active(
    host: DynamicHost, declared: dict[str, Any], live: str, local_bedrock: LocalBedrock, clock: FakeClock
) -> None:
    local_bedrock.set_status(live, "Creating")
    clock.after(50, lambda: local_bedrock.set_status(live, "Active"))

    assert host.create(declared).outputs["status"] == "Active"


@pytest.mark.parametrize(("outcome", "is_new"), [("UpdateCompleted", True), ("UpdateFailed", False)])
def test_import_waits_for_an_update_and_compares_what_serves_then(
    host: DynamicHost,
    declared: dict[str, Any],
    model_arn: str,
    live: str,
    local_bedrock: LocalBedrock,
    clock: FakeClock,
    outcome: str,
    is_new: bool,
) -> None:
    other = local_bedrock.create_custom_model("other")
    local_bedrock.set_activation(manual=True)
    local_bedrock.client("bedrock").update_custom_model_deployment(customModelDeploymentIdentifier=live, modelArn=other)
    clock.after(50, lambda: local_bedrock.set_update_status(live, outcome))
    serves, refused = (other, model_arn) if is_new else (model_arn, other)

    with pytest.raises(HostError, match=f"modelArn is {serves} in AWS and {refused} in the program"):
        host.create({**declared, "modelArn": refused})

    assert sum(clock.slept) >= 50
    assert host.create({**declared, "modelArn": serves}).outputs["modelArn"] == serves


def test_import_during_an_update_that_does_not_end_is_a_timeout(
    host: DynamicHost, declared: dict[str, Any], live: str, local_bedrock: LocalBedrock
) -> None:
    other = local_bedrock.create_custom_model("other")
    local_bedrock.set_activation(manual=True)
    local_bedrock.client("bedrock").update_custom_model_deployment(customModelDeploymentIdentifier=live, modelArn=other)
    local_bedrock.clear_requests()

    with pytest.raises(HostError) as failure:
        host.create({**declared, "timeouts": {"create": "5m"}})

    assert str(failure.value).strip() == (
        f'WaitTimeout: deployment "by-hand": the update to {other} that is under way is still Updating after 5 min. '
        "Run `pulumi up` again, with a longer custom_timeouts create."
    )
    assert set(local_bedrock.counts()) <= READS


def test_import_of_deployment_that_is_deleted_during_its_update_fails(
    host: DynamicHost, declared: dict[str, Any], live: str, local_bedrock: LocalBedrock, clock: FakeClock
) -> None:
    bedrock = local_bedrock.client("bedrock")
    local_bedrock.set_activation(manual=True)
    other = local_bedrock.create_custom_model("other")
    bedrock.update_custom_model_deployment(customModelDeploymentIdentifier=live, modelArn=other)
    clock.after(50, lambda: bedrock.delete_custom_model_deployment(customModelDeploymentIdentifier=live))

    with pytest.raises(HostError, match=f"ResourceNotFound: import_: there is no deployment {live}"):
        host.create(declared)


def test_import_of_failed_deployment_fails_and_keeps_it(
    host: DynamicHost, declared: dict[str, Any], live: str, local_bedrock: LocalBedrock
) -> None:
    local_bedrock.set_status(live, "Failed", failure_message="No capacity")

    with pytest.raises(HostError, match=r"DeploymentFailed: .* AWS said: No capacity"):
        host.create(declared)

    assert len(local_bedrock.deployments()) == 1


def test_aws_tags_and_ignored_tags_are_no_difference(
    start_host: Callable[..., DynamicHost], declared: dict[str, Any], live: str, local_bedrock: LocalBedrock
) -> None:
    bedrock = local_bedrock.client("bedrock")
    bedrock.tag_resource(resourceARN=live, tags=[{"key": "cost-center", "value": "7"}, {"key": "x:y", "value": ""}])
    host = start_host({"aws:ignoreTags": '{"keys": ["cost-center"], "keyPrefixes": ["x:"]}'})

    created = host.create(declared)

    assert created.outputs["tagsAll"] == declared["tagsAll"]


def test_imported_deployment_is_not_deleted_in_same_run(
    host: DynamicHost, declared: dict[str, Any], local_bedrock: LocalBedrock
) -> None:
    """A forced replacement with `import_` still set deletes the very deployment that it has just imported."""
    created = host.create(declared)

    host.delete(created.id, created.outputs)

    assert len(local_bedrock.deployments()) == 1


def test_import_is_removed_without_deleting_deployment_of_other_resource(
    start_host: Callable[..., DynamicHost],
    deployed: Any,
    inputs: dict[str, Any],
    local_bedrock: LocalBedrock,
    capsys: pytest.CaptureFixture[str],
) -> None:
    host = start_host()
    host.check(inputs, inputs)
    host.diff(deployed.outputs, inputs, resource_id=deployed.id)
    capsys.readouterr()

    host.delete(deployed.id, {**deployed.outputs, "importId": deployed.id})

    kept = "kept, because another resource of this stack manages it"
    assert capsys.readouterr().out == f"{deployed.outputs['modelDeploymentName']}: {kept}\n"
    assert len(local_bedrock.deployments()) == 1


def test_deployment_in_stack_is_not_imported_twice(host: DynamicHost, deployed: Any, inputs: dict[str, Any]) -> None:
    with pytest.raises(HostError) as failure:
        host.create({**inputs, "importId": deployed.id})

    assert str(failure.value).strip() == (
        f"ImportMismatch: import_: another resource of this stack manages {deployed.id}. Only one resource can manage "
        "a deployment. Nothing was changed."
    )


# While the marker is still there, a replacement would import instead of creating: refused in the preview.


def test_change_with_import_option_asks_to_remove_option(host: DynamicHost, declared: dict[str, Any]) -> None:
    created = host.create(declared)

    with pytest.raises(HostError) as failure:
        host.diff(created.outputs, {**declared, "description": "new"}, resource_id=created.id)

    assert str(failure.value).strip() == (
        "ImportPending: description changed, which needs a new deployment, but import_ is still in the options. The "
        "import is done: remove import_, and the next `pulumi up` replaces the deployment."
    )


def test_unknown_value_with_import_option_replaces_nothing(host: DynamicHost, declared: dict[str, Any]) -> None:
    """The engine asks so of a resource that depends on one which is deleted first, and would delete this one too."""
    created = host.create(declared)

    answer = host.diff(created.outputs, {**declared, "modelArn": UNKNOWN}, resource_id=created.id)

    assert (answer.changes, answer.replaces, answer.delete_before_replace) == (True, [], False)


def test_import_of_other_deployment_into_existing_resource_is_refused(
    host: DynamicHost, deployed: Any, inputs: dict[str, Any], live: str
) -> None:
    with pytest.raises(HostError) as failure:
        host.diff(deployed.outputs, {**inputs, "importId": live}, resource_id=deployed.id)

    assert str(failure.value).strip() == (
        f"ImportPending: import_ names {live}, but this resource is {deployed.id}. "
        "Remove import_ from the options, or declare another resource for the other deployment."
    )


def test_changed_timeouts_with_import_option_are_update(host: DynamicHost, declared: dict[str, Any]) -> None:
    created = host.create(declared)

    answer = host.diff(created.outputs, {**declared, "timeouts": {"delete": "5m"}}, resource_id=created.id)

    assert (answer.changes, answer.replaces) == (True, [])
