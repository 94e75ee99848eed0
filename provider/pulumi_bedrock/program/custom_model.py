"""Program side of a custom model that Bedrock makes of artifacts, such as those that SageMaker writes."""

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

__all__ = ["CustomModel", "CustomModelArgs"]

_TYPE = "pulumi-python:dynamic/bedrock:CustomModel"

_STORED_AS = {"s3_uri": "model_source_config", "model_package_arn": "custom_model_data_source"}
"""Arguments that the state has as boto3 spells them, in a mapping."""


@pulumi.input_type
class CustomModelArgs:
    """The arguments of a `CustomModel`. A change of any replaces the model, but for tags with `update_in_place`.

    The constraints are those of `CreateCustomModel` in botocore's service model.

    ```python
    import pulumi
    import pulumi_bedrock as bedrock

    config = pulumi.Config()
    args = bedrock.CustomModelArgs(role_arn=config.require("roleArn"), s3_uri=config.require("s3Uri"))
    bedrock.CustomModel("support-bot", args, pulumi.ResourceOptions(protect=True))
    ```

    :param role_arn: The ARN of the role with which Bedrock reads the artifacts; required with `s3_uri`.
    :param s3_uri: Where the artifacts are. Give either this or `model_package_arn`.
    :param model_package_arn: The ARN of the SageMaker model package that has the artifacts.
    :param model_name: The name, unique in account and Region; the resource's name and 7 hex digits when left out.
    :param model_kms_key_arn: The ARN of the KMS key that encrypts the model; AWS's own key when left out.
    :param tags: Tags, as a mapping or in boto3's list form.
    :param client_request_token: AWS's idempotency token; a fresh one for each create when left out.
    :param region: The AWS Region, over that of the `aws.Provider` or the stack.
    :param update_in_place: Whether changed tags update the model. None is the same as False.
    """

    role_arn: pulumi.Input[str] | None = pulumi.property("roleArn", default=None)
    s3_uri: pulumi.Input[str] | None = pulumi.property("s3Uri", default=None)
    model_package_arn: pulumi.Input[str] | None = pulumi.property("modelPackageArn", default=None)
    model_name: pulumi.Input[str] | None = pulumi.property("modelName", default=None)
    model_kms_key_arn: pulumi.Input[str] | None = pulumi.property("modelKmsKeyArn", default=None)
    tags: pulumi.Input[options.Tags] | None = pulumi.property("tags", default=None)
    client_request_token: pulumi.Input[str] | None = pulumi.property("clientRequestToken", default=None)
    region: pulumi.Input[str] | None = pulumi.property("region", default=None)
    update_in_place: pulumi.Input[bool] | None = pulumi.property("updateInPlace", default=None)

    def __init__(
        self,
        *,
        role_arn: pulumi.Input[str] | None = None,
        s3_uri: pulumi.Input[str] | None = None,
        model_package_arn: pulumi.Input[str] | None = None,
        model_name: pulumi.Input[str] | None = None,
        model_kms_key_arn: pulumi.Input[str] | None = None,
        tags: pulumi.Input[options.Tags] | None = None,
        client_request_token: pulumi.Input[str] | None = None,
        region: pulumi.Input[str] | None = None,
        update_in_place: pulumi.Input[bool] | None = None,
    ) -> None:
        pulumi.set(self, "role_arn", role_arn)
        pulumi.set(self, "s3_uri", s3_uri)
        pulumi.set(self, "model_package_arn", model_package_arn)
        pulumi.set(self, "model_name", model_name)
        pulumi.set(self, "model_kms_key_arn", model_kms_key_arn)
        pulumi.set(self, "tags", tags)
        pulumi.set(self, "client_request_token", client_request_token)
        pulumi.set(self, "region", region)
        pulumi.set(self, "update_in_place", update_in_place)


@pulumi.input_type
class _Properties(options.PropertyBag):
    role_arn: pulumi.Input[str] | None = pulumi.property("roleArn", default=None)
    model_source_config: pulumi.Input[Mapping[str, Any]] | None = pulumi.property("modelSourceConfig", default=None)
    custom_model_data_source: pulumi.Input[Mapping[str, Any]] | None = pulumi.property(
        "customModelDataSource", default=None
    )
    model_name: pulumi.Input[str] | None = pulumi.property("modelName", default=None)
    model_kms_key_arn: pulumi.Input[str] | None = pulumi.property("modelKmsKeyArn", default=None)
    tags: pulumi.Input[Mapping[str, str]] | None = pulumi.property("tags", default=None)
    tags_all: pulumi.Input[Mapping[str, str]] | None = pulumi.property("tagsAll", default=None)
    client_request_token: pulumi.Input[str] | None = pulumi.property("clientRequestToken", default=None)
    region: pulumi.Input[str] | None = pulumi.property("region", default=None)
    update_in_place: pulumi.Input[bool] | None = pulumi.property("updateInPlace", default=None)
    model_arn: pulumi.Input[str] | None = pulumi.property("modelArn", default=None)
    base_model_arn: pulumi.Input[str] | None = pulumi.property("baseModelArn", default=None)
    model_status: pulumi.Input[str] | None = pulumi.property("modelStatus", default=None)
    created_at: pulumi.Input[str] | None = pulumi.property("createdAt", default=None)
    failure_message: pulumi.Input[str] | None = pulumi.property("failureMessage", default=None)
    import_id: pulumi.Input[str] | None = pulumi.property("importId", default=None)
    import_shown: pulumi.Input[Sequence[str]] | None = pulumi.property("__importShown", default=None)
    delete_before_replace: pulumi.Input[bool | str] | None = pulumi.property("__deleteBeforeReplace", default=None)
    owner: pulumi.Input[Mapping[str, pulumi.Input[str]]] | None = pulumi.property("__owner", default=None)
    replace_on_changes: pulumi.Input[Sequence[str]] | None = pulumi.property("__replaceOnChanges", default=None)
    retain_on_delete: pulumi.Input[bool] | None = pulumi.property("__retainOnDelete", default=None)
    timeouts: pulumi.Input[Mapping[str, str]] | None = pulumi.property("timeouts", default=None)


