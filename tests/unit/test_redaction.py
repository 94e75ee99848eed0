"""No private value is in a message, unless as a part of a word that is public; public words survive."""

from __future__ import annotations

import json
import re

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from pulumi_bedrock.values.redaction import CUT, Redaction

# Few characters, so that values repeat, touch and contain one another.
WORDS = st.text("abc1-.: '\"\\é\n", min_size=1, max_size=8).filter(lambda text: text.strip() != "")
GLUE = st.sampled_from([" ", ", ", "'", '"', ": ", " at ", " [", "] ", "\n", "{", "}="])


@st.composite
def messages(draw: st.DrawFn, pieces: list[str]) -> str:
    """A text of these pieces, each a word of its own, in any order and number."""
    chosen = draw(st.lists(st.sampled_from(pieces), max_size=8)) if pieces else []
    text = draw(GLUE)
    for piece in chosen:
        text += piece + draw(GLUE)
    return text


def occurs(value: str, text: str) -> bool:
    """Whether a value stands in a text, other than inside a longer word."""
    before = r"(?<![0-9A-Za-z])" if value[0].isalnum() else ""
    after = r"(?![0-9A-Za-z])" if value[-1].isalnum() else ""
    return re.search(before + re.escape(value) + after, text) is not None


@given(st.data(), st.lists(WORDS, min_size=1, max_size=4))
def test_no_private_value_remains(data: st.DataObject, private: list[str]) -> None:
    assume(not any(value in CUT for value in private))
    text = data.draw(messages([*private, "AWS said"]))

    result = Redaction(private=private)(text)

    # Cutting one value must not leave another whole; what only comes to be by cutting was never there.
    for value in private:
        assert not occurs(value, result.replace(CUT, "\0"))


@given(st.data(), st.lists(WORDS, min_size=1, max_size=3))
def test_private_value_is_redacted_in_json_and_python_quoting(data: st.DataObject, private: list[str]) -> None:
    assume(not any(value in CUT for value in private))
    value = data.draw(st.sampled_from(private))
    spelled = data.draw(
        st.sampled_from([json.dumps(value)[1:-1], json.dumps(value, ensure_ascii=False)[1:-1], repr(value)[1:-1]])
    )

    result = Redaction(private=private)(f"Value '{spelled}' is refused")

    assert not occurs(spelled, result.replace(CUT, "\0"))


@given(st.data(), st.lists(WORDS, min_size=1, max_size=3), st.lists(WORDS, min_size=1, max_size=3))
def test_public_words_remain_outside_private_values(data: st.DataObject, private: list[str], public: list[str]) -> None:
    word = data.draw(st.sampled_from(public))
    text = f"deployment <{word}> is taken"
    assume(not any(occurs(value, text) and len(value) > len(word) for value in private))
    assume(not any(occurs(value, "deployment <> is taken") for value in private))
    # One that hangs over the word's edge is private, and cut.
    assume(not any(value in text and value not in word and word not in value for value in private))

    assert word in Redaction(private=private, public=public)(text)


@given(st.lists(WORDS, max_size=3), st.text())
def test_text_without_private_values_is_unchanged(public: list[str], text: str) -> None:
    assert Redaction(public=public)(text) == text


@pytest.mark.parametrize(
    ("private", "public", "text", "result"),
    [
        (["support-bot"], ["support-bot-1a2b3c4"], "support-bot-1a2b3c4 is taken", "support-bot-1a2b3c4 is taken"),
        (["support-bot"], ["support-bot-1a2b3c4"], "tag support-bot", "tag [redacted]"),
        (["a"], [], "a banana at 'a'", "[redacted] banana at '[redacted]'"),
        (["s3cret", "s3cret words"], [], "s3cret words, s3cret", "[redacted], [redacted]"),
        (["one\ntwo"], [], "one two; one\\ntwo; one\ntwo", "[redacted]; [redacted]; [redacted]"),
        (["it's"], [], '"it\'s" refused', '"[redacted]" refused'),
        (["caf\u00e9"], [], "caf\\u00e9 and caf\u00e9", "[redacted] and [redacted]"),
        (["  padded  "], [], "'padded'", "'[redacted]'"),
        (["same"], ["same"], "same", "same"),
        (["", "  "], [], "nothing  to hide", "nothing  to hide"),
        (["a.c"], [], "abc a.c", "abc [redacted]"),
    ],
)
def test_redaction_examples(private: list[str], public: list[str], text: str, result: str) -> None:
    assert Redaction(private=private, public=public)(text) == result
