"""A platform team's component: a deployed model, a policy to call it, and a parameter with its ARN, in one resource."""

from __future__ import annotations

import pulumi
import pulumi_aws as aws
import pulumi_bedrock as bedrock

__all__ = ["PublishedModel"]


class PublishedModel(pulumi.ComponentResource):
    """A deployed custom model, with a policy for its callers and a parameter with its ARN.

    The account and Region are those of the component's `aws.Provider`, or of the stack's `aws:` configuration.
    """

    custom_model_deployment_arn: pulumi.Output[str]
    """The deployment's ARN."""
    policy_arn: pulumi.Output[str]
    """The policy to attach to a caller's role: it allows invoking this deployment and reading the parameter."""
    parameter_name: pulumi.Output[str]
    """The SSM parameter that holds the deployment's ARN."""

    def __init__(
        self,
        name: str,
        *,
        model_arn: pulumi.Input[str],
        tags: dict[str, str] | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Deploy a custom model and publish it.

        :param name: The logical name; callers find the ARN under `/models/<stack>/<name>`.
        :param model_arn: The ARN of the custom model to deploy. A changed one replaces the deployment.
        :param tags: Tags of all resources.
        :param opts: The component's options.
        """
        super().__init__("acme:bedrock:PublishedModel", name, opts=opts)
        inside = pulumi.ResourceOptions(parent=self)

        deployment = bedrock.CustomModelDeployment(name, model_arn=model_arn, tags=tags, opts=inside)
        parameter = aws.ssm.Parameter(
            name,
            name=f"/models/{pulumi.get_stack()}/{name}",
            type=aws.ssm.ParameterType.STRING,
            value=deployment.custom_model_deployment_arn,
            tags=tags,
            opts=inside,
        )
        policy = aws.iam.Policy(
            name,
            policy=pulumi.Output.json_dumps(
                {
                    "Version": "2012-10-17",
                    "Statement": [
                        {
                            "Effect": "Allow",
                            "Action": "bedrock:InvokeModel*",
                            "Resource": deployment.custom_model_deployment_arn,
                        },
                        {"Effect": "Allow", "Action": "ssm:GetParameter", "Resource": parameter.arn},
                    ],
                }
            ),
            tags=tags,
            opts=inside,
        )

        self.custom_model_deployment_arn = deployment.custom_model_deployment_arn
        self.policy_arn = policy.arn
        self.parameter_name = parameter.name
        self.register_outputs(
            {
                "customModelDeploymentArn": self.custom_model_deployment_arn,
                "policyArn": self.policy_arn,
                "parameterName": self.parameter_name,
            }
        )
