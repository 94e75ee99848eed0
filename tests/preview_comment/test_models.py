"""What is said of custom models, and of the deployments that use them, where the golden previews don't have it."""

from __future__ import annotations

from typing import Any

import pytest
from preview_comment.build import ARN, UNKNOWN, state, step, stream, urn
from pulumi_bedrock.preview_comment import comment

MODEL = urn("model", "pulumi-python:dynamic/bedrock:CustomModel")
MODEL_ARN = "arn:aws:bedrock:us-east-1:123456789012:custom-model/imported/abcdefghij01"
GIVEN = {"modelName": "tickets", "region": "us-east-1"}
OLD_MODEL = state({**GIVEN, "roleArn": "arn:old"}, {**GIVEN, "modelArn": MODEL_ARN}, id=MODEL_ARN)
OLD_FIRST = ("delete-replaced", "replace", "create-replacement")
NEW_FIRST = ("create-replacement", "replace", "delete-replaced")
PROMISE = "No deployment stops serving."


def replaced_model(*ops: str, new: dict[str, Any] | None = None, old: dict[str, Any] = OLD_MODEL) -> list[dict]:
    given = state({**GIVEN, "roleArn": "arn:new", **(new or {})})
    halves = dict.fromkeys(("create-replacement", "replace"), (old, given)) | {"delete-replaced": (old, None)}
    return [step(op, MODEL, *halves[op], keys=("roleArn",)) for op in ops]


def deployment(op: str, name: str = "bot", *, after: str = UNKNOWN) -> dict:
    """A step of a deployment that uses the model."""
    old = state({"modelArn": MODEL_ARN}, {"modelArn": MODEL_ARN, "customModelDeploymentArn": ARN}, id=ARN)
    new = None if op.startswith("delete") else state({"modelArn": after})
    return step(op, urn(name), old, new, keys=("modelArn",) if "repl" in op else ())


def followed(*ops: str) -> list[dict]:
    """The steps of a deployment that is replaced with its model."""
    return [deployment(op) for op in ops]


def verdict(*steps: dict) -> str:
    return comment(stream(*steps)).split("\n")[1]


@pytest.mark.parametrize("unknown", [{"modelName": UNKNOWN}, {"region": UNKNOWN}])
def test_order_of_model_that_is_not_known_yet_promises_nothing_of_its_deployments(unknown: dict) -> None:
    steps = [*replaced_model(*NEW_FIRST, new=unknown), *followed(*NEW_FIRST)]
    text = comment(stream(*steps))

    assert PROMISE not in text
    assert "**Custom model replaced, in an order that this preview doesn't contain:** `model`" in verdict(*steps)
    assert "**Replaced, in an order that this preview doesn't contain:** `bot`" in verdict(*steps)
    assert "Order unknown: if its custom model, `model`, is deleted before the new one is made, it is deleted" in text


def test_new_model_first_keeps_deployments_serving() -> None:
    said = verdict(*replaced_model(*NEW_FIRST, new={"modelName": "tickets-2"}), *followed(*NEW_FIRST))

    assert said.startswith("⚠️ ") and PROMISE in said
    assert "Custom model replaced, the new one first: `model`, followed by the deployment `bot`." in said


def test_old_model_first_stops_its_deployments() -> None:
    steps = [deployment("delete-replaced"), *replaced_model(*OLD_FIRST), *followed("replace", "create-replacement")]
    said = verdict(*steps)

    assert said.startswith("🛑 ") and PROMISE not in said
    assert "**Custom model deleted before the new one is made:** `model`, followed by the deployment `bot`." in said
    assert "deleted first, since its custom model, `model`, is deleted before the new one is made." in comment(
        stream(*steps)
    )


def test_model_that_a_deployment_keeps_can_not_be_deleted() -> None:
    for model in ([step("delete", MODEL, OLD_MODEL)], replaced_model(*NEW_FIRST, new={"modelName": "tickets-2"})):
        steps = [*model, deployment("same", after=MODEL_ARN)]

        assert (
            "**Custom model to delete while a deployment uses it:** `model`, used by the deployment `bot`"
            in verdict(*steps)
        )
        assert "Nothing stops serving. To avoid it, give it another model" in comment(stream(*steps))


def test_deployment_that_changes_in_place_before_the_delete_does_not_block_it() -> None:
    steps = [*replaced_model(*NEW_FIRST, new={"modelName": "tickets-2"}), deployment("update")]

    assert "Custom model replaced, the new one first: `model`, followed by the deployment `bot`." in verdict(*steps)


def test_deployments_that_go_before_a_refused_delete_stop_serving() -> None:
    steps = [
        deployment("delete-replaced"),
        *replaced_model(*OLD_FIRST),
        *followed("replace", "create-replacement"),
        deployment("update", "in-place"),
    ]
    text = comment(stream(*steps))

    assert "`model`, used by the deployment `in-place`" in verdict(*steps)
    assert (
        "The other deployments are deleted before that, and stop serving. To avoid it, leave `model_name` out" in text
    )


def test_retained_model_blocks_nothing_and_stays() -> None:
    old = {**OLD_MODEL, "retainOnDelete": True}
    steps = [*replaced_model(*NEW_FIRST, old=old, new={"modelName": "tickets-2"}), deployment("same", after=MODEL_ARN)]

    assert "The old one stays in AWS (`retain_on_delete`), but is removed from the state." in comment(stream(*steps))
    assert "to delete while" not in verdict(*steps)
    assert "Custom model kept in AWS, but removed from the state: `model`." in verdict(step("delete", MODEL, old))


def test_model_without_deployments_says_nothing_of_serving() -> None:
    said = verdict(*replaced_model(*OLD_FIRST))

    assert said.startswith("⚠️ ") and PROMISE not in said
    assert "**Custom model deleted before the new one is made:** `model`." in said


def test_changed_timeout_of_a_model_is_not_mentioned() -> None:
    new = {**OLD_MODEL["inputs"], "timeouts": {"create": "3h"}}

    assert "Custom model" not in verdict(step("update", MODEL, OLD_MODEL, state(new)))
