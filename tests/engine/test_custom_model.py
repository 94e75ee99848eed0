"""A custom model of artifacts, and the deployment that serves it, in one program."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from engine.stack import MODEL, Code, Stack
from pulumi_bedrock.local import LocalBedrock
from scenarios.condition import eventually
from scenarios.running import Running

ROLE = "arn:aws:iam::123456789012:role/bedrock"
PACKAGE = "arn:aws:sagemaker:us-east-1:123456789012:model-package/support-bot/1"
FIRST, SECOND = "s3://escrow/job-1/", "s3://escrow/job-2/"

NEW_MODEL, OLD_MODEL = "CreateCustomModel", "DeleteCustomModel"
NEW, OLD, UPDATE = "CreateCustomModelDeployment", "DeleteCustomModelDeployment", "UpdateCustomModelDeployment"
FINISHED = "UntagResource"
"""The mark goes when the resource is Active."""

AFTER_EACH_OTHER = [OLD, OLD_MODEL, NEW_MODEL, FINISHED, NEW, FINISHED]


def program(uri: str = FIRST, *, model: dict[str, Any] | None = None, **deployment: Any) -> str:
    """A model and its deployment, which have one name in the program."""
    arguments = "".join(f", {key}={value!r}" for key, value in (model or {}).items())
    more = "".join(f", {key}={value!r}" for key, value in deployment.items())
    return (
        f'model = bedrock.CustomModel("support-bot", role_arn={ROLE!r}, s3_uri={uri!r}{arguments})\n'
        f'deployment = bedrock.CustomModelDeployment("support-bot", model_arn=model.model_arn{more})\n'
        'pulumi.export("modelArn", model.model_arn)\n'
        'pulumi.export("customModelDeploymentArn", deployment.custom_model_deployment_arn)\n'
    )


def changes(local: LocalBedrock, since: int) -> list[str]:
    """The operations that changed something in the account, in order."""
    return [
        entry["operation"]
        for entry in local.requests()[since:]
        if not entry["operation"].startswith(("Get", "List")) and not entry["error"]
    ]


def kill_up(stack: Stack, output: Path, *, creating: int) -> None:
    """Kill the host of an `up` when so many resources are `Creating`."""
    stack.preview()  # writes the configuration
    command = stack.command("up", "--yes", "--skip-preview")
    running = Running(command, folder=stack.work, environment=stack.environment, output=output)
    try:
        eventually(lambda: running.text.count("Creating, waiting for Active") >= creating, "them to be Creating")
        running.kill_host()
    finally:
        running.end()


@pytest.mark.parametrize(
    ("model", "deployment", "order"),
    [
        pytest.param({}, {}, [NEW_MODEL, FINISHED, NEW, FINISHED, OLD, OLD_MODEL], id="automatic names"),
        pytest.param(
            {},
            {"model_deployment_name": "fixed"},
            [NEW_MODEL, FINISHED, OLD, NEW, FINISHED, OLD_MODEL],
            id="deployment's name given",
        ),
        pytest.param({"model_name": "fixed"}, {}, AFTER_EACH_OTHER, id="model's name given"),
        pytest.param(
            {"model_name": "fixed"}, {"model_deployment_name": "fixed"}, AFTER_EACH_OTHER, id="both names given"
        ),
        pytest.param(
            {},
            {"update_in_place": True},
            [NEW_MODEL, FINISHED, UPDATE, OLD_MODEL],
            id="deployment updated in place",
        ),
    ],
)
def test_new_artifacts_replace_model_and_deployment_in_order(
    stack: Stack, local: LocalBedrock, model: dict[str, Any], deployment: dict[str, Any], order: list[str]
) -> None:
    stack.program(program(model=model, **deployment))
    stack.up()
    before = stack.exports()
    stack.program(program(SECOND, model=model, **deployment))
    previewed = stack.steps()
    seen = len(local.requests())

    run = stack.up()

    assert changes(local, seen) == order
    assert run.text.count("stops serving") == 0
    (made,) = (item["modelArn"] for item in local.custom_models() if item["modelArn"] == stack.exports()["modelArn"])
    assert [item["modelArn"] for item in local.deployments()] == [made] != [before["modelArn"]]
    assert before["modelArn"] not in {item["modelArn"] for item in local.custom_models()}
    assert set(previewed) == {"support-bot"}
    warns_of_outage = "deletes it, and the deployments that use it, before it creates the new one" in run.text
    assert warns_of_outage == ("model_name" in model)
    stack.up("--expect-no-changes")

    seen = len(local.requests())
    stack.destroy()

    assert changes(local, seen) == [OLD, OLD_MODEL]


def test_first_preview_shows_the_model_s_arn_as_unknown(stack: Stack, local: LocalBedrock) -> None:
    stack.program(program(model={"model_name": "fixed", "tags": {"team": "support"}}))

    previewed = stack.preview().text

    assert previewed.count("modelArn  : [unknown]") == 1, previewed
    assert not {NEW, NEW_MODEL} & local.counts().keys()


def test_model_is_made_of_a_model_package_without_a_role(stack: Stack, local: LocalBedrock) -> None:
    stack.program(f'model = bedrock.CustomModel("support-bot", model_package_arn={PACKAGE!r})')
    stack.up()

    made = stack.outputs("support-bot")
    assert made["customModelDataSource"] == {"modelPackageArnDataSource": {"modelPackageArn": PACKAGE}}
    assert (made["modelStatus"], made["region"]) == ("Active", "us-east-1")
    assert made["modelArn"] == stack.resource()["id"] and made["createdAt"].startswith("20")
    assert "failureMessage" not in made


def test_model_without_artifacts_is_refused_in_the_preview(stack: Stack, local: LocalBedrock) -> None:
    stack.program('bedrock.CustomModel("support-bot")')

    failed = stack.preview(fails=True)

    assert "s3Uri, modelPackageArn: both are missing; give one of them" in failed.text
    assert local.counts() == {}


def test_delete_of_a_model_that_somebody_else_deploys_waits_and_then_names_the_deployment(
    stack: Stack, local: LocalBedrock
) -> None:
    timeouts = Code('pulumi.ResourceOptions(custom_timeouts=pulumi.CustomTimeouts(delete="2s"))')
    stack.program(program(model={"opts": timeouts}))
    stack.up()
    model = stack.exports()["modelArn"]
    client = local.client("bedrock")
    client.create_custom_model_deployment(modelDeploymentName="of-another-team", modelArn=model)

    failed = stack.destroy(fails=True)

    assert failed.error == (
        f"WaitTimeout: custom model {model}: still exists after 2 s; AWS has not accepted the deletion, since it is in "
        "use by of-another-team. Delete what uses it, then run the command again."
    )
    assert [item["id"] for item in stack.resources(MODEL)] == [model]
    client.delete_custom_model_deployment(customModelDeploymentIdentifier="of-another-team")
    stack.destroy()
    assert model not in {item["modelArn"] for item in local.custom_models()}


def test_one_up_resumes_a_model_and_a_deployment_that_a_killed_run_left(
    stack: Stack, local: LocalBedrock, model: str, tmp_path: Path
) -> None:
    stack.program(
        f'bedrock.CustomModel("next", role_arn={ROLE!r}, s3_uri={FIRST!r})\n'
        f'bedrock.CustomModelDeployment("support-bot", model_arn={model!r})\n'
    )
    local.set_activation(manual=True)
    local.set_model_creation(manual=True)
    kill_up(stack, tmp_path / "output.txt", creating=2)
    left = {item["modelArn"] for item in local.custom_models()} - {model}
    deployed = {item["customModelDeploymentArn"] for item in local.deployments()}
    local.set_activation()
    local.set_model_creation()

    run = stack.up()

    assert run.text.count("resuming the create that an earlier run started") == 2
    assert (local.counts()[NEW], local.counts()[NEW_MODEL]) == (1, 1)
    assert {item["id"] for item in stack.resources(MODEL)} == left
    assert {item["id"] for item in stack.resources()} == deployed


def test_tags_of_a_model_are_updated_in_place_and_what_serves_it_stays(stack: Stack, local: LocalBedrock) -> None:
    given = {"update_in_place": True, "tags": {"team": "support"}}
    stack.program(program(model=given))
    stack.up()
    before = stack.exports()
    stack.program(program(model={**given, "tags": {"team": "sales"}}))
    assert [step["op"] for step in stack.steps().values()] == ["update"], "the deployment isn't replaced"
    seen = len(local.requests())

    stack.up()

    assert changes(local, seen) == ["TagResource"]
    assert stack.exports() == before
    tags = local.client("bedrock").list_tags_for_resource(resourceARN=before["modelArn"])["tags"]
    assert tags == [{"key": "team", "value": "sales"}]


def test_model_is_imported_read_and_refreshed(stack: Stack, local: LocalBedrock) -> None:
    """AWS shows neither the artifacts nor the role, so an import takes the program's word for them."""
    theirs = local.client("bedrock").create_custom_model(
        modelName="by-hand", roleArn=ROLE, modelSourceConfig={"s3DataSource": {"s3Uri": SECOND}}
    )["modelArn"]
    declared = program(model={"model_name": "by-hand", "opts": Code("pulumi.ResourceOptions(import_='by-hand')")})
    stack.program(declared + 'pulumi.export("theirs", bedrock.CustomModel.get("theirs", "by-hand").base_model_arn)\n')

    stack.up()

    assert stack.exports()["modelArn"] == theirs
    assert stack.exports()["theirs"].startswith("arn:aws:bedrock:us-east-1::foundation-model/")
    assert NEW_MODEL in local.counts() and local.counts()[NEW_MODEL] == 1
    stack.refresh("--expect-no-changes")
    local.set_status(theirs, "Failed", failure_message="The weights are not readable.")

    stack.refresh()

    outputs = next(item["outputs"] for item in stack.resources(MODEL) if item["id"] == theirs)
    assert (outputs["modelStatus"], outputs["failureMessage"]) == ("Failed", "The weights are not readable.")


def test_replacement_killed_between_model_and_deployment_is_finished_by_the_next_up(
    stack: Stack, local: LocalBedrock, tmp_path: Path
) -> None:
    """The new model is in the state, and the old one waits for its deletion while the old deployment still uses it."""
    stack.program(program())
    stack.up()
    old = {**stack.exports()}
    stack.program(program(SECOND))
    local.set_activation(manual=True)
    kill_up(stack, tmp_path / "output.txt", creating=1)
    assert {old["modelArn"]} < {item["id"] for item in stack.resources(MODEL)}
    assert len(local.deployments()) == 2
    local.set_activation()
    seen = len(local.requests())

    stack.up()

    assert changes(local, seen) == [FINISHED, OLD, OLD_MODEL], "the deployment is resumed, and the model is used"
    assert [item["modelArn"] for item in local.deployments()] == [stack.exports()["modelArn"]]
    assert {item["id"] for item in stack.resources(MODEL)} == {stack.exports()["modelArn"]}
