"""Mistakes that the program side finds, and the whole message for each. It is one line, and names the resource.

The host's part of the table is `tests/provider/test_mistakes.py`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pulumi
import pulumi_bedrock as bedrock
import pytest
from arns import MODEL
from unit.mocked_program import run_program

TAGS = '"bot": tags: must be a mapping of strings, or a list of {"key": …, "value": …}'
NONE = '"bot": tags["team"] is None; give it a string, or leave the tag out'
NO_MODEL = '"bot": model_arn is required; give the ARN of the custom model to deploy'
TIMEOUT = '"bot": custom_timeouts: create must be a positive duration such as "45m" or "1h30m"'


def declare(**arguments: Any) -> Callable[[], object]:
    """Return a program with one deployment."""
    return lambda: bedrock.CustomModelDeployment("bot", **{"model_arn": MODEL, **arguments})


def timeout(text: Any) -> dict[str, Any]:
    """Return the option `custom_timeouts` for a create."""
    return {"opts": pulumi.ResourceOptions(custom_timeouts=pulumi.CustomTimeouts(create=text))}


def nothing() -> pulumi.Output[Any]:
    """Return an output whose value is None, as that of an optional property may be."""
    return pulumi.Output.all("support", None).apply(lambda both: both[1])


PROGRAMS: dict[str, tuple[Callable[[], object], str]] = {
    "no model": (lambda: bedrock.CustomModelDeployment("bot"), NO_MODEL),  # type: ignore[call-overload]
    "model of None": (declare(model_arn=None), NO_MODEL),
    "tags as text": (declare(tags="team=support"), TAGS),
    "tags as a list of strings": (declare(tags=["support"]), TAGS),
    "tags spelled as in EC2": (declare(tags=[{"Key": "team", "Value": "support"}]), TAGS),
    "tag of None": (declare(tags={"team": None}), NONE),
    "tag of None in a list": (declare(tags=[{"key": "team", "value": None}]), NONE),
    "tag of None from an output": (lambda: declare(tags={"team": nothing()})(), NONE),
    "tag of None from an output in a list": (lambda: declare(tags=[{"key": "team", "value": nothing()}])(), NONE),
    "tags from an output": (lambda: declare(tags=pulumi.Output.from_input({"team": nothing()}))(), NONE),
    "tags from an output, not flat": (
        lambda: declare(tags=pulumi.Output.from_input("team").apply(lambda key: {key: nothing()}))(),
        NONE,
    ),
    "timeout without a unit": (declare(**timeout("45")), TIMEOUT),
    "timeout in words": (declare(**timeout("45 minutes")), TIMEOUT),
    "timeout as a number": (declare(**timeout(45)), TIMEOUT),
    "timeout of an invocation": (
        lambda: bedrock.ModelInvocation("bot", model_id="arn", prompt="Hello", **timeout("45")),
        TIMEOUT,
    ),
    "timeout of a trained model": (
        lambda: bedrock.TrainedModel("bot", job_identifier="arn", **timeout("45")),
        TIMEOUT,
    ),
    "import and delete before replace": (
        declare(opts=pulumi.ResourceOptions(import_="other", delete_before_replace=True)),
        '"bot": import_ and delete_before_replace=True can\'t be combined: a forced replacement would delete '
        "what was imported. Import first, remove import_, and then add delete_before_replace.",
    ),
}

DEFAULT_TAGS = {
    "not JSON": ("team=support", '"bot": aws:defaultTags is not JSON.'),
    "a list": ('["support"]', '"bot": aws:defaultTags must be a mapping, as pulumi_aws takes it.'),
    "a list of tags": (
        '{"tags": ["support"]}',
        '"bot": aws:defaultTags must hold a mapping of strings: {"tags": {"team": "support"}}.',
    ),
    "a tag of null": (
        '{"tags": {"team": null, "env": "prod"}}',
        '"bot": aws:defaultTags has no value for the tag "team": give it a string, or leave the tag out.',
    ),
}


@pytest.mark.parametrize("mistake", PROGRAMS)
def test_mistake_in_program_is_one_line_with_name(mistake: str) -> None:
    program, message = PROGRAMS[mistake]

    with pytest.raises(pulumi.RunError) as failure:
        run_program(program)

    assert str(failure.value) == message


@pytest.mark.parametrize("mistake", DEFAULT_TAGS)
def test_mistake_in_default_tags_is_one_line_with_name(mistake: str) -> None:
    value, message = DEFAULT_TAGS[mistake]

    with pytest.raises(pulumi.RunError) as failure:
        run_program(declare(), config={"aws:defaultTags": value})

    assert str(failure.value) == message
