"""The mark of an unfinished deployment: a valid tag, readable for people, that identifies one resource of one stack."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pulumi_bedrock.lifecycle.unfinished import FINISHED, MARK, Mark
from unit.service_model import is_valid

OWNER = {"project": "shop", "stack": "dev", "logicalName": "bot", "identity": "b7d6", "parent": "a:b:C::front"}
OWNERS = st.fixed_dictionaries(
    {"project": st.text(), "stack": st.text(), "logicalName": st.text(), "identity": st.text()},
    optional={"parent": st.text()},
)


def mark_of(owner: dict[str, Any]) -> Mark:
    mark = Mark.of(owner)
    assert mark
    return mark


def parsed(value: str) -> Mark | None:
    """What a later run reads from the tag."""
    return Mark.read({"team": "support", MARK: value})


@given(OWNERS)
def test_mark_satisfies_service_model_for_any_names(owner: dict[str, str]) -> None:
    assert is_valid("tag key", MARK)
    assert is_valid("tag value", mark_of(owner).value)
    assert is_valid("tag value", FINISHED)


@given(OWNERS)
def test_mark_is_same_resource_after_parsing(owner: dict[str, str]) -> None:
    assert mark_of(owner).is_same_resource(parsed(mark_of(owner).value))


@given(OWNERS, OWNERS)
def test_mark_differs_for_another_resource(one: dict[str, str], other: dict[str, str]) -> None:
    same = [one.get(key, "") == other.get(key, "") for key in ("identity", "parent", "logicalName")]

    assert mark_of(one).is_same_resource(parsed(mark_of(other).value)) == all(same)


def test_mark_ignores_project_and_stack_names() -> None:
    """A stack may be renamed; its state, and so its identity, stays."""
    assert mark_of(OWNER).is_same_resource(parsed(mark_of({**OWNER, "project": "market", "stack": "prod"}).value))
    assert mark_of(OWNER).value.startswith("shop/dev/bot:")


@pytest.mark.parametrize("key", ["identity", "parent", "logicalName"])
def test_mark_differs_when_one_part_differs(key: str) -> None:
    assert not mark_of(OWNER).is_same_resource(parsed(mark_of({**OWNER, key: "other"}).value))


@pytest.mark.parametrize("value", [None, "", FINISHED, "shop/dev/bot", ":", "::", "shop/dev/bot::"])
def test_other_tag_value_is_no_mark(value: str | None) -> None:
    assert Mark.read({} if value is None else {MARK: value}) is None


@pytest.mark.parametrize("identity", [None, 7])
def test_mark_needs_an_identity(identity: Any) -> None:
    assert Mark.of({**OWNER, "identity": identity}) is None
    assert Mark.of({}) is None


def test_mark_does_not_reveal_the_identity() -> None:
    assert "b7d6-4a55" not in mark_of({**OWNER, "identity": "b7d6-4a55"}).value
