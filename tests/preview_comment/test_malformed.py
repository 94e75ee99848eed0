"""What isn't a preview, or not all of one, is a clear error and never a traceback."""

from __future__ import annotations

import json
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import given
from preview_comment.build import digest, state, step, stream, urn
from preview_comment.goldens import stored
from pulumi_bedrock.preview_comment import MalformedPreview, comment

STEPS = [step("update", urn("logs", "aws:s3/bucket:Bucket"), state({"a": "1"}), state({"a": "2"}))]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "it is empty; pulumi's standard error has the reason"),
        (" \n", "it is empty"),
        ("error: no stack selected", "it is not complete JSON: Expecting value: line 1 column 1"),
        ("[]", "it begins with a JSON array, not with an object"),
        ("null", "it begins with a JSON null"),
        ("1", "it begins with a JSON number"),
        ('"x"', "it begins with a JSON string"),
        ("{}", 'it is JSON, but not of a preview: it has neither "steps" nor "changeSummary"'),
        ('{"version": 3, "deployment": {}}', "it is JSON, but not of a preview"),
        ('{"steps": {}}', 'its "steps" is not of the type list'),
        ('{"steps": [1]}', 'its "steps" are not all objects'),
        ('{"steps": [{"op": "create"}]}', 'it lacks "urn"'),
        ('{"steps": [{"urn": "x", "op": 1}]}', 'its "op" is not of the type str'),
        ('{"steps": [{"op": "create", "urn": "x", "newState": []}]}', 'its "newState" is not of the type dict'),
        ('{"steps": [], "diagnostics": [1]}', 'its "diagnostics" are not all objects'),
        ('{"steps": []} x', "there is more text after its JSON object"),
        ('{"sequence": 0, "preludeEvent": {}}', "its stream of events ends before the summary: it is cut off"),
        ('{"sequence": 0}\n[]', "line 2 is a JSON array, not an event"),
        ('{"sequence": 0}\n{"seq', "line 2 is not complete JSON: Unterminated string"),
        ('{"sequence": 0, "resourcePreEvent": {"planning": true}}', 'it lacks "metadata"'),
        ('{"steps": [' + "9" * 5_000 + "]}", "its JSON can't be read"),
        ("[" * 100_000, "its JSON is nested too deeply"),
        ('{"steps": [{"op":"create","urn":"x","newState":{"inputs":{"a":' + "[" * 200 + "]" * 200 + "}}}]}", "nested"),
    ],
)
def test_malformed_input_is_refused(text: str, reason: str) -> None:
    with pytest.raises(MalformedPreview) as error:
        comment(text)
    assert reason in str(error.value)
    assert "\n" not in str(error.value)


def test_truncated_digest_is_refused() -> None:
    text = digest(*STEPS).strip()
    for end in range(len(text)):
        with pytest.raises(MalformedPreview):
            comment(text[:end])


def test_truncated_stream_is_refused() -> None:
    text = stream(*STEPS).strip()
    last = text.index('{"sequence"', text.index("summaryEvent"))
    for end in range(last - 1):
        with pytest.raises(MalformedPreview):
            comment(text[:end])


def test_stream_truncated_after_event_is_reported() -> None:
    lines = stored("model-changed-automatic-name", "stream").splitlines(keepends=True)
    end = next(number for number, line in enumerate(lines) if "summaryEvent" in line or "cancelEvent" in line)
    for count in range(end):
        with pytest.raises(MalformedPreview):
            comment("".join(lines[:count]))


def test_byte_order_mark_and_crlf_are_accepted() -> None:
    for text in (digest(*STEPS), stream(*STEPS)):
        assert comment("\ufeff" + text.replace("\n", "\r\n")) == comment(text)


def test_null_for_optional_value_is_accepted() -> None:
    empty = {"steps": None, "diagnostics": None, "changeSummary": None, "duration": 0}
    assert comment(json.dumps(empty), project="p", stack="s").split("\n")[1] == "**Preview of `p/s`: no changes.**"
    bare = {"op": "update", "urn": "not a urn", "oldState": None, "newState": None, "detailedDiff": None}
    assert "| update | `not a urn` |" in comment(json.dumps({"steps": [bare]}))


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda of: st.lists(of, max_size=3) | st.dictionaries(st.text(max_size=5), of, max_size=3),
)
known = st.sampled_from(
    [
        "steps",
        "diagnostics",
        "changeSummary",
        "op",
        "urn",
        "oldState",
        "newState",
        "inputs",
        "outputs",
        "sequence",
        "detailedDiff",
        "replaceReasons",
        "resourcePreEvent",
        "summaryEvent",
        "metadata",
        "severity",
        "message",
        "same",
    ]
)
shaped = st.recursive(
    anything | st.sampled_from(["create", "replace", urn("bot"), "[secret]"]),
    lambda of: st.lists(of, max_size=3) | st.dictionaries(known, of, max_size=5),
)


@given(st.dictionaries(known, shaped, max_size=5), st.booleans())
def test_any_json_makes_comment_or_error(document: dict[str, Any], with_steps: bool) -> None:
    text = json.dumps({**document, "steps": [document]} if with_steps else document)
    try:
        found = comment(text)
    except MalformedPreview:
        return
    assert found.startswith("<!-- pulumi-bedrock-preview: ")
