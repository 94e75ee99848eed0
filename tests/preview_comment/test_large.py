"""The work for a large preview grows with its size, and not with the product of its parts."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import pytest
from preview_comment.build import ROOT, SECRET, state, step, stream, urn
from pulumi_bedrock.preview_comment import comment

PREFIX = "arn:aws:bedrock:us-east-1:123456789012:custom-model-deployment/"
STEPS = ("create-replacement", "replace", "delete-replaced")


def arn(number: int) -> str:
    return f"{PREFIX}{number:012}"


def replaced(count: int) -> list[dict[str, Any]]:
    """Replacements of deployments, as the engine shows them."""
    found = []
    for number in range(count):
        old = state({"modelArn": "arn:old"}, {"customModelDeploymentArn": arn(number)}, id=arn(number))
        sides = {"delete-replaced": (old, None)}
        new = state({"modelArn": "arn:new"})
        found += [step(op, urn(f"bot-{number}"), *sides.get(op, (old, new)), keys=("modelArn",)) for op in STEPS]
    return found


def parameters(op: str, count: int, value: Callable[[int], Any]) -> list[dict[str, Any]]:
    """Steps of parameters that hold a value."""
    kept = state({"type": "String"})
    return [
        step(op, urn(f"parameter-{number}", "aws:ssm/parameter:Parameter"), held, kept if op == "update" else held)
        for number in range(count)
        for held in [state({"type": "String", "value": value(number)})]
    ]


def unchanged(count: int) -> str:
    return stream(*replaced(count), *parameters("same", 4 * count, lambda number: f"model {arn(number)} serves"))


def secret(count: int) -> str:
    return stream(*replaced(count), *parameters("update", count, lambda _number: SECRET()))


def exported(count: int) -> str:
    outputs = {f"bot-{number}": arn(number) for number in range(count)}
    return stream(step("same", ROOT, state({}, outputs), state({}, outputs)), *replaced(count))


def work(text: str) -> int:
    """Return how many functions are called for the comment."""
    calls = 0

    def count(_frame: object, event: str, _argument: object) -> None:
        nonlocal calls
        calls += event in ("call", "c_call")

    sys.setprofile(count)
    try:
        comment(text)
    finally:
        sys.setprofile(None)
    return calls


@pytest.mark.parametrize("preview", [unchanged, secret, exported])
def test_work_grows_with_the_size_of_the_preview(preview: Callable[[int], str]) -> None:
    small, large = work(preview(50)), work(preview(200))

    assert large < 4.4 * small


def test_each_deployment_has_its_own_consumers() -> None:
    text = comment(stream(*replaced(3), *parameters("same", 3, lambda number: f"<{arn(number)}> and {arn(0)}")))

    for number, users in enumerate(("0", "1", "2")):
        part = text.partition(f"`bot-{number}` is replaced.")[2].partition(" is replaced.")[0]
        named = {name for name in "012" if f"`parameter-{name}` (`Parameter`), in `value`" in part}
        assert named == ({"0", "1", "2"} if number == 0 else {users})


def test_consumers_that_may_hold_an_arn_are_named_up_to_a_number() -> None:
    text = comment(stream(*replaced(1), *parameters("update", 30, lambda _number: SECRET())))

    assert text.count("(`Parameter`) is updated, in `value`\n") == 20
    assert "  - *and others: see the full diff*\n" in text
