"""What a user's program sends: camelCase inputs, tags in one form, options turned into inputs."""

from __future__ import annotations

import inspect
from typing import Any

import pulumi
import pulumi_bedrock as bedrock
import pytest
from arns import ARN, MODEL
from pulumi_bedrock.program.options import known_or
from unit.mocked_program import UNKNOWN, Registered, Secret, run_program

TYPE = "pulumi-python:dynamic/bedrock:CustomModelDeployment"


def declared(*, opts: pulumi.ResourceOptions | None = None, **arguments: Any) -> Any:
    """A program that declares one deployment, `bot`."""
    return lambda: bedrock.CustomModelDeployment("bot", opts, **{"model_arn": MODEL, **arguments})


def bot(program: Any, **options: Any) -> Registered:
    return run_program(program, **options)["bot"]


def unknown() -> pulumi.Output[Any]:
    """An output of a resource that isn't made yet."""
    from pulumi.output import UNKNOWN as NOT_YET

    async def soon(value: Any) -> Any:
        return value

    return pulumi.Output(set(), soon(NOT_YET), soon(False))


def test_resource_type_matches_contract() -> None:
    assert bot(declared()).type == TYPE


def test_minimal_program_sends_model_and_owner() -> None:
    assert bot(declared()).inputs == {
        "modelArn": MODEL,
        "__owner": {"project": "shop", "stack": "dev", "logicalName": "bot", "identity": "pulumi-bedrock-id"},
    }


def test_every_argument_is_sent_in_boto3_spelling() -> None:
    inputs = bot(
        declared(
            model_deployment_name="support-bot",
            description="Answers",
            tags={"team": "support"},
            client_request_token="token-1",
            region="eu-west-1",
        )
    ).inputs

    assert {key: value for key, value in inputs.items() if key != "__owner"} == {
        "modelArn": MODEL,
        "modelDeploymentName": "support-bot",
        "description": "Answers",
        "tags": {"team": "support"},
        "tagsAll": {"team": "support"},
        "clientRequestToken": "token-1",
        "region": "eu-west-1",
    }


def test_args_class_sends_same_inputs() -> None:
    arguments: dict[str, Any] = {
        "model_arn": MODEL,
        "model_deployment_name": "support-bot",
        "description": "Answers",
        "tags": [{"key": "team", "value": "support"}],
        "client_request_token": "token-1",
        "region": "eu-west-1",
    }
    args = bedrock.CustomModelDeploymentArgs(**arguments)

    by_name = bot(declared(**arguments)).inputs

    assert bot(lambda: bedrock.CustomModelDeployment("bot", args)).inputs == by_name
    assert bot(lambda: bedrock.CustomModelDeployment("bot", args, pulumi.ResourceOptions())).inputs == by_name
    assert bot(lambda: bedrock.CustomModelDeployment("bot", args=args, opts=None)).inputs == by_name


def test_args_class_properties_can_be_read_and_set() -> None:
    names = list(inspect.signature(bedrock.CustomModelDeploymentArgs).parameters)
    args = bedrock.CustomModelDeploymentArgs(model_arn="first")
    assert [getattr(args, name) for name in names] == ["first", None, None, None, None, None, None]

    for name in names:
        setattr(args, name, f"new {name}")

    assert [getattr(args, name) for name in names] == [f"new {name}" for name in names]


