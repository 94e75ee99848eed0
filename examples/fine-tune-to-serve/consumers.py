"""The consumers of the deployment: a parameter with its ARN, a function that calls it, and alarms on its calls."""

from __future__ import annotations

import pulumi
import pulumi_aws as aws
from alarms import watch

__all__ = ["publish"]


def publish(deployment_arn: pulumi.Output[str], *, after: pulumi.Resource) -> aws.lambda_.Function:
    """Create the consumers of a deployment, after the resource `after`."""
    answered = pulumi.ResourceOptions(depends_on=after)

    aws.ssm.Parameter(
        "support-bot-arn",
        name=f"/{pulumi.get_project()}/{pulumi.get_stack()}/support-bot-arn",
        type=aws.ssm.ParameterType.STRING,
        value=deployment_arn,
        opts=answered,
    )
    watch(deployment_arn, opts=answered)
    invoke = aws.iam.Policy(
        "invoke-support-bot",
        policy=_allow({"Action": "bedrock:InvokeModel*", "Resource": deployment_arn}),
        opts=answered,
    )
    return _function(deployment_arn, invoke)


def _function(deployment_arn: pulumi.Output[str], invoke: aws.iam.Policy) -> aws.lambda_.Function:
    role = aws.iam.Role(
        "answer-ticket",
        assume_role_policy=_allow({"Action": "sts:AssumeRole", "Principal": {"Service": "lambda.amazonaws.com"}}),
    )
    log_group = aws.cloudwatch.LogGroup("answer-ticket", retention_in_days=30)
    may_log = aws.iam.RolePolicy(
        "log",
        role=role.name,
        policy=_allow(
            {
                "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
                "Resource": log_group.arn.apply(lambda arn: f"{arn}:*"),
            }
        ),
    )
    may_invoke = aws.iam.RolePolicyAttachment("invoke-support-bot", role=role.name, policy_arn=invoke.arn)
    return aws.lambda_.Function(
        "answer-ticket",
        runtime="python3.13",
        handler="answer_ticket.handler",
        code=pulumi.AssetArchive({"answer_ticket.py": pulumi.FileAsset("function/answer_ticket.py")}),
        role=role.arn,
        timeout=60,
        environment={"variables": {"CUSTOM_MODEL_DEPLOYMENT_ARN": deployment_arn}},
        logging_config={"log_format": "Text", "log_group": log_group.name},
        opts=pulumi.ResourceOptions(depends_on=[may_log, may_invoke]),
    )


def _allow(statement: dict[str, object]) -> pulumi.Output[str]:
    return pulumi.Output.json_dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", **statement}]})
