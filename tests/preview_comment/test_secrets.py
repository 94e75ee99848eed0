"""Nothing secret is ever in a comment, however it comes."""

from __future__ import annotations

from typing import Any

import hypothesis.strategies as st
from hypothesis import given
from preview_comment.build import ARN, SECRET, state, step, stream, urn
from pulumi_bedrock.preview_comment import comment

CANARY = "xyzzy-canary"
BUCKET = urn("logs", "aws:s3/bucket:Bucket")


def secret(text: str) -> st.SearchStrategy[dict[str, str]]:
    return st.sampled_from(["ciphertext", "plaintext", "value"]).map(lambda key: SECRET(text, key))


def holding(leaves: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.recursive(
        leaves, lambda of: st.lists(of, max_size=3) | st.dictionaries(st.sampled_from("abc"), of, max_size=3)
    )


values = holding(st.none() | st.integers() | st.text(max_size=3) | secret(CANARY))
properties = st.dictionaries(st.sampled_from(["bucket", "tags", "policy"]), values, max_size=3)
keys = st.lists(st.sampled_from(["bucket", "tags", "policy"]), max_size=2).map(tuple)


@given(properties, properties, properties, keys, st.sampled_from(["create", "update", "replace", "delete"]))
def test_no_secret_is_shown(old: Any, outputs: Any, new: Any, forced: tuple[str, ...], op: str) -> None:
    before = state(old, outputs) if op != "create" else None
    after = state(new, outputs) if op != "delete" else None
    assert CANARY not in comment(stream(step(op, BUCKET, before, after, keys=forced)))
    refreshed = step("refresh", BUCKET, state(old, outputs), state(new, new))
    assert CANARY not in comment(stream(refreshed, step(op, BUCKET, before, after, keys=forced)))


def test_value_secret_before_or_after_is_not_shown() -> None:
    for old, new in (("[secret]", CANARY), (CANARY, "[secret]"), (SECRET(), CANARY), (SECRET(), {"a": CANARY})):
        text = comment(stream(step("replace", BUCKET, state({"key": old}), state({"key": new}), keys=("key",))))
        assert CANARY not in text
        assert "[secret]" in text


def test_input_whose_output_is_secret_is_not_shown() -> None:
    old = state({"key": CANARY, "list": [{"a": CANARY}]}, {"key": SECRET(), "list": [{"a": "[secret]"}]})
    new = state({"key": f"{CANARY}-2", "list": [{"a": f"{CANARY}-2"}]})
    text = comment(stream(step("update", BUCKET, old, new)))
    assert CANARY not in text


def test_plain_value_is_shown() -> None:
    text = comment(stream(step("create", urn("bot"), None, state({"modelArn": CANARY}), keys=())))
    assert CANARY in text
    assert ARN not in text