def test_args_class_within_inputs_is_sent_in_boto3_spelling() -> None:
    class Other(pulumi.CustomResource):
        def __init__(self) -> None:
            args = bedrock.CustomModelDeploymentArgs(model_arn=MODEL, client_request_token="token-1")
            super().__init__("other:index:Other", "bot", {"deployment": args})

    assert bot(Other).inputs == {"deployment": {"modelArn": MODEL, "clientRequestToken": "token-1"}}


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (
            lambda: bedrock.CustomModelDeployment(
                "bot", bedrock.CustomModelDeploymentArgs(model_arn=MODEL), description="x"
            ),
            "give the arguments by name or as CustomModelDeploymentArgs, not both",
        ),
        (
            lambda: bedrock.CustomModelDeployment("bot", {"model_arn": MODEL}),
            "give CustomModelDeploymentArgs, ResourceOptions, or the arguments by name",
        ),
        (lambda: bedrock.CustomModelDeployment("bot", model_arn=MODEL, modelArn="x"), "modelArn"),
    ],
    ids=["both", "a dictionary", "misspelled"],
)
def test_invalid_arguments_are_refused(call: Any, said: str) -> None:
    with pytest.raises(TypeError, match=said):
        run_program(call)


# Tags


def test_both_tag_forms_send_mapping() -> None:
    as_list = [{"key": "team", "value": "support"}, {"key": "app", "value": "bot"}]

    assert bot(declared(tags=as_list)).inputs["tags"] == {"team": "support", "app": "bot"}


@pytest.mark.parametrize("form", ["mapping", "list"])
def test_output_tags_are_normalized(form: str) -> None:
    def program() -> Any:
        tags: Any = {"team": "support"} if form == "mapping" else [{"key": "team", "value": "support"}]
        return bedrock.CustomModelDeployment("bot", model_arn=MODEL, tags=pulumi.Output.from_input(tags))

    inputs = bot(program, config={"aws:defaultTags": '{"tags": {"env": "dev"}}'}).inputs

    assert inputs["tags"] == {"team": "support"}
    assert inputs["tagsAll"] == {"team": "support", "env": "dev"}


@pytest.mark.parametrize("form", ["mapping", "list"])
def test_tag_value_may_be_output(form: str) -> None:
    def program() -> Any:
        value = pulumi.Output.from_input("support")
        tags: Any = {"team": value} if form == "mapping" else [{"key": "team", "value": value}]
        return bedrock.CustomModelDeployment("bot", model_arn=MODEL, tags=tags)

    inputs = bot(program).inputs

    assert inputs["tags"] == inputs["tagsAll"] == {"team": "support"}


def test_tag_key_may_be_output_in_list_form() -> None:
    def program() -> Any:
        tags: Any = [{"key": pulumi.Output.from_input("team"), "value": "support"}]
        return bedrock.CustomModelDeployment("bot", model_arn=MODEL, tags=tags)

    assert bot(program).inputs["tags"] == {"team": "support"}


@pytest.mark.parametrize("neither", [[{"Key": "team", "Value": "support"}], ["team"]])
def test_tags_of_other_form_are_refused(neither: Any) -> None:
    """The SDK's own words for a list where a mapping is declared are a traceback."""
    with pytest.raises((TypeError, pulumi.RunError), match=r"tags.*mapping.*\bkey\b.*\bvalue\b"):
        run_program(declared(tags=neither))


def test_resource_tags_override_default_tags() -> None:
    config = {"aws:defaultTags": '{"tags": {"env": "dev", "team": "everyone"}}'}

    inputs = bot(declared(tags={"team": "support"}), config=config).inputs

    assert inputs["tags"] == {"team": "support"}
    assert inputs["tagsAll"] == {"env": "dev", "team": "support"}


def test_default_tags_without_resource_tags_are_tags_all() -> None:
    inputs = bot(declared(), config={"aws:defaultTags": '{"tags": {"env": "dev"}}'}).inputs

    assert "tags" not in inputs
    assert inputs["tagsAll"] == {"env": "dev"}


def test_secret_tag_stays_secret_in_tags_all_and_others_stay_plain() -> None:
    def program() -> Any:
        tags = {"key": pulumi.Output.secret("s3cret"), "team": "support"}
        return bedrock.CustomModelDeployment("bot", model_arn=MODEL, tags=tags)

    inputs = bot(program).inputs

    assert inputs["tags"] == inputs["tagsAll"] == {"key": Secret("s3cret"), "team": "support"}


