"""Lambda functions, and the log groups that they write to."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any

from .kind import Kind

__all__ = ["Function", "LogGroup"]


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
