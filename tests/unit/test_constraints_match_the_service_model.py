"""Name, ARN, description, token and tags: refused exactly where botocore's model says, on both sides of each edge."""

from __future__ import annotations

from typing import Any

import pytest
from arns import MODEL
from hypothesis import example, given
from hypothesis import strategies as st
from pulumi_bedrock.lifecycle import inputs, validation
from pulumi_bedrock.values.kinds import DEPLOYMENT
from unit.service_model import is_valid, near, shape_of

TAG_OF = {"tags": 'tags["{}"]', "tagsAll": 'default tag "{}"'}
BASE = {"modelArn": MODEL, "region": "us-east-1"}


def is_refused(props: dict[str, Any], begins: str) -> bool:
    """Whether `check` refuses the properties; every reason must be about this one."""
    found = validation.validate(DEPLOYMENT, inputs.normalised({**BASE, **props}))
    # Random ARNs name other Regions than the deployment's; the service model knows nothing of that.
    reasons = [reason for reason in found if not reason.startswith("modelArn: the custom model is in ")]
    assert all(reason.startswith(begins) for reason in reasons), reasons
    return bool(reasons)


@given(near("modelDeploymentName"))
@example("a" * 63)
@example("a" * 64)
@example("a_" * 31 + "a")
@example("a_" * 32)
@example("a-" + "a_" * 30)
@example("a")
@example("")
@example("a--b")
@example("a-_b")
@example("-a")
@example("a-")
@example("a\n")
@example("é")
def test_name_constraint_matches(text: str) -> None:
    refused = is_refused({"modelDeploymentName": text}, "modelDeploymentName: must be ")

    assert refused == (not is_valid("modelDeploymentName", text))


@given(near("modelArn"))
@example(MODEL)
@example(MODEL + "\n")
@example(MODEL[:-1])
@example(MODEL + "1")
@example(MODEL.replace("custom-model/", "custom-model-deployment/"))
@example(MODEL.replace("aws", "aws-cn"))
@example(MODEL.replace("aws", "aws-eusc"))
@example(MODEL.replace("aws", "aws_cn"))
@example(MODEL.replace("aws", "AWS"))
@example(MODEL.replace("aws", "aws\n"))
@example(MODEL.replace("aws", ""))
@example("arn:aws:bedrock:us-east-1:123456789012:custom-model/imported/abcdefghij12")
@example("")
@example("a" * 19)
@example("a" * 1012)
def test_model_arn_constraint_matches(text: str) -> None:
    refused = is_refused({"modelArn": text}, "modelArn: must be ")

    assert refused == (not is_valid("modelArn", text))


@given(near("description"))
@example("x" * 2048)
@example("x" * 2049)
@example("x")
@example("")
@example("two\nlines")
@example("line\n")
@example("\u2028 is no line break to a pattern's dot \x85")
@example("😀" * 2048)
def test_description_constraint_matches(text: str) -> None:
    refused = is_refused({"description": text}, "description: must be ")

    assert refused == (not is_valid("description", text))


@given(near("clientRequestToken"))
@example("a" * 256)
@example("a" * 257)
@example("a")
@example("")
@example("-a")
@example("a-")
@example("a-\n")
@example("a" + "-" * 254 + "a")
def test_token_constraint_matches(text: str) -> None:
    refused = is_refused({"clientRequestToken": text}, "clientRequestToken: must be ")

    assert refused == (not is_valid("clientRequestToken", text))


@given(near("tag key"))
@example("k" * 128)
@example("k" * 129)
@example("k")
@example("")
@example("k\n")
@example("a b.c:d/e=f+g@h-i")
@example("k<")
@example("é")
@pytest.mark.parametrize("under", TAG_OF)
def test_tag_key_constraint_matches(under: str, text: str) -> None:
    refused = is_refused(
        {under: {text: "v"}, "tagsAll": {text: "v"}}, f"{TAG_OF[under].format(text)} (its key): must be "
    )

    assert refused == (not is_valid("tag key", text))


@given(near("tag value"))
@example("v" * 256)
@example("v" * 257)
@example("")
@example("v\n")
@example("v*")
@pytest.mark.parametrize("under", TAG_OF)
def test_tag_value_constraint_matches(under: str, text: str) -> None:
    refused = is_refused({under: {"k": text}, "tagsAll": {"k": text}}, f"{TAG_OF[under].format('k')}: must be ")

    assert refused == (not is_valid("tag value", text))


@given(st.integers(-1, 1), st.booleans())
def test_tag_count_constraint_matches(step: int, some_are_defaults: bool) -> None:
    """Default tags count: AWS is sent `tagsAll`."""
    most = shape_of("tags").metadata["max"]
    everything = {f"k{number}": "v" for number in range(most + step)}
    own = {"k0": "v"} if some_are_defaults else everything

    reasons = validation.validate(DEPLOYMENT, {**BASE, "tags": own, "tagsAll": everything})

    assert reasons == ([f"tags: must be 0 to {most} entries long, and this is {most + 1}"] if step > 0 else [])


@given(st.text())
def test_missing_model_is_reported_with_any_other_input(description: str) -> None:
    reasons = validation.validate(DEPLOYMENT, {"region": "us-east-1", "description": description})

    assert reasons[0].startswith("modelArn: is required; give the ARN of the custom model to deploy")


@given(st.text(min_size=3), st.text(min_size=3), st.text(min_size=3))
def test_failure_reasons_hold_no_value(description: str, token: str, value: str) -> None:
    """Reasons are fixed words: the same for every value that breaks the same constraint in the same way."""
    marked = {
        "description": f"{description}\ns3cret",
        "clientRequestToken": f"{token}\ns3cret",
        "tags": {"k": f"{value}<s3cret"},
    }

    reasons = validation.validate(DEPLOYMENT, {**BASE, **marked})

    assert len(reasons) >= 3
    assert not any("s3cret" in reason for reason in reasons)
