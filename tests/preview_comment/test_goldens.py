"""What the golden comments say: the files themselves are compared here, their verdicts are spelled out."""

from __future__ import annotations

import json

import pytest
from preview_comment.build import stream
from preview_comment.goldens import (
    CASES,
    GOLDENS,
    OTHER_ENGINE,
    OTHER_ENGINE_CASES,
    STATE_CASES,
    of_engines,
    stored,
    stored_comment,
    stored_state,
)
from pulumi_bedrock.preview_comment import comment

HOW_LONG = "AWS doesn't publish how long that takes; people report 2 to 15 minutes."
TO_MAKE = "AWS doesn't publish how long one takes to make; its own notebook estimates 10 minutes"
FIRST = "<!-- pulumi-bedrock-preview: engine-test/dev -->"

READERS = "A stack that reads the ARN by a StackReference has the old one until its own next `pulumi up`."
VERDICTS = {
    "first-create": (
        "**Preview of `engine-test/dev`: 5 to create.** No deployment stops serving. "
        f"New, and serves when it is `Active`: `support-bot`. {HOW_LONG}"
    ),
    "unchanged": "**Preview of `engine-test/dev`: no changes; 5 unchanged.** No deployment stops serving.",
    "model-changed-automatic-name": (
        "⚠️ **Preview of `engine-test/dev`: 2 to replace, 1 to update; 2 unchanged.** No deployment stops serving. "
        f"Keeps serving while it is replaced, under a new ARN: `support-bot`. {READERS}"
    ),
    "model-changed-fixed-name": (
        "🛑 **Preview of `engine-test/dev`: 2 to replace, 1 to update; 2 unchanged.** **Stops serving while it is "
        "replaced:** `support-bot`; nothing serves from the deletion of the old one until the new one is `Active`. "
        f"{HOW_LONG}"
    ),
    "tags-changed": (
        "⚠️ **Preview of `engine-test/dev`: 2 to replace, 1 to update; 2 unchanged.** No deployment stops serving. "
        f"Keeps serving while it is replaced, under a new ARN: `support-bot`. {READERS}"
    ),
    "deployment-taken-out": (
        "🛑 **Preview of `engine-test/dev`: 3 to delete, 1 to update; 1 unchanged.** **Stops serving permanently:** "
        "`support-bot`."
    ),
    "model-unknown": (
        "⚠️ **Preview of `engine-test/dev`: 2 to replace, 1 to create, 1 to update; 2 unchanged.** No deployment stops "
        f"serving. Keeps serving while it is replaced, under a new ARN: `support-bot`. {READERS}"
    ),
    "import": (
        "**Preview of `engine-test/dev`: 1 to import; 5 unchanged.** No deployment stops serving. "
        "Imported: `by-hand`; `pulumi up` compares it with the program, and fails if it differs."
    ),
    "drift": (
        "⚠️ **Preview of `engine-test/dev`: 2 to replace, 1 to update; 2 unchanged.** No deployment stops serving. "
        f"Keeps serving while it is replaced, under a new ARN: `support-bot`. {READERS} Changed outside of Pulumi: 1 "
        "resource."
    ),
    "deleted-outside": (
        "🛑 **Preview of `engine-test/dev`: 1 to replace, 1 to create, 1 to update; 2 unchanged.** **Already "
        "deleted, and no longer serving:** `support-bot`; the new one serves when it is `Active`. "
        f"{HOW_LONG} Changed outside of Pulumi: 1 resource."
    ),
    "replacement-broken-off": (
        "🛑 **Preview of `engine-test/dev`: 2 to replace, 1 to update; 2 unchanged.** **Already deleted, and "
        "no longer serving:** `support-bot`; the new one serves when it is `Active`. "
        f"{HOW_LONG}"
    ),
    "replacement-broken-off-and-taken-back": (
        "⚠️ **Preview of `engine-test/dev`: 2 to replace, 1 to update; 2 unchanged.** **Replaced without a reason in "
        "the preview, and may have stopped serving already:** `support-bot`."
    ),
    "aws-provider": (
        "**Preview of `engine-test/dev`: 7 to create.** No deployment stops serving. "
        f"New, and serves when it is `Active`: `support-bot`. {HOW_LONG}"
    ),
    "moved-to-aws-provider": (
        "⚠️ **Preview of `engine-test/dev`: 1 to delete, 3 to create; 4 unchanged.** No deployment stops serving."
    ),
    "secret-consumer": (
        "⚠️ **Preview of `engine-test/dev`: 2 to replace, 2 to update; 1 unchanged.** No deployment stops serving. "
        "Keeps serving while it is replaced, under a new ARN: `support-bot`."
    ),
    "updated-in-place": (
        "🔄 **Preview of `engine-test/dev`: 1 to update; 4 unchanged.** **Another model behind the same ARN:** "
        "`support-bot` (`amazon.nova-lite-v1:0:300k/u9yipwixvixt` → `amazon.nova-lite-v1:0:300k/lgq5vgxdzpjp`); the "
        "ARN stays, and the old model serves until the new one is ready."
    ),
    "tags-updated-in-place": (
        "**Preview of `engine-test/dev`: 1 to update; 4 unchanged.** Tags updated in place: `support-bot`; the ARN and "
        "the model stay."
    ),
    "custom-model-first-create": (
        "**Preview of `engine-test/dev`: 4 to create.** No deployment stops serving. "
        f"New, and serves when it is `Active`: `support-bot`. {HOW_LONG} New custom model: `support-bot`. {TO_MAKE}."
    ),
    "custom-model-replaced": (
        "⚠️ **Preview of `engine-test/dev`: 3 to replace; 1 unchanged.** No deployment stops serving. Keeps serving "
        "while it is replaced, under a new ARN: `support-bot`. Custom model replaced, the new one first: "
        f"`support-bot`, followed by the deployment `support-bot`. {TO_MAKE}."
    ),
    "custom-model-tags-updated": (
        "**Preview of `engine-test/dev`: 1 to update; 3 unchanged.** No deployment stops serving. Tags of a custom "
        "model updated in place: `support-bot`."
    ),
    "custom-model-import": (
        "**Preview of `engine-test/dev`: 1 to import; 4 unchanged.** No deployment stops serving. Custom model "
        "imported: `by-hand`; `pulumi up` compares it with the program, but for artifacts and role, which AWS doesn't "
        "show, and fails if it differs."
    ),
    "custom-model-drift": (
        "**Preview of `engine-test/dev`: 1 to update; 3 unchanged.** No deployment stops serving. Tags of a custom "
        "model updated in place: `support-bot`. Changed outside of Pulumi: 1 resource (custom model: `support-bot`)."
    ),
    "custom-model-taken-out": (
        "🛑 **Preview of `engine-test/dev`: 4 to delete.** **Stops serving permanently:** `support-bot`. **Custom "
        "model deleted permanently:** `support-bot`."
    ),
    "custom-model-replaced-fixed-name": (
        "🛑 **Preview of `engine-test/dev`: 3 to replace; 1 unchanged.** **Stops serving while it is replaced:** "
        "`support-bot`; nothing serves from the deletion of the old one until the new one is `Active`. "
        f"{HOW_LONG} **Custom model deleted before the new one is made:** `support-bot`, followed by the deployment "
        f"`support-bot`. A deployment that uses it stops serving until both are new. {TO_MAKE}, and then comes the "
        "deployment."
    ),
    "custom-model-in-use": (
        "⚠️ **Preview of `engine-test/dev`: 1 to replace, 1 to update; 2 unchanged.** **Custom model to delete while a "
        "deployment uses it:** `support-bot`, used by the deployment `support-bot`; AWS deletes no custom model that "
        "is in use, so `pulumi up` waits for it, and then fails. **Another model behind the same ARN:** `support-bot` "
        "(`imported/model0000004` → *known after apply*); the ARN stays, and the old model serves until the new one is "
        "ready."
    ),
    "custom-model-deleted-outside": (
        "🛑 **Preview of `engine-test/dev`: 1 to replace, 2 to create; 1 unchanged.** **Already deleted, and no longer "
        f"serving:** `support-bot`; the new one serves when it is `Active`. {HOW_LONG} **Custom model already deleted, "
        f"and made again:** `support-bot`. {TO_MAKE}. Changed outside of Pulumi: 2 resources (custom model: "
        "`support-bot`)."
    ),
    "interrupted": "**Preview of `engine-test/dev`: no changes; 5 unchanged.** No deployment stops serving.",
    "failing": "❌ **The preview of `engine-test/dev` failed: 1 error.**",
}


