"""The warning of operations that an earlier run has not finished, which come from the stack's state."""

from __future__ import annotations

import json

import pytest
from preview_comment.build import exported, stream, urn
from preview_comment.skeleton import skeleton
from pulumi_bedrock.preview_comment import MalformedState, comment
from pulumi_bedrock.preview_comment.cutting import size

BOT, OTHER = urn("bot"), urn("other")
BUCKET = urn("logs", "aws:s3/bucket:Bucket")


def top(*operations: tuple[str, str]) -> str:
    return comment(stream(), state=exported(*operations)).split("\n")[1]


def commands(*operations: tuple[str, str]) -> list[str]:
    block = comment(stream(), state=exported(*operations)).partition("```console\n")[2].partition("```")[0]
    return [line.partition("#")[0].strip() for line in block.splitlines()]


CANCEL, UP, REFRESH = "pulumi cancel", "pulumi up", "pulumi up --refresh"
CLEAR = "pulumi refresh --clear-pending-creates --yes"


@pytest.mark.parametrize(
    ("operations", "expected"),
    [
        ([("updating", BOT)], [CANCEL, REFRESH]),
        ([("creating", BOT)], [CANCEL, UP, CLEAR]),
        ([("deleting", BOT)], [CANCEL, UP]),
        ([("creating", OTHER), ("updating", BOT)], [CANCEL, REFRESH, CLEAR]),
        ([("updating", BUCKET)], [CANCEL, REFRESH]),
    ],
)
def test_commands_follow_from_interrupted_operations(operations: list[tuple[str, str]], expected: list[str]) -> None:
    assert commands(*operations) == expected
    assert ("**The next run must be `pulumi up --refresh`.**" in top(*operations)) == (REFRESH in expected)


def test_only_an_updated_deployment_may_serve_another_model() -> None:
    said = "It may even show no changes while AWS serves another model: `bot`."
    assert said in top(("updating", BOT), ("creating", OTHER), ("updating", BUCKET))
    assert "another model" not in top(("creating", BOT), ("updating", BUCKET))


def test_created_resource_of_another_provider_is_to_be_checked_first() -> None:
    said = "may create any other resource a second time: check first"
    assert said in comment(stream(), state=exported(("creating", BUCKET)))
    assert said not in comment(stream(), state=exported(("creating", BOT), ("updating", BUCKET)))


def test_resources_after_third_are_counted_at_the_top_and_listed_below() -> None:
    text = comment(stream(), state=exported(*(("creating", urn(f"bot-{n}")) for n in range(5))))
    assert "still running:** `bot-0`, `bot-1`, `bot-2` and 2 more." in text.split("\n")[1]
    assert text.count("| `creating` |") == 5


def test_warning_stays_at_the_top_of_comment_that_is_cut() -> None:
    state = exported(*(("updating", urn(f"{n}-{'x' * 500}")) for n in range(1_000)))
    text = comment(stream(), state=state)
    assert size(text) <= 65_536
    assert text.split("\n")[1].startswith("⚠️ **An earlier run was interrupted")
    assert text.split("\n")[3] == "**Preview of `shop/dev`: no changes.**"
    assert REFRESH in commands(*[("updating", BOT)])
    assert "rows of interrupted operations.*\n" in text
    assert "fence console" in skeleton(text)


@pytest.mark.parametrize("deployment", [None, {}, {"pending_operations": None}, {"pending_operations": []}])
def test_state_without_pending_operations_adds_nothing(deployment: object) -> None:
    state = json.dumps({"version": 3, "deployment": deployment})
    assert comment(stream(), state=state) == comment(stream())


@pytest.mark.parametrize(
    "state",
    [
        "",
        "error: no stack selected",
        "[]",
        "{}",
        '{"deployment": []}',
        '{"deployment": 1}',
        '{"deployment": {"pending_operations": 1}}',
        '{"deployment": {"pending_operations": [1]}}',
        '{"deployment": {"pending_operations": [{"type": "creating"}]}}',
        '{"deployment": {"pending_operations": [{"type": "creating", "resource": {}}]}}',
        "[" * 100_000,
    ],
)
def test_text_that_is_no_state_is_refused(state: str) -> None:
    with pytest.raises(MalformedState, match=r"^it is not the output of `pulumi stack export` \(\w+\)$"):
        comment(stream(), state=state)
