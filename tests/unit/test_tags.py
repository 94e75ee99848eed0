"""Both forms of tags are one, and a resource's own win over the default ones."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pulumi_bedrock.values import tags

MAPPINGS = st.dictionaries(st.text(), st.text())


@given(MAPPINGS)
def test_list_form_equals_mapping(mapping: dict[str, str]) -> None:
    assert tags.as_mapping(tags.as_list(mapping)) == mapping


@given(MAPPINGS)
def test_list_form_does_not_depend_on_order(mapping: dict[str, str]) -> None:
    assert tags.as_list(dict(reversed(mapping.items()))) == tags.as_list(mapping)


def test_list_form_matches_boto3() -> None:
    assert tags.as_list({"b": "2", "a": "1"}) == [{"key": "a", "value": "1"}, {"key": "b", "value": "2"}]


@pytest.mark.parametrize(
    "neither",
    ["text", 7, None, [{"key": "a"}], [{"Key": "a", "Value": "1"}], [{"key": 7, "value": "1"}], ["a"], [[]]],
)
def test_other_forms_are_returned_unchanged(neither: Any) -> None:
    assert tags.as_mapping(neither) == neither


def test_values_are_unchanged() -> None:
    value = object()

    assert tags.as_mapping([{"key": "a", "value": value}]) == {"a": value}


def test_mapping_is_copied() -> None:
    given_tags = {"a": "1"}

    assert tags.as_mapping(given_tags) is not given_tags


@given(MAPPINGS, MAPPINGS)
def test_resource_tags_override_default_tags(defaults: dict[str, str], own: dict[str, str]) -> None:
    merged = tags.merged(defaults, own) or {}

    assert merged == defaults | own


@pytest.mark.parametrize("none", [None, {}, []])
def test_merge_without_tags_is_none(none: Any) -> None:
    assert tags.merged({}, none) is None
    assert tags.merged({"env": "dev"}, none) == {"env": "dev"}


def test_other_forms_are_left_for_validation() -> None:
    assert tags.merged({"env": "dev"}, "text") == "text"


def test_duplicate_key_keeps_last_value() -> None:
    twice = [{"key": "a", "value": "1"}, {"key": "a", "value": "2"}]

    assert tags.as_mapping(twice) == {"a": "2"}
