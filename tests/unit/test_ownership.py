"""The mark of an unfinished deployment: a lawful tag, readable for people, and proof for one resource of one state."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pulumi_bedrock.values.ownership import FINISHED, MARK, Mark
from unit.service_model import lawful

OWNER = {"project": "shop", "stack": "dev", "logicalName": "bot", "identity": "b7d6", "parent": "a:b:C::front"}
OWNERS = st.fixed_dictionaries(
    {"project": st.text(), "stack": st.text(), "logicalName": st.text(), "identity": st.text()},
    optional={"parent": st.text()},
)


def mark_of(owner: dict[str, Any]) -> Mark:
    mark = Mark.of(owner)
    assert mark
    return mark


@given(OWNERS)
def test_it_is_a_tag_that_aws_takes_whatever_the_names_are(owner: dict[str, str]) -> None:
    assert lawful("tag key", MARK)
    assert lawful("tag value", mark_of(owner).text)
    assert lawful("tag value", FINISHED)


@given(OWNERS)
def test_it_proves_its_own_resource(owner: dict[str, str]) -> None:
    assert mark_of(owner).proves(mark_of(owner).text)


@given(OWNERS, OWNERS)
def test_it_proves_no_other_resource(one: dict[str, str], other: dict[str, str]) -> None:
    same = [one.get(key, "") == other.get(key, "") for key in ("identity", "parent", "logicalName")]

    assert mark_of(one).proves(mark_of(other).text) == all(same)


def test_project_and_stack_are_for_people_and_prove_nothing() -> None:
    """A stack may be renamed; its state, and so its identity, stays."""
    assert mark_of(OWNER).proves(mark_of({**OWNER, "project": "market", "stack": "prod"}).text)
    assert mark_of(OWNER).text.startswith("shop/dev/bot:")


@pytest.mark.parametrize("key", ["identity", "parent", "logicalName"])
def test_each_part_counts(key: str) -> None:
    assert not mark_of(OWNER).proves(mark_of({**OWNER, key: "other"}).text)


@pytest.mark.parametrize("value", [None, "", FINISHED, "shop/dev/bot", ":", "::", "shop/dev/bot::"])
def test_any_other_value_proves_nothing(value: str | None) -> None:
    assert not mark_of(OWNER).proves(value)


@pytest.mark.parametrize("identity", [None, 7])
def test_without_an_identity_nothing_can_be_proven(identity: Any) -> None:
    assert Mark.of({**OWNER, "identity": identity}) is None
    assert Mark.of({}) is None


def test_the_identity_itself_is_not_in_the_tag() -> None:
    assert "b7d6-4a55" not in mark_of({**OWNER, "identity": "b7d6-4a55"}).text
