"""Text from a pull request stays text: it is in code, it ends no cell, fence or fold, and it is no one's mention.

The proof is by comparison: a real Markdown parser sees the same structure whatever the foreign texts are. GitHub looks
for mentions, issue numbers and addresses in rendered text too, but not in code, which is where all foreign text is.
"""

from __future__ import annotations

import itertools
import re
from html.parser import HTMLParser
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import example, given
from preview_comment.build import ARN, DEPLOYMENT, exported, state, step, stream, urn
from preview_comment.skeleton import skeleton
from pulumi_bedrock.preview_comment import comment
from pulumi_bedrock.preview_comment.markdown import code, fence_for, marker

NASTY = (
    "</details>",
    "</summary>",
    "```",
    "````\n</details>\n",
    "~~~",
    "`",
    "``",
    " ` ",
    "\\",
    "\\|",
    "|",
    "| a | b |\n| --- | --- |\n",
    "@octocat",
    "@org/team",
    "#1",
    "GH-1",
    "owner/repo#1",
    "![x](https://example.com/x.png)",
    "[x](javascript:alert(1))",
    "[x]: https://example.com",
    "<https://example.com>",
    "https://example.com",
    "www.example.com",
    "someone@example.com",
    "<!--",
    "-->",
    "--!>",
    "<img src=x onerror=alert(1)>",
    "<script>",
    "&#64;octocat",
    "&lt;b&gt;",
    "\r\n# Heading\r\n",
    "\n\n- item\n",
    "\n> quote",
    "**bold**",
    "~~struck~~",
    "$`x`$",
    "$$x$$",
    ":tada:",
    "\u202egnp.exe",
    "\u200b\u2028\u2029\x85\x0b\x0c",
    "\x00\x1b[31m\ufeff",
    "\ud800",
    "e\u0301\u0301\u0301",
)
nasty = st.lists(st.sampled_from(NASTY) | st.text(max_size=5), min_size=1, max_size=6).map("".join)
texts = (nasty | st.text(min_size=1, max_size=40)).filter(lambda text: text and text != "[secret]")
# What is between the `::` of a URN can't hold one itself.
parts = texts.filter(lambda text: "::" not in text and not text.endswith(":") and not text.startswith(":"))
types = parts.filter(lambda text: not set(text) & set("$:"))

SLOTS = (
    "project",
    "stack",
    "name",
    "type",
    "key",
    "old",
    "new",
    "message",
    "id",
    "deployment",
    "output",
    "fixed",
    "kind",
)
PLAIN = {slot: slot for slot in SLOTS}


def preview(of: dict[str, str]) -> str:
    """A preview with one of everything, its foreign texts taken from `of`."""

    def resource(name: str, type_: str) -> str:
        return urn(name, type_, project=of["project"], stack=of["stack"])

    deployment = resource(of["deployment"], DEPLOYMENT)
    old = state({"modelArn": of["old"]}, {"customModelDeploymentArn": ARN, "modelDeploymentName": of["fixed"]}, id=ARN)
    new = state({"modelArn": of["new"] + "2", "modelDeploymentName": of["fixed"]})
    consumer = resource(of["name"], f"x:{of['type']}")
    held = state({of["key"]: f"{of['old']}{ARN}"}, {of["key"]: of["old"]})
    root = resource("root", "pulumi:pulumi:Stack")
    stack = state({}, {of["output"]: ARN})
    said = [{"severity": severity, "message": of["message"], "urn": consumer} for severity in ("warning", "info")]
    steps = [
        step("refresh", root, stack, stack),
        step("refresh", consumer, state({}, {of["key"]: of["new"] + "2"}), state({}, {of["key"]: of["old"]})),
        step("same", root, stack, stack),
        step("replace", deployment, old, new, keys=("modelArn",)),
        step("delete", resource(of["name"], f"y:{of['type']}"), state(id=of["id"])),
        step("update", consumer, held, state({of["key"]: of["new"]})),
        step("create", resource(of["name"], f"z:{of['type']}"), None, state({of["key"]: {of["key"]: [of["new"]]}})),
    ]
    return stream(*steps, diagnostics=said)


def commented(of: dict[str, str]) -> str:
    """The comment for the preview and a state with two interrupted operations, texts taken from `of`."""
    deployment = urn(of["deployment"], DEPLOYMENT, project=of["project"], stack=of["stack"])
    other = urn(of["name"], f"x:{of['type']}", project=of["project"], stack=of["stack"])
    return comment(preview(of), state=exported(("updating", deployment), (of["kind"], other)))