def test_secret_tags_make_tags_all_secret() -> None:
    def program() -> Any:
        return bedrock.CustomModelDeployment("bot", model_arn=MODEL, tags=pulumi.Output.secret({"team": "s3cret"}))

    inputs = bot(program, config={"aws:defaultTags": '{"tags": {"env": "dev"}}'}).inputs

    assert inputs["tags"] == Secret({"team": "s3cret"})
    assert inputs["tagsAll"] == Secret({"env": "dev", "team": "s3cret"})


def test_secret_default_tags_stay_secret() -> None:
    inputs = bot(
        declared(tags={"team": "support"}), secret_config={"aws:defaultTags": '{"tags": {"env": "s3cret"}}'}
    ).inputs

    assert inputs["tagsAll"] == {"env": Secret("s3cret"), "team": "support"}


def test_secret_default_tag_with_output_tags_makes_tags_all_secret() -> None:
    def program() -> Any:
        return bedrock.CustomModelDeployment("bot", model_arn=MODEL, tags=pulumi.Output.from_input({"team": "x"}))

    inputs = bot(program, secret_config={"aws:defaultTags": '{"tags": {"env": "s3cret"}}'}).inputs

    assert inputs["tags"] == {"team": "x"}
    assert inputs["tagsAll"] == Secret({"env": "s3cret", "team": "x"})


def test_secret_description_stays_secret() -> None:
    def program() -> Any:
        return bedrock.CustomModelDeployment("bot", model_arn=MODEL, description=pulumi.Output.secret("s3cret"))

    assert bot(program).inputs["description"] == Secret("s3cret")


def test_unknown_value_is_sent_as_unknown() -> None:
    def program() -> Any:
        return bedrock.CustomModelDeployment("bot", model_arn=unknown(), tags={"team": unknown(), "app": "bot"})

    inputs = bot(program, preview=True).inputs

    assert inputs["modelArn"] == UNKNOWN
    assert inputs["tags"] == inputs["tagsAll"] == {"team": UNKNOWN, "app": "bot"}


def test_unknown_tags_are_sent_as_unknown() -> None:
    def program() -> Any:
        return bedrock.CustomModelDeployment("bot", model_arn=MODEL, tags=unknown())

    inputs = bot(program, config={"aws:defaultTags": '{"tags": {"env": "dev"}}'}, preview=True).inputs

    assert inputs["tags"] == inputs["tagsAll"] == UNKNOWN


# Options


def test_custom_timeouts_become_input() -> None:
    timeouts = pulumi.CustomTimeouts(create="45m", update="1m", delete="5m")

    assert bot(declared(opts=pulumi.ResourceOptions(custom_timeouts=timeouts))).inputs["timeouts"] == {
        "create": "45m",
        "delete": "5m",
    }


def test_missing_custom_timeouts_send_no_input() -> None:
    options = pulumi.ResourceOptions(custom_timeouts=pulumi.CustomTimeouts(update="1m"))

    assert "timeouts" not in bot(declared(opts=options)).inputs


@pytest.mark.parametrize("import_id", [ARN, "support-bot"])
def test_import_option_becomes_input(import_id: str) -> None:
    """With it the dynamic host would end in `KeyError: '__provider'`."""
    options = pulumi.ResourceOptions(import_=import_id)

    registered = bot(declared(opts=options))

    assert registered.inputs["importId"] == import_id
    assert registered.request.importId == ""
    assert options.import_ == import_id, "the caller's options are left as they are"