@pulumi.type_token(_TYPE)
class CustomModel(pulumi.dynamic.Resource, module="bedrock", name="CustomModel"):
    """A custom model that Bedrock makes of the artifacts of an Amazon Nova model that SageMaker has trained.

    `pulumi up` creates the model and waits until it is `Active`, so that it can be deployed:

    ```python
    import pulumi
    import pulumi_bedrock as bedrock

    config = pulumi.Config()
    model = bedrock.CustomModel("support-bot", role_arn=config.require("roleArn"), s3_uri=config.require("s3Uri"))
    bedrock.CustomModelDeployment("support-bot", model_arn=model.model_arn)
    ```

    A change of any argument replaces the model. The new model is created before the old one is deleted, and a
    deployment of this stack goes over to it. Only when the program gives the name, and name and Region stay, the old
    model is deleted first, and before it the deployments that use it: AWS deletes no model that is deployed. A delete
    waits for what else deploys the model, and in the end names it. With `update_in_place=True`, a change of `tags` or
    the default tags is an update.

    AWS shows neither the artifacts nor the role of a model. So a refresh finds no change of them, and `import_` doesn't
    compare them.

    Options: `custom_timeouts` (create, 120 minutes when left out; update, 20 minutes, used with `update_in_place`;
    delete, 20 minutes); `import_`, which takes the ARN or name of a model and adopts it if it is what the program
    declares; `provider` or `providers` with an `aws.Provider`.

    IAM actions: bedrock:CreateCustomModel, bedrock:GetCustomModel, bedrock:DeleteCustomModel, bedrock:ListCustomModels,
    bedrock:ListCustomModelDeployments, bedrock:ListTagsForResource, bedrock:TagResource, bedrock:UntagResource; and
    iam:PassRole on the role.
    """

    @overload
    def __init__(
        self,
        resource_name: str,
        args: CustomModelArgs,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None: ...
    @overload
    def __init__(
        self,
        resource_name: str,
        opts: pulumi.ResourceOptions | None = None,
        *,
        role_arn: pulumi.Input[str] | None = None,
        s3_uri: pulumi.Input[str] | None = None,
        model_package_arn: pulumi.Input[str] | None = None,
        model_name: pulumi.Input[str] | None = None,
        model_kms_key_arn: pulumi.Input[str] | None = None,
        tags: pulumi.Input[options.Tags] | None = None,
        client_request_token: pulumi.Input[str] | None = None,
        region: pulumi.Input[str] | None = None,
        update_in_place: pulumi.Input[bool] | None = None,
    ) -> None: ...
    def __init__(self, resource_name: str, *positional: Any, **named: Any) -> None:
        """Declare a custom model.

        :param resource_name: The logical name in the program.
        :param role_arn: The ARN of the role with which Bedrock reads the artifacts, and the key if there is one.
            Required with `s3_uri`.
        :param s3_uri: Where the artifacts are (1 to 1,024 characters), such as `s3://bucket/job/`. Give either this or
            `model_package_arn`.
        :param model_package_arn: The ARN of the SageMaker model package that has the artifacts.
        :param model_name: The name, unique in account and Region: 1 to 63 letters and digits, each followed by at most
            one `-` or `_`. Left out, it is the resource's name and 7 random hex digits.
        :param model_kms_key_arn: The ARN of the KMS key that encrypts the model; left out, AWS's own key.
        :param tags: Tags, as a mapping or as boto3's list of `{"key": …, "value": …}`; merged over the default tags of
            the `aws.Provider` or the stack.
        :param client_request_token: AWS's idempotency token (1 to 256 characters). Left out, each create uses a new
            one.
        :param region: The AWS Region; left out, that of the `aws.Provider`, or else of the stack's configuration or
            the environment.
        :param update_in_place: Whether changed tags update the model instead of replacing it.
        :param opts: The resource's options.
        :raises pulumi.RunError: when `import_` is combined with `delete_before_replace`.
        """
        args, opts = arguments(CustomModelArgs, positional, named)
        opts = options.renamed(opts or pulumi.ResourceOptions(), _STORED_AS)
        host = host_of(opts)
        properties = _Properties.of()
        if opts.id is None and opts.urn is None:
            args = args or CustomModelArgs()
            if args.model_name is None:
                tell_of_autonaming()
            inputs, opts = managed_inputs(args, resource_name, opts, host, _TYPE, shown={})
            properties = _Properties.of(
                **inputs,
                model_source_config=_source(args.s3_uri, "s3DataSource", "s3Uri"),
                custom_model_data_source=_source(
                    args.model_package_arn, "modelPackageArnDataSource", "modelPackageArn"
                ),
            )
        opts = with_host(opts, host)
        super().__init__(serialized.Reference(serialized.custom_model), resource_name, properties, opts)  # type: ignore[arg-type]

    @staticmethod
    def get(resource_name: str, id: pulumi.Input[str], opts: pulumi.ResourceOptions | None = None) -> CustomModel:
        """Read a custom model that something else manages. Pulumi neither changes nor deletes it.

        ```python
        import pulumi_bedrock as bedrock

        model = bedrock.CustomModel.get("other", "support-bot-v1")
        bedrock.CustomModelDeployment("support-bot", model_arn=model.model_arn)
        ```

        :param resource_name: The logical name in the program.
        :param id: The model's ARN; a name is looked up in the Region of the `aws.Provider` or the stack.
        :param opts: The resource's options.
        """
        opts = pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(id=id))
        return CustomModel(resource_name, opts=opts)

    @property
    @pulumi.getter(name="modelArn")
    def model_arn(self) -> pulumi.Output[str]:
        """The model's ARN: the `model_arn` of a `CustomModelDeployment`."""
        arn: pulumi.Output[str] = pulumi.get(self, "model_arn")
        return options.known_or(arn, self.id)  # in the preview of an update, outputs are unknown, and the ID is not

    @property
    @pulumi.getter(name="modelName")
    def model_name(self) -> pulumi.Output[str]:
        """The name, given or automatic."""
        return pulumi.get(self, "model_name")

    @property
    @pulumi.getter(name="roleArn")
    def role_arn(self) -> pulumi.Output[str | None]:
        """The ARN of the role; None for a model that `get()` reads."""
        return pulumi.get(self, "role_arn")

    @property
    @pulumi.getter(name="modelSourceConfig")
    def model_source_config(self) -> pulumi.Output[Mapping[str, Any] | None]:
        """The S3 URI as boto3 spells it, `{"s3DataSource": {"s3Uri": …}}`, if the program gave one."""
        return pulumi.get(self, "model_source_config")

    @property
    @pulumi.getter(name="customModelDataSource")
    def custom_model_data_source(self) -> pulumi.Output[Mapping[str, Any] | None]:
        """The model package as boto3 spells it, `{"modelPackageArnDataSource": {"modelPackageArn": …}}`, if given."""
        return pulumi.get(self, "custom_model_data_source")

    @property
    @pulumi.getter(name="modelKmsKeyArn")
    def model_kms_key_arn(self) -> pulumi.Output[str | None]:
        """The ARN of the KMS key; None for AWS's own."""
        return pulumi.get(self, "model_kms_key_arn")

    @property
    @pulumi.getter
    def tags(self) -> pulumi.Output[Mapping[str, str] | None]:
        """The resource's own tags, without the default ones."""
        return pulumi.get(self, "tags")

    @property
    @pulumi.getter(name="tagsAll")
    def tags_all(self) -> pulumi.Output[Mapping[str, str] | None]:
        """All tags: the resource's own over the default ones."""
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
        """Whether changed tags update the model; None when the program doesn't say so."""
        return pulumi.get(self, "update_in_place")

    @property
    @pulumi.getter(name="baseModelArn")
    def base_model_arn(self) -> pulumi.Output[str | None]:
        """The ARN of the model that it was made from; None when AWS doesn't say."""
        return pulumi.get(self, "base_model_arn")

    @property
    @pulumi.getter(name="modelStatus")
    def model_status(self) -> pulumi.Output[str]:
        """AWS's status, `Active` after every create; `refresh` may find another."""
        return pulumi.get(self, "model_status")

    @property
    @pulumi.getter(name="createdAt")
    def created_at(self) -> pulumi.Output[str]:
        """When AWS created the model: ISO 8601, in UTC."""
        return pulumi.get(self, "created_at")

    @property
    @pulumi.getter(name="failureMessage")
    def failure_message(self) -> pulumi.Output[str | None]:
        """AWS's reason, when `refresh` finds the model `Failed`."""
        return pulumi.get(self, "failure_message")


def _source(given: pulumi.Input[str] | None, outer: str, inner: str) -> Any:
    """Return the mapping in which boto3 has an argument; unknown as a whole, since a plan holds no unknown in one."""
    if isinstance(given, pulumi.Output):
        return given.apply(lambda value: {outer: {inner: value}})
    return None if given is None else {outer: {inner: given}}
