"""What each example declares, without an engine: Pulumi's mocks answer, and the inputs of every resource are kept."""

from __future__ import annotations

import json
import runpy
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pulumi
import pulumi.runtime
import pulumi_bedrock as bedrock
import pytest
from arns import MODEL, OTHER_MODEL

EXAMPLES = Path(__file__).parents[2] / "examples"
DEPLOYMENT = "pulumi-python:dynamic/bedrock:CustomModelDeployment"
INVOCATION = "pulumi-python:dynamic/bedrock:ModelInvocation"
TRAINED = "pulumi-python:dynamic/bedrock:TrainedModel"
PARAMETER = "aws:ssm/parameter:Parameter"
POLICY = "aws:iam/policy:Policy"

# `import pulumi_aws.lambda_` warns of one of its own classes.
pytestmark = pytest.mark.filterwarnings("ignore:aws.lambda/microvmsimage.MicrovmsImage:DeprecationWarning")

ACCOUNT = "123456789012"
ARN = f"arn:aws:bedrock:us-east-1:{ACCOUNT}:custom-model-deployment/"

Declared = dict[tuple[str, str], dict[str, Any]]
Run = Callable[..., Declared]


class Recorder(pulumi.runtime.Mocks):
    """Makes what it is asked to, and keeps the inputs by type and name."""

    def __init__(self) -> None:
        self.declared: Declared = {}

    def new_resource(self, args: pulumi.runtime.MockResourceArgs) -> tuple[str, dict[str, Any]]:
        self.declared[args.typ, args.name] = args.inputs
        outputs = {
            DEPLOYMENT: {"customModelDeploymentArn": ARN + args.name},
            INVOCATION: {"outputText": "On its way."},
            TRAINED: {"modelArn": MODEL},
            "aws:bedrock/customModel:CustomModel": {"jobArn": "the-job"},
            "pulumi:pulumi:StackReference": {"outputs": {"customModelDeploymentArn": f"{ARN}of-the-platform"}},
        }
        made = {"arn": f"arn:of:{args.name}", "name": args.name}
        return f"{args.name}-id", {**made, **args.inputs, **outputs.get(args.typ, {})}

    def call(self, args: pulumi.runtime.MockCallArgs) -> dict[str, Any]:
        assert args.token == "aws:index/getCallerIdentity:getCallerIdentity"
        return {"accountId": ACCOUNT}


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Iterator[Run]:
    """Runs an example with a configuration, and returns what it has declared."""
    known = set(sys.modules)

    def run(example: str, **config: str) -> Declared:
        recorder = Recorder()
        pulumi.runtime.set_mocks(recorder, project=example, stack="prod", preview=False)
        pulumi.runtime.set_all_config({f"{example}:{name}": value for name, value in config.items()})
        monkeypatch.chdir(EXAMPLES / example)

        @pulumi.runtime.test
        def program() -> None:
            runpy.run_path(str(EXAMPLES / example))

        program()
        return recorder.declared

    yield run
    pulumi.runtime.set_all_config({})
    pulumi.runtime.settings.reset_options()
    for name, module in list(sys.modules.items()):
        if name not in known and EXAMPLES in Path(getattr(module, "__file__", None) or "/").parents:
            del sys.modules[name]


def told(value: Any) -> Any:
    """A parameter's value: pulumi_aws makes each one a secret."""
    return value["value"]


def statements(policy: dict[str, Any], key: str = "policy") -> list[dict[str, Any]]:
    return list(json.loads(policy[key])["Statement"])


def test_platform_stack_declares_expected_resources(run: Run) -> None:
    declared = run("platform", modelArn=MODEL)
    assert declared[DEPLOYMENT, "support-bot"]["modelArn"] == MODEL


def test_app_stack_declares_expected_resources(run: Run) -> None:
    declared = run("app", platformStack="organization/platform/prod")
    assert declared[INVOCATION, "smoke-test"]["modelId"] == f"{ARN}of-the-platform"
    assert (DEPLOYMENT, "support-bot") not in declared


@pytest.mark.parametrize("live", ["blue", "green"])
def test_blue_green_stack_declares_expected_resources(run: Run, live: str) -> None:
    declared = run("blue-green", live=live, blueModelArn=MODEL, greenModelArn=OTHER_MODEL)
    assert declared[DEPLOYMENT, "support-bot-blue"]["modelArn"] == MODEL
    assert declared[DEPLOYMENT, "support-bot-green"]["modelArn"] == OTHER_MODEL
    parameter = declared[PARAMETER, "support-bot-arn"]
    assert (parameter["name"], told(parameter["value"])) == (
        "/blue-green/prod/support-bot-arn",
        f"{ARN}support-bot-{live}",
    )