@pytest.mark.parametrize(
    ("secret", "options", "shown"),
    [
        ((), {}, ["description", "tags"]),
        (("description",), {}, ["tags"]),
        (("tag",), {}, ["description"]),
        ((), {"additional_secret_outputs": ["description"]}, ["tags"]),
    ],
    ids=["none", "description", "a tag", "option"],
)
def test_import_sends_which_inputs_are_not_secret(
    secret: tuple[str, ...], options: dict[str, Any], shown: list[str]
) -> None:
    opts = pulumi.ResourceOptions(import_=ARN, **options)

    def value(of: str) -> Any:
        return pulumi.Output.secret("a") if of in secret else "a"

    def program() -> None:
        bedrock.CustomModelDeployment(
            "bot", model_arn=MODEL, description=value("description"), tags={"team": value("tag")}, opts=opts
        )

    assert run_program(program)["bot"].inputs["__importShown"] == shown


def test_import_with_delete_before_replace_is_refused() -> None:
    options = pulumi.ResourceOptions(import_=ARN, delete_before_replace=True)

    with pytest.raises(pulumi.RunError, match=r'"bot": import_ and delete_before_replace=True can\'t be combined'):
        run_program(declared(opts=options))


def test_other_options_are_kept() -> None:
    options = pulumi.ResourceOptions(protect=True, delete_before_replace=True)

    registered = bot(declared(opts=options))

    assert registered.request.protect
    assert registered.request.deleteBeforeReplace
    assert registered.inputs["__deleteBeforeReplace"] is True


@pytest.mark.parametrize(
    ("ignored", "sent"),
    [
        (["tags"], {"tags", "tagsAll"}),
        (["tags.team"], {"tags.team", "tagsAll.team"}),
        (['tags["team"]'], {'tags["team"]', 'tagsAll["team"]'}),
        (["description"], {"description"}),
        (["model_arn"], {"modelArn"}),
        (["tagsets"], {"tagsets"}),
    ],
)
def test_ignore_changes_of_tags_covers_tags_all(ignored: list[str], sent: set[str]) -> None:
    request = bot(declared(opts=pulumi.ResourceOptions(ignore_changes=ignored))).request

    assert set(request.ignoreChanges) == sent


def test_additional_secret_output_of_tags_covers_tags_all() -> None:
    options = pulumi.ResourceOptions(additional_secret_outputs=["tags", "description"])

    request = bot(declared(opts=options)).request

    assert set(request.additionalSecretOutputs) == {"tags", "tagsAll", "description"}


STACK_TYPE = "pulumi:pulumi:Stack"
"""Pulumi's mocks put it before the types of all parents; the engine doesn't."""


class Part(pulumi.ComponentResource):
    def __init__(self, kind: str, name: str, parent: pulumi.Resource | None = None) -> None:
        super().__init__(f"shop:index:{kind}", name, None, pulumi.ResourceOptions(parent=parent))


class Plain(pulumi.CustomResource):
    def __init__(self) -> None:
        super().__init__("other:index:Plain", "plain", {})


@pytest.mark.parametrize("preview", [True, False])
@pytest.mark.parametrize(
    ("parent", "sent"),
    [
        (lambda: None, None),
        (pulumi.runtime.get_root_resource, None),
        (lambda: Part("Blue", "site"), f"{STACK_TYPE}$shop:index:Blue"),
        (Plain, f"{STACK_TYPE}$other:index:Plain"),
    ],
    ids=["none", "the stack", "a component", "a custom resource"],
)
def test_owner_has_types_of_parents(parent: Any, sent: str | None, preview: bool) -> None:
    registered = bot(lambda: declared(opts=pulumi.ResourceOptions(parent=parent()))(), preview=preview)

    assert registered.inputs["__owner"].get("parent") == sent
    assert list(registered.request.dependencies) == []


def test_owners_below_like_named_parents_differ() -> None:
    def program() -> None:
        for kind in ("Blue", "Green"):
            parent = Part("Serving", "serving", Part(kind, "site"))
            bedrock.CustomModelDeployment(f"bot-{kind}", pulumi.ResourceOptions(parent=parent), model_arn=MODEL)

    registered = run_program(program)

    for kind in ("Blue", "Green"):
        assert registered[f"bot-{kind}"].inputs["__owner"]["parent"] == f"shop:index:{kind}$shop:index:Serving"


