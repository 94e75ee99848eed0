"""The automatic name: valid whatever the logical name is, never the same twice, and recognised by its maker alone."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pulumi_bedrock.lifecycle import naming
from pulumi_bedrock.values.kinds import DEPLOYMENT
from unit.service_model import is_valid, shape_of

SUFFIX = re.compile(r"-[0-9a-f]{7}\Z")
MAKER = "b7d6::::support-bot"


def stem_of(logical_name: str) -> str:
    return SUFFIX.sub("", naming.auto_name(DEPLOYMENT, logical_name, MAKER))


@given(st.text(), st.text())
def test_name_satisfies_service_model_and_ends_in_seven_hex_digits(logical_name: str, maker: str) -> None:
    name = naming.auto_name(DEPLOYMENT, logical_name, maker)

    assert is_valid("modelDeploymentName", name)
    assert SUFFIX.search(name)


@given(st.from_regex(r"[0-9a-zA-Z]([_-]?[0-9a-zA-Z]){0,26}", fullmatch=True))
def test_valid_logical_name_is_kept(logical_name: str) -> None:
    assert stem_of(logical_name) == logical_name


@given(st.text())
def test_letters_and_digits_keep_their_order(logical_name: str) -> None:
    stem = stem_of(logical_name)
    kept = re.sub(r"[^0-9a-zA-Z]", "", logical_name)

    if kept:
        assert kept.startswith(re.sub(r"[_-]", "", stem))
        assert stem
    else:
        assert stem == "deployment"


def test_long_name_is_cut_to_maximum_length() -> None:
    longest = shape_of("modelDeploymentName").metadata["max"]

    name = naming.auto_name(DEPLOYMENT, "a" * 200, MAKER)

    assert len(name) == longest
    assert name.startswith("a" * (longest - 8) + "-")


@pytest.mark.parametrize(
    ("logical_name", "stem"),
    [
        ("support-bot", "support-bot"),
        ("support bot", "support-bot"),
        ("support--bot", "support-bot"),
        ("support_-bot", "support_bot"),
        ("-bot-", "bot"),
        ("app/bots:1", "app-bots-1"),
        ("b\u00f6t", "b-t"),
        ("\u30dc\u30c3\u30c8", "deployment"),
        ("", "deployment"),
        ("\n", "deployment"),
        ("a" * 54 + "-b", "a" * 54),
    ],
)
def test_invalid_characters_are_mapped(logical_name: str, stem: str) -> None:
    assert stem_of(logical_name) == stem


def test_names_differ_each_time() -> None:
    assert len({naming.auto_name(DEPLOYMENT, "support-bot", MAKER) for _ in range(400)}) > 380  # of 65,536


@given(st.text(), st.text(), st.text(min_size=1))
def test_automatic_name_is_recognised_by_its_maker(logical_name: str, maker: str, other: str) -> None:
    name = naming.auto_name(DEPLOYMENT, logical_name, maker)

    assert naming.is_auto_name(DEPLOYMENT, name, logical_name, maker)
    assert not naming.is_auto_name(DEPLOYMENT, f"{name}-{other}", logical_name, maker)
    assert not naming.is_auto_name(DEPLOYMENT, name[:-1], logical_name, maker)


def test_automatic_name_of_another_maker_is_rarely_recognised() -> None:
    """Two of the digits follow from the maker, so about one name in 256 is taken for one's own."""
    names = [naming.auto_name(DEPLOYMENT, "support-bot", f"stage-{number}") for number in range(2_000)]

    assert sum(naming.is_auto_name(DEPLOYMENT, name, "support-bot", MAKER) for name in names) <= 30


@pytest.mark.parametrize("name", ["", "-", "support-bot", "support-bot-", "support-bot-1a2b3c4", "1a2b3c4"])
def test_other_name_is_not_automatic(name: str) -> None:
    assert not naming.is_auto_name(DEPLOYMENT, name, "support-bot", MAKER)