@pytest.mark.parametrize("case", CASES)
def test_comment_equals_golden_file(case: str) -> None:
    for preview in of_engines(case):
        assert comment(preview, state=stored_state(case)) == stored_comment(case)


@pytest.mark.parametrize("case", CASES)
def test_verdict_of_each_case(case: str) -> None:
    assert comment(stored(case)).split("\n")[:2] == [FIRST, VERDICTS[case]]


def test_interrupted_operations_stand_at_the_top() -> None:
    assert comment(stored("interrupted"), state=stored_state("interrupted")).split("\n")[:4] == [
        FIRST,
        "⚠️ **An earlier run was interrupted, or is still running:** `sales-bot`, `support-bot`. The state doesn't "
        "contain what that run did in AWS, so this preview may be wrong. It may even show no changes while AWS serves "
        "another model: `support-bot`. **The next run must be `pulumi up --refresh`.**",
        "",
        VERDICTS["interrupted"],
    ]


def test_every_golden_file_belongs_to_case() -> None:
    expected = {f"{case}.{kind}" for case in CASES for kind in ("json", "md")}
    expected |= {f"{case}.state.json" for case in STATE_CASES}
    expected |= {f"{case}.{OTHER_ENGINE}.json" for case in OTHER_ENGINE_CASES}
    assert {path.name for path in GOLDENS.iterdir()} == expected


