"""The mark of an unfinished deployment: a valid tag, readable for people, that identifies one deployment's creator."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

import pytest
from custom_models import ROLE, artifacts
from hypothesis import given
from hypothesis import strategies as st
from pulumi_bedrock.lifecycle.unfinished import FINISHED, MARK, Mark
from unit.service_model import is_valid

OWNER = {"project": "shop", "stack": "dev", "logicalName": "bot", "parent": "a:b:C::front"}
OF = {"owner": OWNER, "identity": "b7d6", "name": "bot-1a2b3c4"}
OWNERS = st.fixed_dictionaries(
    {"project": st.text(), "stack": st.text(), "logicalName": st.text()}, optional={"parent": st.text()}
)
HIDDEN = st.dictionaries(st.text(), st.text() | st.dictionaries(st.text(), st.text()))
MARKED = st.fixed_dictionaries({"owner": OWNERS, "identity": st.text(), "name": st.text(), "hidden": HIDDEN})
S3 = {"roleArn": ROLE, "modelSourceConfig": artifacts(1)}


def parsed(mark: Mark) -> Mark | None:
    """What a later run reads from the tag."""
    return Mark.read({"team": "support", MARK: mark.value})


@given(MARKED)
def test_mark_satisfies_service_model_for_any_names(of: dict[str, Any]) -> None:
    assert is_valid("tag key", MARK)
    assert is_valid("tag value", Mark.of(**of).value)
    assert is_valid("tag value", FINISHED)


@given(MARKED)
def test_mark_is_equal_after_parsing(of: dict[str, Any]) -> None:
    assert parsed(Mark.of(**of)) == Mark.of(**of)


@given(MARKED, MARKED)
def test_mark_differs_for_another_resource_or_deployment(one: dict[str, Any], other: dict[str, Any]) -> None:
    same = [one["owner"].get(key, "") == other["owner"].get(key, "") for key in ("parent", "logicalName")]
    same += [one[key] == other[key] for key in ("identity", "name")]

    assert Mark.of(**one).is_of_maker(Mark.of(**other)) == all(same)
    assert (Mark.of(**one) == Mark.of(**other)) == all([*same, one["hidden"] == other["hidden"]])


def test_mark_ignores_project_and_stack_names() -> None:
    """A stack may be renamed; its state, and so its identity, stays."""
    renamed = Mark.of({**OWNER, "project": "market", "stack": "prod"}, "b7d6", "bot-1a2b3c4")

    assert renamed == Mark.of(**OF)
    assert Mark.of(**OF).value.startswith("shop/dev/bot:")


def test_format_of_mark_never_changes() -> None:
    """A later version must find the deployments that this one left."""
    stack, resource = "b7d6::bot-1a2b3c4", "a:b:C::front::bot: ü"
    digests = ":".join(sha256(text.encode()).hexdigest()[:16] for text in (stack, resource))

    assert Mark.of({**OWNER, "logicalName": "bot: ü"}, "b7d6", "bot-1a2b3c4").value == f"shop/dev/bot- -:{digests}"


def test_format_of_mark_without_parents_never_changes() -> None:
    without = {key: value for key, value in OWNER.items() if key != "parent"}

    assert Mark.of(without, "b7d6", "bot-1a2b3c4").resource == sha256(b"::bot").hexdigest()[:16]


def test_format_of_mark_of_a_model_never_changes() -> None:
    """It has a digest of what AWS doesn't show besides."""
    source = 'b7d6::bot-1a2b3c4::{"modelSourceConfig": {"s3DataSource": {"s3Uri": "s3://escrow/job-1/"}}, "roleArn": "'
    texts = ("b7d6::bot-1a2b3c4", "a:b:C::front::bot", f'{source}{ROLE}"}}')
    digests = ":".join(sha256(text.encode()).hexdigest()[:16] for text in texts)

    assert Mark.of(**OF, hidden=S3).value == f"shop/dev/bot:{digests}"


