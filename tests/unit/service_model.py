"""An oracle for constraints: what botocore's service model says of a value, read apart from the provider's code."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

import botocore.session
from hypothesis import strategies as st

__all__ = ["is_valid", "near", "shape_of"]

TAG_MEMBERS = {"tag key": "key", "tag value": "value"}


@cache
def shape_of(what: str) -> Any:
    """The shape of an input of CreateCustomModelDeployment, or of a `tag key` or `tag value`."""
    model = botocore.session.get_session().get_service_model("bedrock")
    members = model.operation_model("CreateCustomModelDeployment").input_shape.members
    return members["tags"].member.members[TAG_MEMBERS[what]] if what in TAG_MEMBERS else members[what]


def is_valid(what: str, text: str) -> bool:
    """Whether the model allows a text: its length, and its pattern from the first character to the last.

    The partition of an ARN is AWS's to judge: the model lists five, and AWS has more.
    """
    metadata = shape_of(what).metadata
    if what == "modelArn":
        text = re.sub(r"\Aarn:[a-z0-9-]+:", "arn:aws:", text)
    if not metadata["min"] <= len(text) <= metadata["max"]:
        return False
    return re.compile(rf"\A(?:{metadata['pattern']})\Z").search(text) is not None


@st.composite
def near(draw: st.DrawFn, what: str) -> str:
    """A text that the model's pattern allows, and then one step over an edge, or none."""
    metadata = shape_of(what).metadata
    text: str = draw(st.from_regex(metadata["pattern"], fullmatch=True))
    place = draw(st.integers(0, len(text)))
    letter = draw(st.sampled_from("aZ9-_.:/ \n\té٣ \u2028<*"))
    longest = metadata["max"]
    return draw(
        st.sampled_from(
            [
                text,
                text[: metadata["max"]],
                text[: max(0, metadata["min"] - 1)],
                text + "\n",
                "\n" + text,
                text[:place] + letter + text[place:],
                text[:place] + letter * 2 + text[place:],
                text[:place] + text[place + 1 :],
                text[:1] * (longest - len(text)) + text,
                text[:1] * (longest - len(text) + 1) + text,
                text[:1] * metadata["min"],
                text[:1] * longest,
                text[:1] * (longest + 1),
            ]
        )
    )