def test_consumers_of_the_arn_are_listed() -> None:
    text = comment(stored("model-changed-automatic-name"))
    listed = text[text.index("- **Consumers that change with it:**") : text.index("### Deleted and replaced")]
    assert listed == (
        "- **Consumers that change with it:**\n"
        "  - `smoke-test` (`ModelInvocation`) is replaced, in `modelId`\n"
        "  - `endpoint` (`Setting`) is updated, in `value`\n"
        "- **Stack outputs with the ARN,** which other stacks may read:\n"
        "  - `customModelDeploymentArn`\n\n"
    )


def test_consumer_with_secret_value_is_listed() -> None:
    text = comment(stored("secret-consumer"))
    assert (
        "- **Consumers that may hold the ARN, in a secret value that changes:**\n"
        "  - `model-arn` (`Parameter`) is updated, in `value`\n"
    ) in text
    assert "| update | `model-arn` (`Parameter`) | `value` |\n" in text


def test_consumers_of_deployment_updated_in_place_are_unchanged() -> None:
    text = comment(stored("updated-in-place"))
    assert "4 unchanged" in text  # the three consumers and the stack's identity
    assert not [name for name in ("model-arn", "invoke", "smoke-test") if f"`{name}`" in text]
    assert "stops serving" not in text.lower()


def test_provider_and_its_host_are_called_providers() -> None:
    text = comment(stored("aws-provider"))
    assert "| create | `east` (`aws` provider) |" in text
    assert "| create | `east-bedrock` (`pulumi-python` provider) |" in text


def test_unknown_model_is_described_in_words() -> None:
    text = comment(stored("model-unknown"))
    row = next(line for line in text.split("\n") if line.startswith("| replace, ") and "`modelArn`" in line)
    assert row.endswith('custom-model/amazon.nova-lite-v1:0:300k/u9yipwixvixt"` → *known after apply* |')
    assert "04da6b54" not in text


@pytest.mark.parametrize("case", CASES)
def test_comments_hold_no_secret_and_no_internal_input(case: str) -> None:
    text = stored_comment(case)
    for hidden in (
        "First line",
        "1b47061264138c4ac30d75fd1eb44270",
        "__provider",
        "logicalName",
        "importShown",
        "testing",
    ):
        assert hidden not in text


def test_unchanged_resources_are_not_listed() -> None:
    assert "greeting" in stored("model-changed-automatic-name")
    assert "greeting" not in comment(stored("model-changed-automatic-name"))


def test_goldens_hold_no_machine_paths() -> None:
    for path in GOLDENS.glob("*.json"):
        text = path.read_text(encoding="utf-8")
        assert "/tmp/" not in text, path
        assert "/tests/" not in text, path
        assert "sourcePosition" not in text, path


def test_error_after_the_summary_of_a_successful_preview_is_a_warning() -> None:
    slow = {"severity": "error", "message": "Detected that pulumi-resource-aws exited prematurely."}
    ended = stream() + json.dumps({"sequence": 9, "diagnosticEvent": slow}) + "\n"
    text = comment(ended)
    assert "no changes" in text.split("\n")[1]
    assert "### Warnings\n\n```text\nDetected that" in text


def test_end_of_a_run_is_shown_as_its_error_only_when_there_is_no_other() -> None:
    ended = {"severity": "error", "message": "Resource monitor has terminated, shutting down\n"}
    other = {"severity": "error", "message": "Access denied.\n"}
    alone = comment(stream(diagnostics=[ended], result="failed"))
    assert "failed: 1 error.**" in alone and "Resource monitor" in alone
    both = comment(stream(diagnostics=[ended, other], result="failed"))
    assert "failed: 1 error.**" in both and "Resource monitor" not in both
