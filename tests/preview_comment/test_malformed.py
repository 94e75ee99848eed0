"""What isn't a preview, or not all of one, is a clear error and never a traceback."""

from __future__ import annotations

import json
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import given
from preview_comment.build import state, step, stream, urn
from preview_comment.goldens import stored
from pulumi_bedrock.preview_comment import MalformedPreview, comment

DOCUMENT = "it is one JSON document; set PULUMI_ENABLE_STREAMING_JSON_PREVIEW=1 for `pulumi preview --json`"
STEPS = [step("update", urn("logs", "aws:s3/bucket:Bucket"), state({"a": "1"}), state({"a": "2"}))]


def event(metadata: str) -> str:
    return f'{{"sequence": 0, "resourcePreEvent": {{"metadata": {metadata}}}}}'


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "it is empty; pulumi's standard error has the reason"),
        (" \n", "it is empty"),
        ("error: no stack selected", "it is not complete JSON: Expecting value: line 1 column 1"),
        ("[]", "it begins with a JSON array, not with an event"),
        ("null", "it begins with a JSON null"),
        ("1", "it begins with a JSON number"),
        ('"x"', "it begins with a JSON string"),
        ("{}", DOCUMENT),
        ('{"version": 3, "deployment": {}}', DOCUMENT),
        ('{\n    "steps": [],\n    "changeSummary": {}\n}', DOCUMENT),
        ('{"sequence": 0, "preludeEvent": {}}', "its stream of events ends before the summary: it is cut off"),
        ('{"sequence": 0}\n[]', "line 2 is a JSON array, not an event"),
        ('{"sequence": 0}\n{"seq', "line 2 is not complete JSON: Unterminated string"),
        ('{"sequence": 0} x', "line 1 is not complete JSON: Extra data"),
        ('{"sequence": 0, "resourcePreEvent": []}', 'its "resourcePreEvent" is not of the type dict'),
        ('{"sequence": 0, "resourcePreEvent": {"planning": true}}', 'it lacks "metadata"'),
        (event('{"op": "create"}'), 'it lacks "urn"'),
        (event('{"op": 1, "urn": "x"}'), 'its "op" is not of the type str'),
        (event('{"op": "create", "urn": "x", "new": []}'), 'its "new" is not of the type dict'),
        (event('{"op": "create", "urn": "x", "keys": {}}'), 'its "keys" is not of the type list'),
        ('{"sequence": ' + "9" * 5_000 + "}", "its JSON can't be read"),
        ("[" * 100_000, "its JSON is nested too deeply"),
        (event('{"op":"create","urn":"x","new":{"inputs":{"a":' + "[" * 200 + "]" * 200 + "}}}"), "nested"),
    ],
)
def test_malformed_input_is_refused(text: str, reason: str) -> None:
    with pytest.raises(MalformedPreview) as error:
        comment(text)
    assert reason in str(error.value)
    assert "\n" not in str(error.value)


def test_truncated_stream_is_refused() -> None:
    text = stream(*STEPS).strip()
    last = text.index('{"sequence"', text.index("summaryEvent"))
    for end in range(last - 1):
        with pytest.raises(MalformedPreview):
            comment(text[:end])


def test_stream_truncated_after_event_is_reported() -> None:
    lines = stored("model-changed-automatic-name").splitlines(keepends=True)
    end = next(number for number, line in enumerate(lines) if "summaryEvent" in line or "cancelEvent" in line)
    for count in range(end):
        with pytest.raises(MalformedPreview):
            comment("".join(lines[:count]))


def test_byte_order_mark_and_crlf_are_accepted() -> None:
    text = stream(*STEPS)
    assert comment("\ufeff" + text.replace("\n", "\r\n")) == comment(text)


def test_null_for_optional_value_is_accepted() -> None:
    end = '{"sequence": 1, "summaryEvent": {"resourceChanges": null}}'
    assert comment(end, project="p", stack="s").split("\n")[1] == "**Preview of `p/s`: no changes.**"
    bare = event('{"op": "update", "urn": "not a urn", "old": null, "new": null, "detailedDiff": null, "keys": null}')
    assert "| update | `not a urn` |" in comment(f"{bare}\n{end}")


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda of: st.lists(of, max_size=3) | st.dictionaries(st.text(max_size=5), of, max_size=3),
)
known = st.sampled_from(
    [
        "op",
        "urn",
        "old",
        "new",
        "inputs",
        "outputs",
        "keys",
        "diffs",
        "detailedDiff",
        "resourcePreEvent",
        "resOutputsEvent",
        "diagnosticEvent",
        "policyEvent",
        "summaryEvent",
        "resourceChanges",
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


@given(st.lists(st.dictionaries(known, shaped, max_size=5), max_size=3), st.booleans())
def test_any_json_makes_comment_or_error(events: list[dict[str, Any]], as_steps: bool) -> None:
    if as_steps:
        events = [{"resourcePreEvent": {"metadata": {"op": "update", "urn": urn("bot"), **it}}} for it in events]
    lines = [{"sequence": n, **it} for n, it in enumerate([*events, {"summaryEvent": {"isPreview": True}}])]
    text = "\n".join(map(json.dumps, lines))
    try:
        found = comment(text)
    except MalformedPreview:
        return
    assert found.startswith("<!-- pulumi-bedrock-preview: ")
