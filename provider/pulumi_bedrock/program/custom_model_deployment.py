"""Program side of a custom model deployment: the typed resource that a Pulumi program declares."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, overload

import pulumi
import pulumi.dynamic

from pulumi_bedrock import serialized

from . import options
from .autonaming import tell_of_autonaming
from .aws_provider import host_of, with_host
from .managed import arguments, managed_inputs

__all__ = ["CustomModelDeployment", "CustomModelDeploymentArgs"]


_TYPE = "pulumi-python:dynamic/bedrock:CustomModelDeployment"


@pulumi.input_type
class CustomModelDeploymentArgs:
    """The arguments of a `CustomModelDeployment`. A change of any replaces the deployment, but for `update_in_place`.

    The constraints are those of `CreateCustomModelDeployment` in botocore's service model.

    ```python
    import pulumi
    import pulumi_bedrock as bedrock

    args = bedrock.CustomModelDeploymentArgs(model_arn=pulumi.Config().require("modelArn"), update_in_place=True)
    bedrock.CustomModelDeployment("support-bot", args, pulumi.ResourceOptions(protect=True))
    ```

    :param model_arn: The ARN of the custom model to deploy. It must be `Active`; `create` waits for one that is
        `Creating`.
    :param model_deployment_name: The name, unique in account and Region; the resource's name and 7 hex digits when
        left out.
    :param description: What the deployment is for.
    :param tags: Tags, as a mapping or in boto3's list form.
    :param client_request_token: AWS's idempotency token; a fresh one for each create when left out.
    :param region: The AWS Region, over that of the `aws.Provider` or the stack.
    :param update_in_place: Whether a changed model or changed tags update the deployment behind the same ARN. None is
        the same as False.
    """

    model_arn: pulumi.Input[str] = pulumi.property("modelArn")
    model_deployment_name: pulumi.Input[str] | None = pulumi.property("modelDeploymentName", default=None)
    description: pulumi.Input[str] | None = pulumi.property("description", default=None)
    tags: pulumi.Input[options.Tags] | None = pulumi.property("tags", default=None)
    client_request_token: pulumi.Input[str] | None = pulumi.property("clientRequestToken", default=None)
    region: pulumi.Input[str] | None = pulumi.property("region", default=None)
    update_in_place: pulumi.Input[bool] | None = pulumi.property("updateInPlace", default=None)

    def __init__(
        self,
        *,
        model_arn: pulumi.Input[str],
        model_deployment_name: pulumi.Input[str] | None = None,
        description: pulumi.Input[str] | None = None,
        tags: pulumi.Input[options.Tags] | None = None,
        client_request_token: pulumi.Input[str] | None = None,
        region: pulumi.Input[str] | None = None,
        update_in_place: pulumi.Input[bool] | None = None,
    ) -> None:
        pulumi.set(self, "model_arn", model_arn)
        pulumi.set(self, "model_deployment_name", model_deployment_name)
        pulumi.set(self, "description", description)
        pulumi.set(self, "tags", tags)
        pulumi.set(self, "client_request_token", client_request_token)
        pulumi.set(self, "region", region)
        pulumi.set(self, "update_in_place", update_in_place)


@pulumi.input_type
class _Properties(options.PropertyBag):
    model_arn: pulumi.Input[str] | None = pulumi.property("modelArn", default=None)
    model_deployment_name: pulumi.Input[str] | None = pulumi.property("modelDeploymentName", default=None)
    description: pulumi.Input[str] | None = pulumi.property("description", default=None)
    tags: pulumi.Input[Mapping[str, str]] | None = pulumi.property("tags", default=None)
    tags_all: pulumi.Input[Mapping[str, str]] | None = pulumi.property("tagsAll", default=None)
    client_request_token: pulumi.Input[str] | None = pulumi.property("clientRequestToken", default=None)
    region: pulumi.Input[str] | None = pulumi.property("region", default=None)
    update_in_place: pulumi.Input[bool] | None = pulumi.property("updateInPlace", default=None)
    custom_model_deployment_arn: pulumi.Input[str] | None = pulumi.property("customModelDeploymentArn", default=None)
    status: pulumi.Input[str] | None = pulumi.property("status", default=None)
    created_at: pulumi.Input[str] | None = pulumi.property("createdAt", default=None)
    import_id: pulumi.Input[str] | None = pulumi.property("importId", default=None)
    import_shown: pulumi.Input[Sequence[str]] | None = pulumi.property("__importShown", default=None)
    delete_before_replace: pulumi.Input[bool | str] | None = pulumi.property("__deleteBeforeReplace", default=None)
    owner: pulumi.Input[Mapping[str, pulumi.Input[str]]] | None = pulumi.property("__owner", default=None)
    replace_on_changes: pulumi.Input[Sequence[str]] | None = pulumi.property("__replaceOnChanges", default=None)
    retain_on_delete: pulumi.Input[bool] | None = pulumi.property("__retainOnDelete", default=None)
    timeouts: pulumi.Input[Mapping[str, str]] | None = pulumi.property("timeouts", default=None)


@pulumi.type_token("pulumi-python:dynamic/bedrock:CustomModelDeployment")
class CustomModelDeployment(pulumi.dynamic.Resource, module="bedrock", name="CustomModelDeployment"):
    """A custom model that is deployed for on-demand inference in Amazon Bedrock.

    `pulumi up` creates the deployment and waits until it is `Active`, so the model answers when other resources get
    the ARN. A change of any argument replaces the deployment. The new deployment is created before the old one is
    deleted. Only when the program gives the name, and name and Region stay, the old one is deleted first, since names
    are unique.

    ```python
    import pulumi
    import pulumi_bedrock as bedrock

    deployment = bedrock.CustomModelDeployment(
        "support-bot",
        model_arn=pulumi.Config().require("modelArn"),
        description="Answers first-line tickets",
        tags={"team": "support"},
        opts=pulumi.ResourceOptions(custom_timeouts=pulumi.CustomTimeouts(create="45m")),
    )
    pulumi.export("customModelDeploymentArn", deployment.custom_model_deployment_arn)
    ```

    With `update_in_place=True`, a change of `model_arn`, `tags` or the default tags is an update: the ARN and the name
    stay, and the old model serves until the new one is ready. Every other change replaces, and so does a change of a
    deployment that is `Failed`. The option `protect` doesn't prevent an update. The ARN doesn't change, so give a
    smoke test `triggers={"model": deployment.model_arn}`.

    Options: `custom_timeouts` (create, 60 minutes when left out; update, 60 minutes, used with `update_in_place`;
    delete, 20 minutes); `import_`, which takes the ARN
    or name of a live deployment and adopts it if it is what the program declares; `provider` or `providers` with an
    `aws.Provider`, which is used like one that a parent hands on, instead of the stack's `aws:` configuration.

    IAM actions: bedrock:CreateCustomModelDeployment, bedrock:GetCustomModelDeployment,
    bedrock:DeleteCustomModelDeployment, bedrock:GetCustomModel, bedrock:ListCustomModelDeployments,
    bedrock:ListTagsForResource, bedrock:TagResource, bedrock:UntagResource; with `update_in_place`,
    bedrock:UpdateCustomModelDeployment too.
    """

    @overload
    def __init__(
        self,
        resource_name: str,
        args: CustomModelDeploymentArgs,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None: ...
    @overload
    def __init__(
        self,
        resource_name: str,
        opts: pulumi.ResourceOptions | None = None,
        *,
        model_arn: pulumi.Input[str],
        model_deployment_name: pulumi.Input[str] | None = None,
        description: pulumi.Input[str] | None = None,
        tags: pulumi.Input[options.Tags] | None = None,
        client_request_token: pulumi.Input[str] | None = None,
        region: pulumi.Input[str] | None = None,
        update_in_place: pulumi.Input[bool] | None = None,
    ) -> None: ...
    def __init__(self, resource_name: str, *positional: Any, **named: Any) -> None:
        """Declare a deployment.

        :param resource_name: The logical name in the program.
        :param model_arn: The ARN of the custom model to deploy (20 to 1,011 characters). It must be `Active`; `create`
            waits for one that is still `Creating`. Required.
        :param model_deployment_name: The name, unique in account and Region: 1 to 63 letters and digits, each followed
            by at most one `-` or `_`. Left out, it is the resource's name and 7 random hex digits.
        :param description: What the deployment is for: 1 to 2,048 characters on one line.
        :param tags: Tags, as a mapping or as boto3's list of `{"key": …, "value": …}`; merged over the
            default tags of the `aws.Provider` or the stack.
        :param client_request_token: AWS's idempotency token (1 to 256 characters). Left out, each create uses a
            new one. Give one only when something outside Pulumi must not create the same deployment again.
        :param region: The AWS Region; left out, that of the `aws.Provider`, or else of the stack's configuration or
            the environment.
        :param update_in_place: Whether a changed `model_arn` or changed tags update the deployment behind the same ARN
            instead of replacing it; None is the same as False. The program's new value decides; switching it alone
            changes nothing in AWS.
        :param opts: The resource's options.
        :raises pulumi.RunError: when `model_arn` is left out, or `import_` is combined with `delete_before_replace`.
        """
        args, opts = arguments(CustomModelDeploymentArgs, positional, named, model_arn=None)
        opts = opts or pulumi.ResourceOptions()
        host = host_of(opts)
        properties = _Properties.of()
        if opts.id is None and opts.urn is None:
            if args is None or args.model_arn is None:
                raise pulumi.RunError(
                    f'"{resource_name}": model_arn is required; give the ARN of the custom model to deploy'
                )
            if args.model_deployment_name is None:
                tell_of_autonaming()
            shown = {"description": args.description}
            inputs, opts = managed_inputs(args, resource_name, opts, host, _TYPE, shown=shown)
            properties = _Properties.of(**inputs)
        super().__init__(serialized.Reference(serialized.deployment), resource_name, properties, with_host(opts, host))  # type: ignore[arg-type]

    @staticmethod
    def get(
        resource_name: str, id: pulumi.Input[str], opts: pulumi.ResourceOptions | None = None
    ) -> CustomModelDeployment:
        """Read a deployment that something else manages. Pulumi neither changes nor deletes it.

        ```python
        import pulumi
        import pulumi_bedrock as bedrock

        arn = "arn:aws:bedrock:us-east-1:123456789012:custom-model-deployment/abcdefghij12"
        other = bedrock.CustomModelDeployment.get("other", arn)
        pulumi.export("modelOfTheOther", other.model_arn)
        ```

        :param resource_name: The logical name in the program.
        :param id: The deployment's ARN; a name is looked up in the Region of the `aws.Provider` or the stack.
        :param opts: The resource's options.
        """
        opts = pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(id=id))
        return CustomModelDeployment(resource_name, opts=opts)  # type: ignore[call-overload]

    @property
    @pulumi.getter(name="customModelDeploymentArn")
    def custom_model_deployment_arn(self) -> pulumi.Output[str]:
        """The deployment's ARN: the `modelId` of Converse and InvokeModel."""
        # In the preview of an update, a dynamic resource's outputs are unknown, and every consumer would seem to
        # change. The ID is known there. It can't stand alone: that of `get()` may be a name, and mocks choose theirs.
        arn: pulumi.Output[str] = pulumi.get(self, "custom_model_deployment_arn")
        return options.known_or(arn, self.id)

    @property
    @pulumi.getter(name="modelDeploymentName")
    def model_deployment_name(self) -> pulumi.Output[str]:
        """The name, given or automatic."""
        return pulumi.get(self, "model_deployment_name")

    @property
    @pulumi.getter(name="modelArn")
    def model_arn(self) -> pulumi.Output[str]:
        """The ARN of the deployed custom model."""
        return pulumi.get(self, "model_arn")

    @property
    @pulumi.getter
    def description(self) -> pulumi.Output[str | None]:
        """What the deployment is for."""
        return pulumi.get(self, "description")

    @property
    @pulumi.getter
    def tags(self) -> pulumi.Output[Mapping[str, str] | None]:
        """The resource's own tags, without the default ones."""
        return pulumi.get(self, "tags")

    @property
    @pulumi.getter(name="tagsAll")
    def tags_all(self) -> pulumi.Output[Mapping[str, str] | None]:
        """All tags: the resource's own over those of `aws:defaultTags`."""
        return pulumi.get(self, "tags_all")

    @property
    @pulumi.getter(name="clientRequestToken")
    def client_request_token(self) -> pulumi.Output[str | None]:
        """The idempotency token, if the program gave one."""
        return pulumi.get(self, "client_request_token")

    @property
    @pulumi.getter
    def region(self) -> pulumi.Output[str]:
        """The AWS Region."""
        return pulumi.get(self, "region")

    @property
    @pulumi.getter(name="updateInPlace")
    def update_in_place(self) -> pulumi.Output[bool | None]:
        """Whether a changed model or changed tags update the deployment; None when the program doesn't say so."""
        return pulumi.get(self, "update_in_place")

    @property
    @pulumi.getter
    def status(self) -> pulumi.Output[str]:
        """AWS's status, `Active` after every create; `refresh` may find another."""
        return pulumi.get(self, "status")

    @property
    @pulumi.getter(name="createdAt")
    def created_at(self) -> pulumi.Output[str]:
        """When AWS created the deployment: ISO 8601, in UTC."""
        return pulumi.get(self, "created_at")
