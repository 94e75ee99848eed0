"""The nested inputs of a `ModelInvocation` as typed dictionaries, with the keys that boto3's `converse` takes.

Generated Pulumi SDKs have such classes too. A type checker compares the dictionaries in a call with them; a variable
needs the annotation, since mypy takes a plain `dict` for no `TypedDict`. At run time they are dictionaries.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypedDict

import pulumi

__all__ = [
    "ModelInvocationContentArgsDict",
    "ModelInvocationInferenceConfigArgsDict",
    "ModelInvocationMessageArgsDict",
    "ModelInvocationSystemArgsDict",
]


class ModelInvocationContentArgsDict(TypedDict, total=False):
    """A block of a message: one of the keys of Converse's `ContentBlock`.

    ```python
    import pulumi_bedrock as bedrock

    question: bedrock.ModelInvocationContentArgsDict = {"text": "What is in this picture?"}
    picture: bedrock.ModelInvocationContentArgsDict = {
        "image": {"format": "png", "source": {"s3Location": {"uri": "s3://tickets/screen.png"}}}
    }
    ```

    All kinds but `text` are structures, as boto3 takes them.
    """

    text: pulumi.Input[str]
    image: pulumi.Input[Mapping[str, Any]]
    document: pulumi.Input[Mapping[str, Any]]
    video: pulumi.Input[Mapping[str, Any]]
    audio: pulumi.Input[Mapping[str, Any]]
    toolUse: pulumi.Input[Mapping[str, Any]]
    toolResult: pulumi.Input[Mapping[str, Any]]
    guardContent: pulumi.Input[Mapping[str, Any]]
    cachePoint: pulumi.Input[Mapping[str, Any]]
    reasoningContent: pulumi.Input[Mapping[str, Any]]
    citationsContent: pulumi.Input[Mapping[str, Any]]
    searchResult: pulumi.Input[Mapping[str, Any]]


class ModelInvocationMessageArgsDict(TypedDict):
    """A message of the conversation.

    ```python
    import pulumi_bedrock as bedrock

    messages: list[bedrock.ModelInvocationMessageArgsDict] = [
        {"role": "user", "content": [{"text": "My order is late."}]},
        {"role": "assistant", "content": [{"text": "Which order?"}]},
        {"role": "user", "content": [{"text": "The red bicycle."}]},
    ]
    ```
    """

    role: pulumi.Input[str]
    """`user` or `assistant`."""
    content: pulumi.Input[Sequence[pulumi.Input[ModelInvocationContentArgsDict]]]
    """The blocks of the message."""


class ModelInvocationSystemArgsDict(TypedDict, total=False):
    """A block of the system prompt: one of the keys of Converse's `SystemContentBlock`.

    ```python
    import pulumi_bedrock as bedrock

    system: list[bedrock.ModelInvocationSystemArgsDict] = [{"text": "Answer in one sentence."}]
    ```

    The other kinds than `text` are structures, as boto3 takes them.
    """

    text: pulumi.Input[str]
    guardContent: pulumi.Input[Mapping[str, Any]]
    cachePoint: pulumi.Input[Mapping[str, Any]]


class ModelInvocationInferenceConfigArgsDict(TypedDict, total=False):
    """How the model answers. What is left out is the model's default.

    ```python
    import pulumi_bedrock as bedrock

    limits: bedrock.ModelInvocationInferenceConfigArgsDict = {"maxTokens": 100, "stopSequences": ["###"]}
    ```
    """

    maxTokens: pulumi.Input[int]
    """How many tokens the answer may have."""
    temperature: pulumi.Input[float]
    """From 0 to 1; lower values make likely words likelier."""
    topP: pulumi.Input[float]
    """From 0 to 1; the share of the likely words that the model chooses from."""
    stopSequences: pulumi.Input[Sequence[pulumi.Input[str]]]
    """Texts that end the answer."""