def body(text: str) -> str:
    """The comment without its marker, which holds names and is looked at by itself."""
    first, rest = text.split("\n", 1)
    assert re.fullmatch(r"<!-- pulumi-bedrock-preview: [\w.~%-]+/[\w.~%-]+ -->", first, re.ASCII)
    return rest


@given(st.fixed_dictionaries({slot: types if slot == "type" else parts for slot in SLOTS}))
@example(dict.fromkeys(SLOTS, "```"))
@example(dict.fromkeys(SLOTS, "`@octocat` | </details> -->"))
@example(dict.fromkeys(SLOTS, "|"))
@example(dict.fromkeys(SLOTS, "\\"))
def test_texts_do_not_change_structure(of: dict[str, str]) -> None:
    text = commented(of)
    assert skeleton(body(text)) == skeleton(body(commented(PLAIN)))
    assert text.encode()  # no lone surrogates


@pytest.mark.parametrize("text", NASTY)
@pytest.mark.parametrize("slot", SLOTS)
def test_each_hostile_text_is_escaped_in_each_place(slot: str, text: str) -> None:
    if slot in ("project", "stack", "type"):  # what a URN can't hold there
        text = text.replace("$", "").replace(":", "") or "x"
    found = body(commented({**PLAIN, slot: text}))
    assert skeleton(found) == skeleton(body(commented(PLAIN)))


def test_structure_comparison_detects_injection() -> None:
    """An escape that does nothing would be noticed: the same texts, outside of code, change the structure."""
    plain = "| a |\n| --- |\n| x |\n"
    for text in (
        "</details>",
        "https://example.com",
        "www.example.com",
        "someone@example.com",
        "<!--",
        "**bold**",
        "|",
    ):
        assert skeleton(plain.replace("x", text)) != skeleton(plain)


@given(texts)
def test_code_renders_inside_and_outside_table(text: str) -> None:
    assert "\n" not in code(text)
    assert "|" not in code(text)
    assert skeleton(f"a {code(text)} b") == skeleton(f"a {code('x')} b")
    assert skeleton(f"| a |\n| --- |\n| {code(text)} |\n") == skeleton(f"| a |\n| --- |\n| {code('x')} |\n")


def test_code_shows_text_unchanged() -> None:
    assert code("plain") == "`plain`"
    assert code("a`b") == "``a`b``"
    assert code("`") == "`` ` ``"
    assert code("a|b") == "`a`&#124;`b`"
    assert code("a\nb\u202e") == "`a\\nb\\u202e`"
    assert code("") == "*(empty)*"
    assert code("x" * 300) == f"`{'x' * 99}…{'x' * 99}`"


@given(texts)
def test_fence_is_longer_than_backticks_in_text(text: str) -> None:
    fence = fence_for(text)
    assert len(fence) >= 3
    assert fence not in text


class Comments(HTMLParser):
    """What an HTML parser takes for comments and for anything else."""

    def __init__(self) -> None:
        super().__init__()
        self.comments: list[str] = []
        self.others: list[str] = []

    def handle_comment(self, data: str) -> None:
        self.comments.append(data)

    def handle_data(self, data: str) -> None:
        self.others.append(data)

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.others.append(tag)


@given(texts, texts)
@example("a--b", "---")
@example("x-->", "--!>")
def test_marker_is_one_html_comment(project: str, stack: str) -> None:
    found = marker(project, stack)
    parser = Comments()
    parser.feed(found)
    parser.close()
    assert len(parser.comments) == 1
    assert not parser.others
    assert found.count("--") == 2
    assert skeleton(found).startswith("<html_block")


def test_marker_is_plain_for_plain_names() -> None:
    assert marker("shop-2", "acme_dev.1") == "<!-- pulumi-bedrock-preview: shop-2/acme_dev.1 -->"


@given(texts, texts, texts, texts)
def test_markers_differ_where_names_do(project: str, stack: str, other_project: str, other_stack: str) -> None:
    same = (project, stack) == (other_project, other_stack)
    assert (marker(project, stack) == marker(other_project, other_stack)) == same


def test_markers_of_similar_encoded_names_differ() -> None:
    names = ["a--b", "a-%2Db", "a-%252Db", "a/b", "a%2Fb", "a b", "a+b", "x" * 5000, "x" * 5001]
    for one, other in itertools.combinations(names, 2):
        assert marker(one, "s") != marker(other, "s")
        assert marker("p", one) != marker("p", other)
    assert marker("a/b", "c") != marker("a", "b/c")
    assert len(marker("x" * 5000, "y" * 5000)) < 1_000