# Outputs and get


def test_outputs_have_snake_case_properties() -> None:
    seen = {}

    def program() -> Any:
        deployment = bedrock.CustomModelDeployment("bot", model_arn=MODEL, tags={"Team-Name": "a"})
        members = vars(bedrock.CustomModelDeployment).items()
        names = [name for name, member in members if isinstance(member, property)]
        return pulumi.Output.all(**{name: getattr(deployment, name) for name in names}).apply(seen.update)

    run_program(
        program,
        outputs={
            "customModelDeploymentArn": ARN,
            "modelDeploymentName": "bot-1a2b3c4",
            "status": "Active",
            "createdAt": "2026-11-23T12:00:00+00:00",
            "region": "us-east-1",
        },
    )

    assert seen == {
        "custom_model_deployment_arn": ARN,
        "model_deployment_name": "bot-1a2b3c4",
        "model_arn": MODEL,
        "description": None,
        "tags": {"Team-Name": "a"},
        "tags_all": {"Team-Name": "a"},
        "client_request_token": None,
        "region": "us-east-1",
        "status": "Active",
        "created_at": "2026-11-23T12:00:00+00:00",
        "update_in_place": None,
    }


@pytest.mark.parametrize(
    ("outputs", "preview", "expected"),
    [
        ({"customModelDeploymentArn": ARN}, False, ARN),
        ({"customModelDeploymentArn": ARN}, True, ARN),
        ({"customModelDeploymentArn": UNKNOWN}, True, "bot-id"),  # as in the preview of an update
        ({}, False, None),
    ],
)
def test_arn_is_the_output_where_it_is_known_and_else_the_id(
    outputs: dict[str, Any], preview: bool, expected: str | None
) -> None:
    seen = []

    def program() -> Any:
        return bedrock.CustomModelDeployment("bot", model_arn=MODEL).custom_model_deployment_arn.apply(seen.append)

    run_program(program, outputs=outputs, preview=preview)

    assert seen == [expected]


def output(value: str, *, known: bool, secret: bool = False) -> pulumi.Output[str]:
    async def soon(what: Any) -> Any:
        return what

    return pulumi.Output(set(), soon(value), soon(known), soon(secret))


@pytest.mark.parametrize(
    ("preferred", "fallback", "expected"),
    [
        ({"known": True}, {"known": True}, "preferred"),
        ({"known": True}, {"known": False}, "preferred"),
        ({"known": False}, {"known": True}, "fallback"),
        ({"known": False}, {"known": False}, UNKNOWN),
        ({"known": True, "secret": True}, {"known": True}, Secret("preferred")),
        ({"known": False}, {"known": True, "secret": True}, Secret("fallback")),
    ],
)
def test_known_or_takes_fallback_only_for_unknown(
    preferred: dict[str, bool], fallback: dict[str, bool], expected: Any
) -> None:
    def program() -> Any:
        either = known_or(output("preferred", **preferred), output("fallback", **fallback))
        return bedrock.CustomModelDeployment("bot", model_arn=MODEL, description=either)

    assert bot(program, preview=True).inputs["description"] == expected


@pytest.mark.parametrize(("given", "sent"), [(True, True), (False, None), (None, None)])
def test_update_in_place_is_sent_only_when_it_is_on(given: bool | None, sent: bool | None) -> None:
    registered = bot(lambda: bedrock.CustomModelDeployment("bot", model_arn=MODEL, update_in_place=given))

    assert registered.inputs.get("updateInPlace") == sent


@pytest.mark.parametrize(("in_place", "sent"), [(True, {"update": "5m"}), (False, None)])
def test_update_timeout_is_sent_only_with_update_in_place(in_place: bool, sent: dict[str, str] | None) -> None:
    opts = pulumi.ResourceOptions(custom_timeouts=pulumi.CustomTimeouts(update="5m"))
    registered = bot(lambda: bedrock.CustomModelDeployment("bot", model_arn=MODEL, update_in_place=in_place, opts=opts))

    assert registered.inputs.get("timeouts") == sent


