"""Alarms on the calls of a deployment: CloudWatch's dimension ModelId holds the deployment's ARN."""

from __future__ import annotations

import pulumi
import pulumi_aws as aws

__all__ = ["watch"]

ALARMS = {
    "support-bot-invocations": ("Invocations", 15, "More calls than expected, and their tokens are billed."),
    "support-bot-throttles": ("InvocationThrottles", 10, "Callers exceed the quota of the deployed model."),
}
"""The metric and its threshold in five minutes. Choose yours below the quota: 4 requests a minute are 20."""


def watch(deployment_arn: pulumi.Output[str], *, opts: pulumi.ResourceOptions) -> None:
    """Create the alarms of a deployment."""
    for name, (metric, threshold, why) in ALARMS.items():
        aws.cloudwatch.MetricAlarm(
            name,
            alarm_description=why,
            namespace="AWS/Bedrock",
            metric_name=metric,
            dimensions={"ModelId": deployment_arn},
            statistic="Sum",
            period=300,
            evaluation_periods=1,
            comparison_operator="GreaterThanThreshold",
            threshold=threshold,
            treat_missing_data="notBreaching",
            opts=opts,
        )
