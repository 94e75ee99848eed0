"""Program side of a call to a model at deploy time: a smoke test, like `aws.lambda_.Invocation` for a function."""

from __future__ import annotations

from collections.abc import Awaitable, Mapping, Sequence
from typing import Any

import pulumi
import pulumi.dynamic

from pulumi_bedrock import serialized

from . import options
from .aws_provider import host_of, with_host
from .invocation_inputs import (
    ModelInvocationInferenceConfigArgsDict,
    ModelInvocationMessageArgsDict,
    ModelInvocationSystemArgsDict,
)

__all__ = ["ModelInvocation"]


@pulumi.input_type
class _Properties(options.PropertyBag):
    model_id: pulumi.Input[str] | None = pulumi.property("modelId", default=None)
    prompt: pulumi.Input[str] | None = pulumi.property("prompt", default=None)
    messages: pulumi.Input[Sequence[Any]] | None = pulumi.property("messages", default=None)
    system: pulumi.Input[Sequence[Any]] | None = pulumi.property("system", default=None)
    inference_config: pulumi.Input[Mapping[str, Any]] | None = pulumi.property("inferenceConfig", default=None)
    triggers: pulumi.Input[Mapping[str, Any]] | None = pulumi.property("triggers", default=None)
    region: pulumi.Input[str] | None = pulumi.property("region", default=None)
    timeouts: pulumi.Input[Mapping[str, str]] | None = pulumi.property("timeouts", default=None)
    output_text: pulumi.Input[str] | None = pulumi.property("outputText", default=None)
    stop_reason: pulumi.Input[str] | None = pulumi.property("stopReason", default=None)
    usage: pulumi.Input[Mapping[str, int]] | None = pulumi.property("usage", default=None)


@pulumi.type_token("pulumi-python:dynamic/bedrock:ModelInvocation")
class ModelInvocation(pulumi.dynamic.Resource, module="bedrock", name="ModelInvocation"):
    """One call to a deployed model, with Converse, when the resource is created.

    The call is retried while the deployment isn't ready or AWS throttles (`custom_timeouts` create, 10 minutes). A call
    whose answer was lost isn't retried, since AWS may charge each call: run `pulumi up` again to repeat it. A changed
    argument calls the model again; `delete` does nothing. The state stores the answer. If the prompt is secret, add
    `additional_secret_outputs=["output_text"]` to the options, since a model may repeat it.

    ```python
    import pulumi
    import pulumi_bedrock as bedrock

    deployment = bedrock.CustomModelDeployment("support-bot", model_arn=pulumi.Config().require("modelArn"))
    smoke_test = bedrock.ModelInvocation(
        "smoke-test",
        model_id=deployment.custom_model_deployment_arn,
        messages=[{"role": "user", "content": [{"text": "My order is late. What can I do?"}]}],
        system=[{"text": "Answer in one sentence."}],
        inference_config={"maxTokens": 100},
        triggers={"release": "2026-11-23"},
    )
    pulumi.export("answer", smoke_test.output_text)
    ```

    IAM action: bedrock:InvokeModel on the deployment.
    """

    def __init__(
        self,
        resource_name: str,
        opts: pulumi.ResourceOptions | None = None,
        *,
        model_id: pulumi.Input[str],
        prompt: pulumi.Input[str] | None = None,
        messages: pulumi.Input[Sequence[pulumi.Input[ModelInvocationMessageArgsDict]]] | None = None,
        system: pulumi.Input[Sequence[pulumi.Input[ModelInvocationSystemArgsDict]]] | None = None,
        inference_config: pulumi.Input[ModelInvocationInferenceConfigArgsDict] | None = None,
        triggers: pulumi.Input[Mapping[str, Any]] | None = None,
        region: pulumi.Input[str] | None = None,
    ) -> None:
        """Declare a call.

        :param resource_name: The logical name in the program.
        :param model_id: The deployment's ARN.
        :param prompt: One user message. Give this or `messages`.
        :param messages: A conversation as boto3's `converse` takes it: `[{"role": …, "content": [{"text": …}]}]`.
            For a type checker, annotate a variable with `list[ModelInvocationMessageArgsDict]`.
        :param system: System prompts as boto3 takes them: `[{"text": …}]`.
        :param inference_config: As boto3 takes it: `maxTokens` (tokens), `temperature`, `topP`, `stopSequences`.
        :param triggers: Values by name: anything but assets and archives. A changed value calls the model again. The
            ARN of a deployment with `update_in_place` stays, so give `{"model": deployment.model_arn}`.
        :param region: The AWS Region; left out, it is that of the ARN.
        :param opts: The resource's options.
        """
        opts = opts or pulumi.ResourceOptions()
        host = host_of(opts)
        properties = _Properties.of(
            model_id=model_id,
            prompt=prompt,
            messages=messages,
            system=system,
            inference_config=inference_config,
            triggers=_triggers(triggers, resource_name),
            region=region,
            timeouts=options.timeouts(opts, resource_name),
        )
        super().__init__(serialized.Reference(serialized.invocation), resource_name, properties, with_host(opts, host))  # type: ignore[arg-type]

    @property
    @pulumi.getter(name="outputText")
    def output_text(self) -> pulumi.Output[str]:
        """The model's answer."""
        return pulumi.get(self, "output_text")

    @property
    @pulumi.getter(name="stopReason")
    def stop_reason(self) -> pulumi.Output[str]:
        """Why the model stopped, as AWS spells it, such as `end_turn` or `max_tokens`."""
        return pulumi.get(self, "stop_reason")

    @property
    @pulumi.getter
    def usage(self) -> pulumi.Output[Mapping[str, int]]:
        """Tokens, as boto3 spells them: `inputTokens`, `outputTokens`, `totalTokens`."""
        return pulumi.get(self, "usage")


def _triggers(value: Any, name: str) -> Any:
    """Return the triggers, outputs in them unchanged.

    :raises pulumi.RunError: when they aren't a mapping, or hold an asset: the SDK fails on one in a state.
    """
    if isinstance(value, (pulumi.Output, Awaitable)):
        return pulumi.Output.from_input(value).apply(lambda resolved: _triggers(resolved, name))
    if value is not None and not isinstance(value, Mapping):
        raise pulumi.RunError(f'"{name}": triggers: must be a mapping, such as {{"model": deployment.model_arn}}')
    return value and {key: _without_assets(item, name) for key, item in value.items()}


def _without_assets(value: Any, name: str) -> Any:
    if isinstance(value, (pulumi.Asset, pulumi.Archive)):
        raise pulumi.RunError(f'"{name}": triggers: can\'t hold an asset or an archive; give a hash of its content')
    if isinstance(value, (pulumi.Output, Awaitable)):
        return pulumi.Output.from_input(value).apply(lambda resolved: _without_assets(resolved, name))
    if isinstance(value, Mapping):
        return {key: _without_assets(item, name) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_without_assets(item, name) for item in value]
    return value
