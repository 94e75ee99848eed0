"""What is said of replacements and deletions that the golden previews don't have."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from preview_comment.build import ARN, DEPLOYMENT, ROOT, SECRET, UNKNOWN, state, step, stream, urn
from pulumi_bedrock.preview_comment import comment

BUCKET = urn("logs", "aws:s3/bucket:Bucket")
OLD = state(
    {"modelArn": "arn:old", "region": "us-east-1"},
    {"customModelDeploymentArn": ARN, "modelDeploymentName": "bot", "region": "us-east-1"},
    id=ARN,
)
FIXED = state({"modelArn": "arn:new", "modelDeploymentName": "bot", "region": "us-east-1"})
AUTOMATIC = state({"modelArn": "arn:new", "region": "us-east-1"})


def verdict(text: str) -> str:
    return comment(text).split("\n")[1]


def replacement(*ops: str, new: dict = FIXED, old: dict = OLD, keys: tuple[str, ...] = ("modelArn",)) -> list[dict]:
    halves = {"delete-replaced": (old, None, ()), "create-replacement": (old, new, keys), "replace": (old, new, keys)}
    return [step(op, urn("bot"), halves[op][0], halves[op][1], keys=halves[op][2]) for op in ops]


def test_delete_before_replace_with_automatic_name_interrupts() -> None:
    steps = replacement("delete-replaced", "replace", "create-replacement", new=AUTOMATIC)
    text = comment(stream(*steps))
    assert "**Stops serving while it is replaced:** `bot`" in verdict(stream(*steps))
    assert "deleted first, since an option, `pulumi:autonaming`, or a resource that it depends on, requires it." in text


def test_name_is_the_reason_only_if_name_and_region_stay() -> None:
    steps = ("delete-replaced", "replace", "create-replacement")
    because = "deleted first, since the program gives its name, `bot`, and names are unique."
    assert because in comment(stream(*replacement(*steps)))
    for changed in ({"modelDeploymentName": "bot-2"}, {"region": "eu-west-1"}, {"modelDeploymentName": UNKNOWN}):
        new = state({**FIXED["inputs"], **changed})
        text = comment(stream(*replacement(*steps, new=new)))
        assert (
            "deleted first, since an option, `pulumi:autonaming`, or a resource that it depends on, requires it."
            in text
        )


@pytest.mark.parametrize(
    ("new", "is_known"),
    [
        ({"modelDeploymentName": UNKNOWN}, False),
        ({"modelDeploymentName": "bot", "region": UNKNOWN}, False),
        ({"modelDeploymentName": UNKNOWN, "region": UNKNOWN}, False),
        ({"modelDeploymentName": "other", "region": UNKNOWN}, True),
        ({"modelDeploymentName": UNKNOWN, "region": "eu-west-1"}, True),
        ({"modelDeploymentName": "other"}, True),
    ],
)
def test_order_that_depends_on_an_unknown_name_or_region_is_not_promised(new: dict, is_known: bool) -> None:
    given = state({**FIXED["inputs"], **new})
    text = stream(*replacement("create-replacement", "replace", "delete-replaced", new=given))

    assert ("No deployment stops serving." in verdict(text)) is is_known
    assert ("it may stop serving meanwhile." in verdict(text)) is not is_known
    said = (
        "Order unknown: its name or its Region isn't known yet. If both stay, the old one is deleted first, and nothing"
    )
    assert (said in comment(text)) is not is_known


def test_retained_deployment_keeps_serving() -> None:
    steps = replacement("create-replacement", "replace", "delete-replaced", old={**OLD, "retainOnDelete": True})
    text = comment(stream(*steps))
    assert "No deployment stops serving. Keeps serving while it is replaced" in text
    assert "The old one stays in AWS and keeps serving (`retain_on_delete`), but is removed from the state." in text


def test_delete_with_retain_is_not_counted_as_delete() -> None:
    found = verdict(stream(step("delete", urn("bot"), {**OLD, "retainOnDelete": True})))
    assert found == (
        "**Preview of `shop/dev`: 1 to remove from the state but keep in the cloud; 1 unchanged.** No deployment stops "
        "serving. Keeps serving, but is removed from the state: `bot`."
    ).replace("; 1 unchanged", "")


def test_pending_delete_of_earlier_replacement_is_no_interruption() -> None:
    steps = [step("same", urn("bot"), OLD, OLD), step("delete-replaced", urn("bot"), {**OLD, "delete": True})]
    text = comment(stream(*steps))
    assert "⚠️ **Preview of `shop/dev`: 1 old one of an earlier replacement to delete.** No deployment stops" in text
    assert "| delete the old one of an earlier replacement | `bot` (`CustomModelDeployment`) |" in text


def test_failed_preview_states_no_order_and_no_interruption() -> None:
    error = [{"severity": "error", "message": "boom", "urn": BUCKET}]
    steps = replacement("create-replacement", "replace", new=AUTOMATIC)
    text = comment(stream(*steps, diagnostics=error, result="failed"))
    assert text.split("\n")[1].startswith(
        "❌ **The preview of `shop/dev` failed: 1 error.** The plan is incomplete; so far: 1 to replace."
    )
    assert "**Replaced, in an order that this preview doesn't contain:** `bot`; it may stop serving meanwhile." in text
    assert "Order unknown: this preview doesn't contain it." in text
    assert "No deployment stops serving" not in text


def test_cancelled_preview_counts_as_failed() -> None:
    assert verdict(stream(result="failed")) == (
        "❌ **The preview of `shop/dev` failed: it was cancelled or interrupted.**"
    )


def test_update_of_options_keeps_serving() -> None:
    new = state({**OLD["inputs"], "timeouts": {"create": "45m"}})
    text = comment(stream(step("update", urn("bot"), OLD, new)))
    assert "**Preview of `shop/dev`: 1 to update.** No deployment stops serving.\n" in text
    assert "| update | `bot` (`CustomModelDeployment`) | `timeouts` |" in text


def test_consumer_with_arn_inside_policy_is_found() -> None:
    policy = urn("invoke", "aws:iam/policy:Policy")
    document = json.dumps({"Statement": [{"Action": "bedrock:InvokeModel*", "Resource": [ARN]}]})
    changed = step("update", policy, state({"policy": document}), state({"policy": UNKNOWN}))
    other = step("update", urn("other", "aws:iam/policy:Policy"), state({"policy": "x"}), state({"policy": "y"}))
    found = comment(stream(*replacement("replace"), changed, other))
    assert "  - `invoke` (`Policy`) is updated, in `policy`\n" in found
    assert "  - `other`" not in found


def test_consumer_keeping_old_arn_is_warned_about() -> None:
    held = state({"environment": {"variables": {"MODEL": ARN}}})
    function = urn("call", "aws:lambda/function:Function")
    text = comment(stream(*replacement("replace"), step("same", function, held, held)))
    assert (
        "- **Consumers that keep the old ARN, and will fail:**\n  - `call` (`Function`), in "
        "`environment.variables.MODEL`\n"
    ) in text


def test_deployment_without_consumer_says_so() -> None:
    assert "- This preview shows no consumers.\n" in comment(stream(*replacement("replace")))


def test_provider_diff_names_replacing_properties() -> None:
    old, new = state({"bucket": "a", "tags": {"x.y": "1"}}), state({"bucket": "b", "tags": {"x.y": "2"}})
    detailed = {"bucket": "update-replace", 'tags["x.y"]': "update"}
    found = comment(stream(step("replace", BUCKET, old, new, detailed=detailed)))
    assert '| replace, order unknown | `logs` (`Bucket`) | `bucket` | `"a"` → `"b"` |' in found
    assert found.count("| replace") == 1
    assert 'tags["x.y"]: "1"' in found  # in the full diff


def test_cascaded_replacement_names_unknown_inputs() -> None:
    old, new = state({"bucket": "a", "note": "x"}), state({"bucket": UNKNOWN, "note": "y"})
    text = comment(stream(step("replace", BUCKET, old, new)))
    assert '`bucket` | `"a"` → *known after apply* |' in text
    assert "| `note` |" not in text


def test_removed_property_is_described_in_words() -> None:
    old, new = state({"bucket": "a"}), state({"bucket": "a", "acl": "private"})
    text = comment(stream(step("replace", BUCKET, new, old, keys=("acl",))))
    assert '| `acl` | `"private"` → *not set* |' in text


def test_replacing_secret_is_named_without_value() -> None:
    old = state({**OLD["inputs"], "description": "[secret]"}, {**OLD["outputs"], "description": "[secret]"}, id=ARN)
    new = state({**OLD["inputs"], "description": "[secret]"})
    text = comment(stream(*replacement("replace", old=old, new=new, keys=("description",))))
    assert "| `description` | `[secret]`, changed |" in text


def test_default_tags_and_tags_are_shown_once() -> None:
    old = state({"tags": {"a": "1"}, "tagsAll": {"a": "1", "d": "1"}}, id=ARN)
    new = state({"tags": {"a": "2"}, "tagsAll": {"a": "2", "d": "2"}})
    text = comment(stream(*replacement("replace", old=old, new=new, keys=("tags", "tagsAll"))))
    assert '| `tags.a` | `"1"` → `"2"` |' in text
    assert '| `tagsAll.d` | `"1"` → `"2"` |' in text
    assert "tagsAll.a" not in text


def test_deleted_deployments_are_listed_first() -> None:
    steps = [step("delete", urn(f"a{n}", "aws:s3/bucket:Bucket"), state()) for n in range(3)]
    text = comment(stream(*steps, step("delete", urn("z"), OLD), step("create", urn("aaa", "x:y:Z"), None, state())))
    rows = [line.split(" | ")[1] for line in text.split("\n") if line.startswith(("| delete", "| create"))]
    assert rows == ["`z` (`CustomModelDeployment`)", *(f"`a{n}` (`Bucket`)" for n in range(3)), "`aaa` (`Z`)"]


def test_deployments_after_third_are_counted() -> None:
    steps = [step("delete", urn(f"bot-{n}"), state(id=f"{ARN}{n}")) for n in range(5)]
    assert "**Stops serving permanently:** `bot-0`, `bot-1`, `bot-2` and 2 more." in verdict(stream(*steps))


def test_stack_without_deployments_mentions_no_serving() -> None:
    text = comment(stream(step("create", BUCKET, None, state({"bucket": "a"})), same=4))
    assert text.split("\n")[1] == "**Preview of `shop/dev`: 1 to create; 3 unchanged.**"
    assert "serv" not in text


def test_refresh_steps_are_no_plan() -> None:
    """`pulumi refresh --preview-only --json` calls a refresh by its result."""
    root = step("refresh", ROOT, state(), state())
    before, after = state({}, {"acl": "private"}), state({}, {"acl": "public"})
    gone = urn("gone", "aws:s3/bucket:Bucket")
    found = [step("update", BUCKET, before, after), step("delete", gone, state(id="gone-1"))]
    lines = [json.loads(line) for line in stream(root, *found).splitlines()]
    for line in lines:  # the step has its own name before it ran
        if (event := line.get("resourcePreEvent")) and event["metadata"]["urn"] != ROOT:
            event["metadata"] |= {"op": "refresh", "new": event["metadata"]["old"]}
    assert comment("\n".join(json.dumps(line) for line in lines)).split("\n", 1)[1] == (
        "**Preview of `shop/dev`: no changes.** Changed outside of Pulumi: 2 resources.\n"
        "\n### Changed outside of Pulumi\n\n"
        "| Resource | Property | State → live |\n| --- | --- | --- |\n"
        "| `gone` (`Bucket`) |  | `gone-1` → *deleted* |\n"
        '| `logs` (`Bucket`) | `acl` | `"private"` → `"public"` |\n'
    )


def test_refresh_without_deployment_says_nothing_serves() -> None:
    root = step("refresh", ROOT, state(), state())
    assert verdict(stream(root, step("refresh", urn("bot"), OLD))) == (
        "**Preview of `shop/dev`: no changes.** Changed outside of Pulumi: 1 resource. "
        "**Deleted outside of Pulumi, and no longer serving:** `bot`."
    )


def test_pulumi_import_step_is_shown_as_import() -> None:
    assert verdict(stream(step("import", BUCKET, None, state()))) == "**Preview of `shop/dev`: 1 to import.**"


def test_policy_violations_are_shown() -> None:
    policies = [
        {
            "resourceUrn": BUCKET,
            "message": "no public buckets",
            "policyName": "private",
            "enforcementLevel": "mandatory",
        },
        {"resourceUrn": BUCKET, "message": "name it", "policyName": "names", "enforcementLevel": "advisory"},
    ]
    text = comment(stream(policies=policies))
    assert "### Errors\n\n`logs` (`Bucket`):\n\n```text\npolicy private: no public buckets\n```\n" in text
    assert "### Warnings\n\n`logs` (`Bucket`):\n\n```text\npolicy names: name it\n```\n" in text
    assert text.split("\n")[1].startswith("❌")


def test_messages_are_folded_without_debug() -> None:
    said = [
        {"severity": "info", "message": "hello\n"},
        {"severity": "info#err", "message": "\x1b[31mred\x1b[0m\n"},
        {"severity": "debug", "message": "not this"},
        {"severity": "info", "message": "nor this", "ephemeral": True},
    ]
    text = comment(stream(diagnostics=said))
    assert "<details><summary>Messages</summary>\n\n```text\nhello\n```\n\n```text\nred\n```\n\n</details>\n" in text
    assert "this" not in text


def test_long_line_of_message_is_wrapped_at_spaces() -> None:
    words = f"{'word ' * 19}{ARN} {'y' * 120} end"
    text = comment(stream(diagnostics=[{"severity": "warning", "message": f"{words}\n  short\n"}]))
    wrapped = f"{'word ' * 19}".rstrip() + f"\n{ARN}\n{'y' * 120}\nend\n  short"
    assert f"```text\n{wrapped}\n```" in text


def test_child_shows_its_own_type() -> None:
    child = urn("bot", f"shop:index:Bot${DEPLOYMENT}")
    assert "**Stops serving permanently:** `bot`." in verdict(stream(step("delete", child, OLD)))


PARAMETER = urn("model-arn", "aws:ssm/parameter:Parameter")
HIDDEN = state({"name": "/shop/model-arn", "value": SECRET()})
MAY_HOLD = "- **Consumers that may hold the ARN, in a secret value that changes:**\n"


def test_consumer_with_secret_value_that_changes_may_hold_arn() -> None:
    steps = replacement("replace", "create-replacement", "delete-replaced", new=AUTOMATIC)
    text = comment(stream(*steps, step("update", PARAMETER, HIDDEN, HIDDEN, diffs=("value",))))
    assert f"{MAY_HOLD}  - `model-arn` (`Parameter`) is updated, in `value`\n" in text
    assert "| update | `model-arn` (`Parameter`) | `value` |" in text
    assert "- value: [secret]\n+ value: [secret]\n" in text


def test_secret_value_that_stays_holds_no_arn() -> None:
    new = state({"name": "/shop/model-arn", "value": SECRET(), "description": "new"})
    text = comment(stream(*replacement("replace"), step("update", PARAMETER, HIDDEN, new, diffs=("description",))))
    assert MAY_HOLD not in text
    assert "- This preview shows no consumers.\n" in text


def test_outage_and_replacement_without_outage_have_different_signs() -> None:
    outage = replacement("delete-replaced", "replace", "create-replacement")
    none = replacement("create-replacement", "replace", "delete-replaced", new=AUTOMATIC)
    assert verdict(stream(*outage)).startswith("🛑 **Preview of `shop/dev`: 1 to replace.** **Stops serving")
    assert verdict(stream(*none)).startswith("⚠️ **Preview of `shop/dev`: 1 to replace.** No deployment stops serving.")
    assert verdict(stream(step("delete", BUCKET, state(id="logs")))).startswith("⚠️ ")


def in_place(**inputs: object) -> str:
    new = state({**OLD["inputs"], "updateInPlace": True, **inputs})
    return stream(step("update", urn("bot"), OLD, new))


def test_model_updated_in_place_keeps_arn_and_serves() -> None:
    text = comment(in_place(modelArn="arn:new"))
    assert text.split("\n")[1] == (
        "🔄 **Preview of `shop/dev`: 1 to update.** **Another model behind the same ARN:** `bot` (`arn:old` → "
        "`arn:new`); the ARN stays, and the old model serves until the new one is ready."
    )
    assert (
        "\n**`bot` is updated in place:** the ARN stays, and the old model serves until the new one is ready.\n"
        "- **Model:** `arn:old` → `arn:new`.\n"
        f"- **ARN:** `{ARN}`. Its consumers don't change.\n"
        "- **An assumption about AWS, not proven yet:** that the old model serves until then. It is "
        "`update-keeps-serving` in pulumi_bedrock's `docs/assumptions.md`.\n"
    ) in text
    assert "stops serving" not in text.lower()


def test_unknown_or_secret_model_is_updated_in_place() -> None:
    assert "same ARN:** `bot` (`arn:old` → *known after apply*);" in verdict(in_place(modelArn=UNKNOWN))
    hidden = state({**OLD["inputs"], "modelArn": SECRET(), "updateInPlace": True}, OLD["outputs"], id=ARN)
    assert "same ARN:** `bot`;" in verdict(stream(step("update", urn("bot"), hidden, hidden)))


def test_tags_updated_in_place_keep_arn_and_model() -> None:
    text = comment(in_place(tags={"team": "sales"}, tagsAll={"team": "sales"}))
    assert text.split("\n")[1] == (
        "**Preview of `shop/dev`: 1 to update.** Tags updated in place: `bot`; the ARN and the model stay."
    )
    assert "\n**`bot` is updated in place:** only its tags change; the ARN and the model stay.\n" in text
    assert "stops serving" not in text.lower()


def test_assumption_of_update_in_place_has_its_page() -> None:
    page = Path(__file__).parents[2] / "docs/assumptions.md"
    assert "- `update-keeps-serving`: " in page.read_text(encoding="utf-8")
