"""What is told of a deployment's ARN, beside functions: parameters and alarms."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .kind import Kind

__all__ = ["MetricAlarm", "Parameter"]


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