def test_get_sends_id_and_no_inputs() -> None:
    registered = bot(lambda: bedrock.CustomModelDeployment.get("bot", ARN))

    assert registered.request.id == ARN
    assert registered.inputs == {}


def test_invocation_sends_boto3_parameters() -> None:
    def program() -> Any:
        return bedrock.ModelInvocation(
            "bot",
            pulumi.ResourceOptions(custom_timeouts=pulumi.CustomTimeouts(create="1m")),
            model_id=ARN,
            messages=[{"role": "user", "content": [{"text": "Hello"}]}],
            system=[{"text": "Be kind."}],
            inference_config={"maxTokens": 9, "topP": 0.5},
            triggers={"Release-Name": "1"},
            region="us-east-1",
        )

    registered = bot(program)

    assert registered.type == "pulumi-python:dynamic/bedrock:ModelInvocation"
    assert registered.inputs == {
        "modelId": ARN,
        "messages": [{"role": "user", "content": [{"text": "Hello"}]}],
        "system": [{"text": "Be kind."}],
        "inferenceConfig": {"maxTokens": 9, "topP": 0.5},
        "triggers": {"Release-Name": "1"},
        "region": "us-east-1",
        "timeouts": {"create": "1m"},
    }


def test_invocation_outputs_have_snake_case_properties() -> None:
    seen = {}

    def program() -> Any:
        invocation = bedrock.ModelInvocation("bot", model_id=ARN, prompt="Hello")
        return pulumi.Output.all(invocation.output_text, invocation.stop_reason, invocation.usage).apply(
            lambda values: seen.update(zip(("output_text", "stop_reason", "usage"), values, strict=True))
        )

    run_program(
        program,
        outputs={"outputText": "Hi.", "stopReason": "end_turn", "usage": {"inputTokens": 1, "totalTokens": 2}},
    )

    assert seen == {
        "output_text": "Hi.",
        "stop_reason": "end_turn",
        "usage": {"inputTokens": 1, "totalTokens": 2},
    }


def test_trained_model_sends_job_and_reads_model() -> None:
    seen = {}

    def program() -> Any:
        trained = bedrock.TrainedModel("bot", job_identifier="job", region="us-east-1")
        return pulumi.Output.all(trained.model_arn, trained.model_name, trained.model_status).apply(
            lambda values: seen.update(zip(("arn", "name", "status"), values, strict=True))
        )

    registered = bot(program, outputs={"modelArn": MODEL, "modelName": "tickets", "modelStatus": "Active"})

    assert registered.type == "pulumi-python:dynamic/bedrock:TrainedModel"
    assert registered.inputs == {"jobIdentifier": "job", "region": "us-east-1"}
    assert seen == {"arn": MODEL, "name": "tickets", "status": "Active"}


# Whose a deployment is


def test_stack_has_one_identity_for_all_deployments() -> None:
    def program() -> None:
        bedrock.CustomModelDeployment("bot", model_arn=MODEL)
        bedrock.CustomModelDeployment("other", model_arn=MODEL)

    registered = run_program(program)

    assert registered["bot"].inputs["__owner"]["identity"] == registered["other"].inputs["__owner"]["identity"]
    assert sorted(registered) == ["bot", "other", "pulumi-bedrock"]
    assert registered["pulumi-bedrock"].type == "pulumi-python:dynamic/bedrock:StackIdentity"


def test_deployment_does_not_depend_on_identity() -> None:
    """Else `--target` on the deployment alone would be refused."""
    assert list(bot(declared()).request.dependencies) == []


def test_mocks_do_not_validate_inputs() -> None:
    """As docs/testing.md says: `check` does, which mocks replace."""
    assert bot(declared(model_deployment_name="not a name", description="")).inputs["description"] == ""
