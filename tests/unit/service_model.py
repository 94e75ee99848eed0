"""An oracle for constraints: what botocore's service model says of a value, read apart from the provider's code."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

import botocore.session
from hypothesis import strategies as st

__all__ = ["is_valid", "near", "shape_of"]

MODEL_MEMBERS = {
    "modelName": ["modelName"],
    "modelTags": ["modelTags"],
    "modelToken": ["clientRequestToken"],
    "roleArn": ["roleArn"],
    "modelKmsKeyArn": ["modelKmsKeyArn"],
    "s3Uri": ["modelSourceConfig", "s3DataSource", "s3Uri"],
    "modelPackageArn": ["customModelDataSource", "modelPackageArnDataSource", "modelPackageArn"],
}
"""Where CreateCustomModel has them."""
TAG_MEMBERS = {"tag key": "key", "tag value": "value"}


@cache
def shape_of(what: str) -> Any:
    """The shape of an input of CreateCustomModelDeployment or CreateCustomModel, or of a `tag key` or `tag value`."""
    model = botocore.session.get_session().get_service_model("bedrock")
    if what in MODEL_MEMBERS:
        shape = model.operation_model("CreateCustomModel").input_shape
        for member in MODEL_MEMBERS[what]:
            shape = shape.members[member]
        return shape
    members = model.operation_model("CreateCustomModelDeployment").input_shape.members
    return members["tags"].member.members[TAG_MEMBERS[what]] if what in TAG_MEMBERS else members[what]


def is_valid(what: str, text: str) -> bool:
    """Whether the model allows a text: its length, and its pattern from the first character to the last.

    The partition of an ARN is AWS's to judge: the model lists five, and AWS has more.
    """
    metadata = shape_of(what).metadata
    if not metadata.get("min", 0) <= len(text) <= metadata.get("max", len(text)):
        return False
    if what.endswith("Arn"):
        text = re.sub(r"\Aarn:[a-z0-9-]+:", "arn:aws:", text)
    return re.compile(rf"\A(?:{metadata['pattern']})\Z").search(text) is not None


@st.composite
def near(draw: st.DrawFn, what: str) -> str:
    """A text that the model's pattern allows, and then one step over an edge, or none."""
    metadata = shape_of(what).metadata
    text: str = draw(st.from_regex(metadata["pattern"], fullmatch=True))
    place = draw(st.integers(0, len(text)))
    letter = draw(st.sampled_from("aZ9-_.:/ \n\té٣ \u2028<*"))
    shortest, longest = metadata.get("min", 0), metadata.get("max", 2200)
    return draw(
        st.sampled_from(
            [
                text,
                text[:longest],
                text[: max(0, shortest - 1)],
                text + "\n",
                "\n" + text,
                text[:place] + letter + text[place:],
                text[:place] + letter * 2 + text[place:],
                text[:place] + text[place + 1 :],
                text[:1] * (longest - len(text)) + text,
                text[:1] * (longest - len(text) + 1) + text,
                text[:1] * shortest,
                text[:1] * longest,
                text[:1] * (longest + 1),
            ]
        )
    )