@pytest.mark.parametrize("hidden", [None, {}])
def test_mark_without_hidden_inputs_has_three_parts(hidden: dict[str, Any] | None) -> None:
    assert Mark.of(**OF, hidden=hidden) == Mark.of(**OF)
    assert Mark.of(**OF, hidden=hidden).value.count(":") == 2


@pytest.mark.parametrize(
    "hidden",
    [{"roleArn": ROLE}, {"roleArn": ROLE, "modelSourceConfig": artifacts(2)}, {**S3, "roleArn": "other"}, None],
    ids=["no artifacts", "other artifacts", "another role", "a mark without a digest of them"],
)
def test_mark_of_other_artifacts_is_of_the_same_maker_and_not_equal(hidden: dict[str, Any] | None) -> None:
    """So the model is this resource's own, and isn't resumed."""
    mine, other = Mark.of(**OF, hidden=S3), Mark.of(**OF, hidden=hidden)

    assert mine != other
    assert mine.is_of_maker(other)
    assert parsed(other) == other


def test_order_of_hidden_inputs_does_not_count() -> None:
    assert Mark.of(**OF, hidden=dict(reversed(S3.items()))) == Mark.of(**OF, hidden=S3)


def test_digest_of_hidden_inputs_differs_for_each_model() -> None:
    """Otherwise equal digests in the tags of two models would tell that their artifacts are the same."""
    digests = {Mark.of({}, identity, name, S3).source for identity in ("b7d6", "b7d7") for name in ("one", "two")}

    assert len(digests) == 4


@pytest.mark.parametrize("hidden", [None, S3])
def test_mark_of_long_names_is_as_long_as_a_tag_may_be(hidden: dict[str, Any] | None) -> None:
    mark = Mark.of({**OWNER, "logicalName": "b" * 300}, "b7d6", "bot-1a2b3c4", hidden)

    assert len(mark.value) == 256
    assert parsed(mark) == mark


@pytest.mark.parametrize(
    ("stack", "named"),
    [("shop/dev", True), ("shop/de", False), ("shop/dev/bot", False), ("hop/dev", False), ("s:hop/dev", False)],
)
def test_mark_names_its_project_and_stack(stack: str, named: bool) -> None:
    assert Mark.of(**OF).is_named_like(stack) is named


def test_mark_names_a_stack_with_characters_that_a_tag_cannot_have() -> None:
    assert Mark.of({**OWNER, "stack": "dév"}, "b7d6", "bot-1a2b3c4").is_named_like("shop/dév")


@pytest.mark.parametrize("key", ["parent", "logicalName"])
def test_mark_differs_for_another_place_in_the_stack(key: str) -> None:
    assert Mark.of(**{**OF, "owner": {**OWNER, key: "other"}}) != Mark.of(**OF)


@pytest.mark.parametrize(
    ("identity", "name", "proves"),
    [("b7d6", "bot-1a2b3c4", True), ("b7d6", "bot-1a2b3c5", False), ("b7d7", "bot-1a2b3c4", False), ("", "", False)],
    ids=["same", "a copy on another deployment", "another stack", "nothing"],
)
def test_mark_proves_its_stack_on_its_own_deployment_alone(identity: str, name: str, proves: bool) -> None:
    assert Mark.of(**OF).is_of_stack(identity, name) is proves
    assert (Mark.of(OWNER, identity, name) == Mark.of(**OF)) is proves


@pytest.mark.parametrize(
    "value", [None, "", FINISHED, "shop/dev/bot", ":", "::", "shop/dev/bot::", "a:1:2:", "a:1:2:3:4", "a:1:2:x"]
)
def test_other_tag_value_is_no_mark(value: str | None) -> None:
    assert Mark.read({} if value is None else {MARK: value}) is None


def test_mark_does_not_reveal_the_identity() -> None:
    assert "b7d6-4a55" not in Mark.of(OWNER, "b7d6-4a55", "bot-1a2b3c4").value
