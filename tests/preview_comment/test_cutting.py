"""A comment is never longer than GitHub takes, and never loses its first two lines."""

from __future__ import annotations

import copy
import json
import re
from typing import Any

import hypothesis.strategies as st
from hypothesis import given, settings
from preview_comment.build import ARN, UNKNOWN, state, step, stream, urn
from preview_comment.goldens import stored
from preview_comment.skeleton import skeleton
from pulumi_bedrock.preview_comment import comment
from pulumi_bedrock.preview_comment.cutting import LIMIT, Section, assembled, size


def measures(text: str) -> list[int]:
    """Code points, UTF-16 units and bytes, with line ends of two characters."""
    text = text.replace("\n", "\r\n")
    return [len(text), len(text.encode("utf-16-le")) // 2, len(text.encode())]


def assert_fits(text: str, first: str, *, limit: int = LIMIT) -> None:
    assert max(measures(text)) <= limit
    assert text.startswith("<!-- pulumi-bedrock-preview: ")
    assert text.split("\n")[1].startswith(first)
    assert text.count("<details>") == text.count("\n</details>\n")
    if cut(text):
        # An open fence would swallow the note at the end.
        assert "Cut to GitHub" in skeleton(text)


def cut(text: str) -> bool:
    return "*Cut to GitHub's 65,536 characters. Left out: " in text


def test_comment_of_300_resources_fits() -> None:
    """A real preview's consumer, three hundred times, each with a policy of its own."""
    text = comment(_multiplied(300, policy=200))
    assert_fits(text, "⚠️ **Preview of `engine-test/dev`: 2 to replace, 301 to update; 2 unchanged.**")
    assert size(text) > 60_000
    assert text.count("| update | `endpoint") == 301
    assert text.count(" is updated, in `value`") == 301
    assert re.search(r"Left out: \d+ of \d+ lines of the full diff\.\*\n$", text)


def test_comment_of_300_small_resources_shows_all() -> None:
    text = comment(_multiplied(300, policy=0))
    assert_fits(text, "⚠️ **Preview of `engine-test/dev`: 2 to replace, 301 to update")
    assert text.count("| update | `endpoint") == 301


def test_comment_of_3000_resources_fits() -> None:
    text = comment(_multiplied(3_000, policy=0))
    assert_fits(text, "⚠️ **Preview of `engine-test/dev`: 2 to replace, 3001 to update")
    assert cut(text)
    assert "lines on deployments" in text
    assert "### Other changes" not in text


def _multiplied(count: int, *, policy: int) -> str:
    text = stored("model-changed-automatic-name")
    name = "::endpoint"

    def copies(of: dict[str, Any]) -> list[dict[str, Any]]:
        found = []
        for number in range(count):
            one = json.loads(json.dumps(of).replace(name, f"{name}-{number:05}"))
            for side in (e.get("metadata", {}).get("old") or {} for e in one.values() if isinstance(e, dict)):
                if policy and side.get("inputs"):
                    side["inputs"]["policy"] = f"{number}" + "p" * policy
            found.append(one)
        return [of, *found]

    lines = []
    for line in text.splitlines():
        lines += copies(json.loads(line)) if f'{name}"' in line else [json.loads(line)]
    return "".join(json.dumps(line) + "\n" for line in lines)


def test_least_important_part_is_cut_first() -> None:
    warnings = [{"severity": "warning", "message": f"mind {n}"} for n in range(10)]
    buckets = [step("create", urn(f"b{n}", "aws:s3/bucket:Bucket"), None, state({"a": "x" * 900})) for n in range(100)]
    gone = [step("delete", urn(f"bot-{n}"), state(id=f"{ARN}{n}")) for n in range(5)]
    text = stream(*buckets, *gone, diagnostics=warnings)
    parts = ["### Deleted and replaced", "### Warnings", "### Other changes", "<summary>Full diff"]
    kept = [
        sum(part in comment(text, limit=limit) for part in parts) for limit in (2_400, 4_000, 5_500, 12_500, 25_000)
    ]
    assert kept == sorted(kept)
    assert kept[0] < kept[-1] == len(parts)
    for limit in range(2_000, 30_000, 1_500):
        found = comment(text, limit=limit)
        assert max(measures(found)) <= limit
        seen = [part in found for part in parts]
        assert seen == sorted(seen, reverse=True), "a part is there though a more important one isn't"


@given(
    st.lists(st.tuples(st.integers(0, 30), st.integers(0, 300), st.sampled_from("x|é€😀`\n")), max_size=6),
    st.integers(1_500, 8_000),
)
def test_assembled_parts_fit_and_keep_order(of: list[tuple[int, int, str]], limit: int) -> None:
    sections = [
        Section("lines", f"<{n}>\n", [f"{n}.{m}:{char * length}\n" for m in range(count)] or ["-\n"], f"</{n}>\n")
        for n, (count, length, char) in enumerate(of)
    ]
    text = assembled("head\n", sections, limit=limit)
    assert size(text) <= limit
    assert text.startswith("head\n")
    assert [text.count(f"<{n}>") for n in range(len(of))] == [text.count(f"</{n}>") for n in range(len(of))]
    whole = "head\n" + "".join(s.opening + "".join(s.items) + s.closing for s in sections)
    assert (text == whole) == (size(whole) <= limit)


@settings(max_examples=10)
@given(st.sampled_from("x|é€😀`<\u202e"), st.integers(1, 2_000))
def test_single_long_part_is_cut(char: str, times: int) -> None:
    long = char * times
    said = [{"severity": severity, "message": long * 20} for severity in ("error", "warning", "info")]
    steps = [
        step("replace", urn(long + str(n)), state({long: long}, id=long), state({long: UNKNOWN}), keys=(long,))
        for n in range(30)
    ]
    text = comment(stream(*steps, diagnostics=said), project=long, stack=long)
    assert max(measures(text)) <= LIMIT
    first, second, *_ = text.split("\n")
    assert first.startswith("<!-- pulumi-bedrock-preview: ")
    assert first.endswith(" -->")
    assert len(first) < 1_000
    assert second.startswith("❌ **The preview of ")
    assert size(second) < 12_000


def test_note_counts_omitted_parts() -> None:
    sections = [Section("rows", "A\n", ["x" * 400 + "\n"] * 10), Section("messages", "B\n", ["y\n"] * 3)]
    text = assembled("head\n", copy.copy(sections), limit=2_500)
    assert text.endswith("\n*Cut to GitHub's 65,536 characters. Left out: 6 of 10 rows, 3 of 3 messages.*\n")
