"""What is told of a deployment's ARN: parameters, functions and their logs, alarms."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any

from .kind import Kind

__all__ = ["Function", "LogGroup", "MetricAlarm", "Parameter"]


class Parameter(Kind):
    """`aws.ssm.Parameter`."""

    token = "aws:ssm/parameter:Parameter"
    forces = ("name",)
    computed = ("arn", "version")

    def create(self, inputs: Mapping[str, Any]) -> str:
        self._put(inputs["name"], inputs)
        return str(inputs["name"])

    def read(self, id_: str) -> dict[str, Any] | None:
        ssm = self.client("ssm")
        try:
            found = ssm.get_parameter(Name=id_)["Parameter"]
        except ssm.exceptions.ParameterNotFound:
            return None
        keys = {"Name": "name", "Type": "type", "Value": "value", "ARN": "arn", "Version": "version"}
        return {mine: found[theirs] for theirs, mine in keys.items()}

    def update(self, id_: str, inputs: Mapping[str, Any]) -> None:
        self._put(id_, inputs, Overwrite=True)

    def delete(self, id_: str, outputs: Mapping[str, Any]) -> None:
        self.client("ssm").delete_parameter(Name=id_)

    def _put(self, name: str, inputs: Mapping[str, Any], **how: bool) -> None:
        described = {"Description": inputs["description"]} if "description" in inputs else {}
        self.client("ssm").put_parameter(Name=name, Type=inputs["type"], Value=inputs["value"], **described, **how)


class LogGroup(Kind):
    """`aws.cloudwatch.LogGroup`."""

    token = "aws:cloudwatch/logGroup:LogGroup"
    forces = ("name",)

    def create(self, inputs: Mapping[str, Any]) -> str:
        self.client("logs").create_log_group(logGroupName=inputs["name"])
        self.update(inputs["name"], inputs)
        return str(inputs["name"])

    def read(self, id_: str) -> dict[str, Any] | None:
        groups = self.client("logs").describe_log_groups(logGroupNamePrefix=id_)["logGroups"]
        for group in groups:
            if group["logGroupName"] == id_:
                # pulumi-aws shows the ARN without the `:*` at its end.
                found = {"name": id_, "arn": group["arn"].removesuffix(":*")}
                return {
                    **found,
                    **({"retentionInDays": group["retentionInDays"]} if "retentionInDays" in group else {}),
                }
        return None

    def update(self, id_: str, inputs: Mapping[str, Any]) -> None:
        if "retentionInDays" in inputs:
            self.client("logs").put_retention_policy(logGroupName=id_, retentionInDays=inputs["retentionInDays"])

    def delete(self, id_: str, outputs: Mapping[str, Any]) -> None:
        self.client("logs").delete_log_group(logGroupName=id_)


class Function(Kind):
    """`aws.lambda_.Function`, from an archive in the program."""

    token = "aws:lambda/function:Function"
    forces = ("name",)
    computed = ("arn", "codeSha256")

    def create(self, inputs: Mapping[str, Any]) -> str:
        self.client("lambda").create_function(
            FunctionName=inputs["name"],
            Code={"ZipFile": base64.b64decode(inputs["code"])},
            Runtime=inputs["runtime"],
            Handler=inputs["handler"],
            Role=inputs["role"],
            **_configuration(inputs),
        )
        return str(inputs["name"])

    def read(self, id_: str) -> dict[str, Any] | None:
        aws_lambda = self.client("lambda")
        try:
            found = aws_lambda.get_function(FunctionName=id_)["Configuration"]
        except aws_lambda.exceptions.ResourceNotFoundException:
            return None
        return {
            "name": id_,
            "arn": found["FunctionArn"],
            "role": found["Role"],
            "runtime": found["Runtime"],
            "handler": found["Handler"],
            "timeout": found["Timeout"],
            "environment": {"variables": found.get("Environment", {}).get("Variables", {})},
            "codeSha256": found["CodeSha256"],
        }

    def update(self, id_: str, inputs: Mapping[str, Any]) -> None:
        aws_lambda = self.client("lambda")
        aws_lambda.update_function_configuration(
            FunctionName=id_,
            Runtime=inputs["runtime"],
            Handler=inputs["handler"],
            Role=inputs["role"],
            **_configuration(inputs),
        )
        aws_lambda.update_function_code(FunctionName=id_, ZipFile=base64.b64decode(inputs["code"]))

    def delete(self, id_: str, outputs: Mapping[str, Any]) -> None:
        self.client("lambda").delete_function(FunctionName=id_)


def _configuration(inputs: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "Timeout": inputs.get("timeout", 3),
        "Environment": {"Variables": inputs.get("environment", {}).get("variables", {})},
    }


class MetricAlarm(Kind):
    """`aws.cloudwatch.MetricAlarm`."""

    token = "aws:cloudwatch/metricAlarm:MetricAlarm"
    forces = ("name",)

    def create(self, inputs: Mapping[str, Any]) -> str:
        self.update(inputs["name"], inputs)
        return str(inputs["name"])

    def read(self, id_: str) -> dict[str, Any] | None:
        alarms = self.client("cloudwatch").describe_alarms(AlarmNames=[id_])["MetricAlarms"]
        if not alarms:
            return None
        found = {key[:1].lower() + key[1:]: alarms[0][key] for key in _ALARM if key in alarms[0]}
        dimensions = {each["Name"]: each["Value"] for each in alarms[0]["Dimensions"]}
        return {"name": id_, "arn": alarms[0]["AlarmArn"], **found, "dimensions": dimensions}

    def update(self, id_: str, inputs: Mapping[str, Any]) -> None:
        given = {key: inputs[key[:1].lower() + key[1:]] for key in _ALARM if key[:1].lower() + key[1:] in inputs}
        dimensions = [{"Name": name, "Value": value} for name, value in inputs.get("dimensions", {}).items()]
        self.client("cloudwatch").put_metric_alarm(AlarmName=id_, Dimensions=dimensions, **given)

    def delete(self, id_: str, outputs: Mapping[str, Any]) -> None:
        self.client("cloudwatch").delete_alarms(AlarmNames=[id_])


_ALARM = (
    "AlarmDescription",
    "ComparisonOperator",
    "EvaluationPeriods",
    "MetricName",
    "Namespace",
    "Period",
    "Statistic",
    "Threshold",
    "TreatMissingData",
)
"""Members that pulumi_aws spells the same, but for the first letter."""
