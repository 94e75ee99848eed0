"""What a program with a custom model sends: boto3's spelling, sources in their mappings, options renamed."""

from __future__ import annotations

import inspect
from typing import Any

import pulumi
import pulumi_bedrock as bedrock
import pytest
from arns import MODEL
from custom_models import KEY, PACKAGE, ROLE, artifacts
from unit.mocked_program import UNKNOWN, Registered, Secret, run_program

S3_URI = "s3://escrow/job-1/"
OWNER = {"project": "shop", "stack": "dev", "logicalName": "bot", "identity": "pulumi-bedrock-id"}


def declared(*, opts: pulumi.ResourceOptions | None = None, **arguments: Any) -> Any:
    """A program that declares one custom model, `bot`."""
    return lambda: bedrock.CustomModel("bot", opts, **{"role_arn": ROLE, "s3_uri": S3_URI, **arguments})


def bot(program: Any, **options: Any) -> Registered:
    return run_program(program, **options)["bot"]


def output(value: Any, *, known: bool = True) -> pulumi.Output[Any]:
    async def soon(what: Any) -> Any:
        return what

    return pulumi.Output(set(), soon(value), soon(known))


def test_minimal_program_sends_source_role_and_owner() -> None:
    registered = bot(declared())

    assert registered.type == "pulumi-python:dynamic/bedrock:CustomModel"
    assert registered.inputs == {"roleArn": ROLE, "modelSourceConfig": artifacts(1), "__owner": OWNER}


def test_every_argument_is_sent_in_boto3_spelling() -> None:
    arguments: dict[str, Any] = {
        "model_package_arn": PACKAGE,
        "s3_uri": None,
        "model_name": "support-bot",
        "model_kms_key_arn": KEY,
        "client_request_token": "token-1",
        "region": "eu-west-1",
        "update_in_place": True,
    }

    inputs = bot(declared(**arguments, tags={"team": "support"})).inputs

    assert inputs == {
        "roleArn": ROLE,
        "customModelDataSource": {"modelPackageArnDataSource": {"modelPackageArn": PACKAGE}},
        "modelName": "support-bot",
        "modelKmsKeyArn": KEY,
        "tags": {"team": "support"},
        "tagsAll": {"team": "support"},
        "clientRequestToken": "token-1",
        "region": "eu-west-1",
        "updateInPlace": True,
        "__owner": OWNER,
    }
    args = bedrock.CustomModelArgs(role_arn=ROLE, tags=[{"key": "team", "value": "support"}], **arguments)
    assert bot(lambda: bedrock.CustomModel("bot", args)).inputs == inputs
    assert bot(lambda: bedrock.CustomModel("bot", args, pulumi.ResourceOptions())).inputs == inputs
    assert bot(lambda: bedrock.CustomModel("bot", args=args, opts=None)).inputs == inputs


def test_program_without_arguments_leaves_what_is_missing_to_check() -> None:
    assert bot(lambda: bedrock.CustomModel("bot")).inputs == {"__owner": OWNER}


def test_args_class_properties_can_be_read_and_set() -> None:
    names = list(inspect.signature(bedrock.CustomModelArgs).parameters)
    args = bedrock.CustomModelArgs(s3_uri=S3_URI)
    assert [name for name in names if getattr(args, name) is not None] == ["s3_uri"]

    for name in names:
        setattr(args, name, f"new {name}")

    assert [getattr(args, name) for name in names] == [f"new {name}" for name in names]


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (
            lambda: bedrock.CustomModel("bot", bedrock.CustomModelArgs(s3_uri=S3_URI), role_arn=ROLE),
            "give the arguments by name or as CustomModelArgs, not both",
        ),
        (
            lambda: bedrock.CustomModel("bot", {"s3_uri": S3_URI}),
            "give CustomModelArgs, ResourceOptions, or the arguments by name",
        ),
        (lambda: bedrock.CustomModel("bot", s3Uri=S3_URI), "s3Uri"),
    ],
    ids=["both", "a dictionary", "misspelled"],
)
def test_invalid_arguments_are_refused(call: Any, said: str) -> None:
    with pytest.raises(TypeError, match=said):
        run_program(call)


# Sources that are outputs


@pytest.mark.parametrize(
    ("argument", "key", "sent"),
    [
        ("s3_uri", "modelSourceConfig", {"s3DataSource": {"s3Uri": "given"}}),
        ("model_package_arn", "customModelDataSource", {"modelPackageArnDataSource": {"modelPackageArn": "given"}}),
    ],
)
def test_source_may_be_an_output(argument: str, key: str, sent: dict[str, Any]) -> None:
    given: dict[str, Any] = {"s3_uri": None}

    def program(value: Any) -> Any:
        return lambda: declared(**{**given, argument: value()})()

    assert bot(program(lambda: output("given"))).inputs[key] == sent
    assert bot(program(lambda: pulumi.Output.secret("given"))).inputs[key] == Secret(sent)
    unknown = bot(program(lambda: output(None, known=False)), preview=True)
    assert unknown.inputs[key] == UNKNOWN, "as a whole: a plan holds no unknown within a mapping"
    assert key not in bot(program(lambda: output(None))).inputs, "an output of None is left out"


