"""From training data to whoever uses the model, in one `pulumi up`; and again for the next release."""

from __future__ import annotations

import runpy
from collections.abc import Callable
from typing import Any

import pytest
from engine.stack import DEPLOYMENT, Stack
from engine.witness import Witness
from examples.conftest import Projects
from moto.moto_api import state_manager
from pulumi_bedrock.local import LocalBedrock
from pulumi_bedrock.local.lifecycle import TRAINING

CUSTOM_MODEL = "aws:bedrock/customModel:CustomModel"
PARAMETER = "/fine-tune-to-serve/dev/support-bot-arn"


class Account:
    """What the example leaves in the account, as its users see it."""

    def __init__(self, local: LocalBedrock) -> None:
        self.local = local
        self.client = local.client

    def models(self) -> list[str]:
        return [model["modelName"] for model in self.local.custom_models()]

    def policy(self, name: str) -> dict[str, Any]:
        iam = self.client("iam")
        (policy,) = [
            each for each in iam.list_policies(Scope="Local")["Policies"] if each["PolicyName"].startswith(name)
        ]
        version = iam.get_policy_version(PolicyArn=policy["Arn"], VersionId=policy["DefaultVersionId"])
        return dict(version["PolicyVersion"]["Document"])

    def function(self) -> dict[str, Any]:
        (function,) = self.client("lambda").list_functions()["Functions"]
        return dict(function)

    def alarms(self) -> dict[str, Any]:
        """What each alarm watches, by its metric."""
        found = self.client("cloudwatch").describe_alarms()["MetricAlarms"]
        return {alarm["MetricName"]: alarm["Dimensions"] for alarm in found}

    def check_consumers(self, arn: str, parameter: Callable[[str], str]) -> None:
        """Everyone has been told of that deployment, and may use it and nothing else."""
        assert parameter(PARAMETER) == arn
        assert self.policy("invoke-support-bot")["Statement"] == [
            {"Effect": "Allow", "Action": "bedrock:InvokeModel*", "Resource": arn}
        ]
        assert self.function()["Environment"]["Variables"] == {"CUSTOM_MODEL_DEPLOYMENT_ARN": arn}
        watched = [{"Name": "ModelId", "Value": arn}]
        assert self.alarms() == {"Invocations": watched, "InvocationThrottles": watched}

    def is_empty(self) -> bool:
        iam, logs = self.client("iam"), self.client("logs")
        return not (
            self.local.deployments()
            or self.models()
            or iam.list_policies(Scope="Local")["Policies"]
            or iam.list_roles()["Roles"]
            or self.client("lambda").list_functions()["Functions"]
            or self.client("cloudwatch").describe_alarms()["MetricAlarms"]
            or self.client("ssm").describe_parameters()["Parameters"]
            or logs.describe_log_groups()["logGroups"]
        )


def test_example_trains_deploys_and_destroys(
    projects: Projects,
    local: LocalBedrock,
    parameter: Callable[[str], str],
    witness: Witness,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    account = Account(local)
    # Three looks: pulumi-aws's own after it has started the job, and two of TrainedModel's.
    state_manager.set_transition(TRAINING, {"progression": "manual", "times": 3})
    stack = projects.example("fine-tune-to-serve", bucket="tickets", release="v1")

    assert set(_previewed(stack).values()) == {"create"}
    assert account.is_empty(), "a preview makes nothing"

    shown = stack.up()
    assert "InProgress, waiting for the trained model" in shown.text
    (first,) = [item["customModelDeploymentArn"] for item in local.deployments()]
    assert stack.exports()["customModelDeploymentArn"] == first
    assert account.models() == ["tickets-v1"]
    account.check_consumers(first, parameter)
    (custom_model,) = stack.resources(CUSTOM_MODEL)
    assert not custom_model["outputs"].get("customModelArn"), "which is why there is TrainedModel"
    stack.up("--expect-no-changes")

    # The next release: another job, another model, another deployment, and everyone is told.
    stack.config["fine-tune-to-serve:release"] = "v2"
    assert _previewed(stack) == {
        "RolePolicy training": "update",
        "CustomModel tickets": "replace",
        "TrainedModel tickets": "replace",
        "CustomModelDeployment support-bot": "replace",
        "ModelInvocation smoke-test": "replace",
        "Parameter support-bot-arn": "update",
        "MetricAlarm support-bot-invocations": "update",
        "MetricAlarm support-bot-throttles": "update",
        "Policy invoke-support-bot": "update",
        "Function answer-ticket": "update",
    }
    witness.moments.clear()
    stack.up()
    (second,) = [item["customModelDeploymentArn"] for item in local.deployments()]
    assert second != first
    created, deleted = witness.moments
    assert (created.event, created.statuses[first]) == ("create", "Active")
    assert (deleted.event, deleted.resource, deleted.statuses[second]) == ("delete", first, "Active")
    assert account.models() == ["tickets-v2"]
    account.check_consumers(second, parameter)
    stack.refresh()
    stack.up("--expect-no-changes")

    # The function's own code, with the environment that Lambda would give it.
    for name, value in {**local.environment(), **account.function()["Environment"]["Variables"]}.items():
        monkeypatch.setenv(name, value)
    handler = runpy.run_path(str(stack.work / "function/answer_ticket.py"))["handler"]
    assert "serves tickets-v2, was told: Where is my order?" in handler({"ticket": "Where is my order?"}, None)

    stack.destroy()
    assert account.is_empty()


def _previewed(stack: Stack) -> dict[str, str]:
    """What a preview says will be done, by type and name."""
    steps = stack.pulumi("preview", "--json").json["steps"]
    names = [(step["urn"].split("::")[2:], step["op"]) for step in steps]
    changed = {f"{type_.rpartition(':')[2]} {name}": op for (type_, name), op in names if op not in ("same", "read")}
    changed.pop("Stack fine-tune-to-serve-dev", None)
    return changed


def test_failed_training_is_reported_and_next_up_recovers(
    projects: Projects, local: LocalBedrock, parameter: Callable[[str], str]
) -> None:
    stack = projects.example("fine-tune-to-serve", bucket="tickets", release="v1")
    local.add_fault(operation="CreateModelCustomizationJob", kind="activation", count=1, message="Line 7 is no JSON.")
    error = stack.up(fails=True).error
    assert error.startswith("ModelFailed: customization job arn:aws:bedrock:us-east-1:123456789012:")
    assert "AWS said: Line 7 is no JSON. Fix the cause and start another job with a new name." in error
    assert local.deployments() == []

    stack.config["fine-tune-to-serve:release"] = "v1-mended"
    stack.up()
    Account(local).check_consumers(stack.exports()["customModelDeploymentArn"], parameter)


def test_interrupted_training_is_resumed_by_next_up(projects: Projects, local: LocalBedrock) -> None:
    stack = projects.example("fine-tune-to-serve", bucket="tickets", release="v1")
    local.add_fault(operation="GetCustomModel", error="ExpiredTokenException", message="It has expired.")
    assert stack.up(fails=True).error.startswith("CredentialsExpired: custom model arn:aws:bedrock:")

    local.clear_faults()
    stack.up()
    assert len(local.client("bedrock").list_model_customization_jobs()["modelCustomizationJobSummaries"]) == 1
    assert len(local.deployments()) == len(stack.resources(DEPLOYMENT)) == 1
    assert Account(local).models() == ["tickets-v1"]