def test_two_regions_stack_declares_a_host_for_each_provider(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    found = bedrock.GetCustomModelResult(MODEL, "tickets", "Active", None, "2026-11-23T12:00:00Z", None, "us-east-1")
    monkeypatch.setattr(bedrock, "get_custom_model", lambda *_, **__: found)
    role = "arn:aws:iam::210987654321:role/deployer"
    declared = run("two-regions", novaModel="nova", llamaModel="llama", llamaRoleArn=role)
    hosts = {name: inputs for (type_, name), inputs in declared.items() if type_ == "pulumi:providers:pulumi-python"}
    assert {name: inputs["aws:region"] for name, inputs in hosts.items()} == {
        "nova-bedrock": "us-east-1",
        "llama-bedrock": "us-west-2",
    }
    assert json.loads(hosts["llama-bedrock"]["aws:assumeRoles"]) == [{"roleArn": role}]
    for name, region in (("nova", "us-east-1"), ("llama", "us-west-2")):
        deployment = declared[DEPLOYMENT, f"support-bot-{name}"]
        assert (deployment["modelArn"], deployment["region"]) == (MODEL, region)
        assert deployment["tagsAll"] == {"project": "two-regions", "stack": "prod"}


def test_component_declares_expected_resources(run: Run) -> None:
    declared = run("component", modelArn=MODEL)
    parameter = declared[PARAMETER, "support-bot"]
    assert (parameter["name"], told(parameter["value"])) == ("/models/prod/support-bot", f"{ARN}support-bot")
    assert statements(declared[POLICY, "support-bot"]) == [
        {"Effect": "Allow", "Action": "bedrock:InvokeModel*", "Resource": f"{ARN}support-bot"},
        {"Effect": "Allow", "Action": "ssm:GetParameter", "Resource": "arn:of:support-bot"},
    ]


def test_fine_tune_to_serve_declares_expected_resources(run: Run) -> None:
    declared = run(
        "fine-tune-to-serve", release="v7", bucket="tickets", trainingData="tickets.jsonl", baseModelArn="the-base"
    )
    job = declared["aws:bedrock/customModel:CustomModel", "tickets"]
    assert (job["jobName"], job["customModelName"], job["roleArn"]) == ("tickets-v7", "tickets-v7", "arn:of:training")
    assert job["trainingDataConfig"] == {"s3Uri": "s3://tickets/tickets.jsonl"}
    assert job["outputDataConfig"] == {"s3Uri": "s3://tickets/output/v7"}
    assert declared[TRAINED, "tickets"]["jobIdentifier"] == "the-job"
    assert declared[DEPLOYMENT, "support-bot"]["modelArn"] == MODEL

    arn = f"{ARN}support-bot"
    assert told(declared[PARAMETER, "support-bot-arn"]["value"]) == arn
    alarms = {
        name: (alarm["metricName"], alarm["dimensions"])
        for (type_, name), alarm in declared.items()
        if type_ == "aws:cloudwatch/metricAlarm:MetricAlarm"
    }
    assert alarms == {
        "support-bot-invocations": ("Invocations", {"ModelId": arn}),
        "support-bot-throttles": ("InvocationThrottles", {"ModelId": arn}),
    }
    function = declared["aws:lambda/function:Function", "answer-ticket"]
    assert function["environment"] == {"variables": {"CUSTOM_MODEL_DEPLOYMENT_ARN": arn}}
    assert list(function["code"].assets) == ["answer_ticket.py"]


def test_fine_tune_to_serve_policies_allow_only_needed_actions(run: Run) -> None:
    declared = run(
        "fine-tune-to-serve", release="v7", bucket="tickets", trainingData="tickets.jsonl", baseModelArn="the-base"
    )
    trust = statements(declared["aws:iam/role:Role", "training"], "assumeRolePolicy")
    assert [statement["Condition"] for statement in trust] == [{"StringEquals": {"aws:SourceAccount": ACCOUNT}}]
    allowed = {
        name: {
            (action, statement["Resource"])
            for statement in statements(inputs)
            for action in ([statement["Action"]] if isinstance(statement["Action"], str) else statement["Action"])
        }
        for (type_, name), inputs in declared.items()
        if type_ in (POLICY, "aws:iam/rolePolicy:RolePolicy")
    }
    assert allowed == {
        "training": {
            ("s3:ListBucket", "arn:aws:s3:::tickets"),
            ("s3:GetObject", "arn:aws:s3:::tickets/tickets.jsonl"),
            ("s3:GetObject", "arn:aws:s3:::tickets/output/v7/*"),
            ("s3:PutObject", "arn:aws:s3:::tickets/output/v7/*"),
        },
        "invoke-support-bot": {("bedrock:InvokeModel*", f"{ARN}support-bot")},
        "log": {
            ("logs:CreateLogStream", "arn:of:answer-ticket:*"),
            ("logs:PutLogEvents", "arn:of:answer-ticket:*"),
        },
    }