def test_model_of_a_preview_is_an_unknown_of_its_deployment() -> None:
    def program() -> None:
        model = bedrock.CustomModel("bot", role_arn=ROLE, s3_uri=S3_URI)
        bedrock.CustomModelDeployment("served", model_arn=model.model_arn)

    registered = run_program(program, outputs={"modelArn": UNKNOWN}, preview=True)
    done = run_program(program, outputs={"modelArn": MODEL})

    assert registered["served"].inputs["modelArn"] == "bot-id", "the ID, where the output isn't known"
    assert done["served"].inputs["modelArn"] == MODEL
    assert sorted(done) == ["bot", "pulumi-bedrock", "served"], "both share one identity"


# Options


@pytest.mark.parametrize(
    ("path", "sent"),
    [
        ("s3_uri", {"modelSourceConfig"}),
        ("model_package_arn", {"customModelDataSource"}),
        ("model_source_config", {"modelSourceConfig"}),
        ("role_arn", {"roleArn"}),
        ("tags", {"tags", "tagsAll"}),
    ],
)
def test_options_that_name_properties_name_those_of_the_state(path: str, sent: set[str]) -> None:
    opts = pulumi.ResourceOptions(ignore_changes=[path], additional_secret_outputs=[path])

    request = bot(declared(opts=opts)).request

    assert set(request.ignoreChanges) == sent
    assert set(request.additionalSecretOutputs) == sent
    assert (opts.ignore_changes, opts.additional_secret_outputs) == ([path], [path]), "the caller's stay"


def test_timeouts_become_an_input() -> None:
    timeouts = pulumi.CustomTimeouts(create="3h", update="5m", delete="1h")
    opts = pulumi.ResourceOptions(custom_timeouts=timeouts)

    assert bot(declared(opts=opts)).inputs["timeouts"] == {"create": "3h", "delete": "1h"}
    assert bot(declared(opts=opts, update_in_place=True)).inputs["timeouts"] == {
        "create": "3h",
        "update": "5m",
        "delete": "1h",
    }


def test_import_becomes_an_input_and_tags_may_be_shown() -> None:
    registered = bot(declared(opts=pulumi.ResourceOptions(import_="by-hand"), tags={"team": "support"}))

    assert (registered.inputs["importId"], registered.request.importId) == ("by-hand", "")
    assert registered.inputs["__importShown"] == ["tags"]
    secret = bot(
        lambda: declared(opts=pulumi.ResourceOptions(import_="by-hand"), tags={"team": pulumi.Output.secret("a")})()
    )
    assert secret.inputs["__importShown"] == []


def test_import_with_delete_before_replace_is_refused() -> None:
    opts = pulumi.ResourceOptions(import_="by-hand", delete_before_replace=True)

    with pytest.raises(pulumi.RunError, match=r'"bot": import_ and delete_before_replace=True can\'t be combined'):
        run_program(declared(opts=opts))


def test_default_tags_are_part_of_all_tags() -> None:
    config = {"aws:defaultTags": '{"tags": {"env": "dev"}}'}

    inputs = bot(declared(tags=[{"key": "team", "value": "support"}]), config=config).inputs

    assert inputs["tags"] == {"team": "support"}
    assert inputs["tagsAll"] == {"env": "dev", "team": "support"}


# Outputs and get


def test_outputs_have_snake_case_properties() -> None:
    seen: dict[str, Any] = {}

    def program() -> Any:
        model = bedrock.CustomModel("bot", role_arn=ROLE, s3_uri=S3_URI, tags={"Team-Name": "a"})
        names = [name for name, member in vars(bedrock.CustomModel).items() if isinstance(member, property)]
        return pulumi.Output.all(**{name: getattr(model, name) for name in names}).apply(seen.update)

    answered = {
        "modelArn": MODEL,
        "modelName": "bot-1a2b3c4",
        "modelStatus": "Failed",
        "baseModelArn": "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0:300k",
        "createdAt": "2026-11-23T12:00:00+00:00",
        "failureMessage": "There are no artifacts.",
        "region": "us-east-1",
    }
    run_program(program, outputs=answered)

    assert seen == {
        "model_arn": MODEL,
        "model_name": "bot-1a2b3c4",
        "role_arn": ROLE,
        "model_source_config": artifacts(1),
        "custom_model_data_source": None,
        "model_kms_key_arn": None,
        "tags": {"Team-Name": "a"},
        "tags_all": {"Team-Name": "a"},
        "client_request_token": None,
        "region": "us-east-1",
        "update_in_place": None,
        "base_model_arn": answered["baseModelArn"],
        "model_status": "Failed",
        "created_at": "2026-11-23T12:00:00+00:00",
        "failure_message": "There are no artifacts.",
    }


def test_get_sends_id_and_no_inputs() -> None:
    registered = bot(lambda: bedrock.CustomModel.get("bot", MODEL))

    assert registered.request.id == MODEL
    assert registered.inputs == {}
