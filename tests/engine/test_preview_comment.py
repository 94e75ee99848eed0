"""Today's engine prints the previews in the golden files, and the command makes the comments in them."""

from __future__ import annotations

import json
import os
from pathlib import Path

from engine.stack import Run, Stack
from preview_comment.goldens import (
    CONSUMER_CASES,
    FORMS,
    GOLDENS,
    MAIN_CASES,
    normalised,
    stored,
    stored_comment,
    unordered,
)
from preview_comment.make_goldens import REMAKE
from pulumi_bedrock.local import LocalBedrock
from pulumi_bedrock.preview_comment import comment

TESTS = Path(__file__).parents[1]
PROGRAM = TESTS / "preview_comment/program.py"
CONSUMERS_PROGRAM = TESTS / "preview_comment/consumers_program.py"
AWS_STAND_IN = TESTS / "examples/aws_stand_in/bin"
IN_BOTH_FORMS = {"model-changed-automatic-name", "drift", "failing", "updated-in-place", "tags-updated-in-place"}
"""A command takes seconds, and the forms differ in the same way in each case. The others are compared as streams."""
Previews = dict[tuple[str, str], str]


class Recorder:
    """Takes previews of one stack, and all in both forms when the golden files are made again."""

    def __init__(self, stack: Stack, local: LocalBedrock) -> None:
        self.stack, self.local = stack, local
        self.taken: Previews = {}
        self.names = {str(stack.folder): "/stack"}

    def configure(self, **values: str) -> None:
        self.stack.config = {"aws:region": "us-east-1"} | {f"{self.stack.project}:{k}": v for k, v in values.items()}

    def take(self, case: str, *flags: str, fails: bool = False) -> None:
        environment = self.stack.environment
        for form in FORMS if case in IN_BOTH_FORMS or os.environ.get(REMAKE) else ("stream",):
            streaming = {"PULUMI_ENABLE_STREAMING_JSON_PREVIEW": "1"} if form == "stream" else {}
            self.stack.environment = {**environment, **streaming}
            run: Run = self.stack.pulumi("preview", "--json", *flags, fails=fails)
            self.taken[case, form] = normalised(run.stdout, form, self.names)
        self.stack.environment = environment

    def up(self, *, fails: bool = False) -> None:
        """An `up`; its new deployments are known by number from then on."""
        self.stack.up(fails=fails)
        for deployment in sorted(self.local.deployments(), key=lambda it: it["createdAt"]):
            id_ = deployment["customModelDeploymentArn"].rpartition("/")[2]
            self.names.setdefault(id_, f"deployment{len(self.names):02}")


def record(stack: Stack, local: LocalBedrock, model: str, other_model: str) -> Previews:
    """All cases, in an order that needs few updates."""
    recorder = Recorder(stack, local)
    configure, take = recorder.configure, recorder.take
    bedrock = local.client("bedrock")
    stack.program(PROGRAM.read_text())

    configure(model=model)
    take("first-create")
    recorder.up()
    take("unchanged")
    configure(model=other_model)
    take("model-changed-automatic-name")
    configure(model=model, team="sales")
    take("tags-changed")
    configure(model=model, deploy="false")
    take("deployment-taken-out")
    configure(model=other_model, train="true")
    take("model-unknown")

    bedrock.create_custom_model_deployment(modelDeploymentName="by-hand", modelArn=model)
    configure(model=model, adopt="by-hand")
    take("import")

    (arn,) = [resource["id"] for resource in stack.resources()]
    configure(model=model)
    bedrock.update_custom_model_deployment(customModelDeploymentIdentifier=arn, modelArn=other_model)
    bedrock.tag_resource(resourceARN=arn, tags=[{"key": "team", "value": "someone else"}])
    take("drift", "--refresh")
    bedrock.delete_custom_model_deployment(customModelDeploymentIdentifier=arn)
    take("deleted-outside", "--refresh")

    configure(model=model, name="support-bot-live")
    stack.refresh()
    recorder.up()
    configure(model=other_model, name="support-bot-live")
    take("model-changed-fixed-name")
    configure(model=f"{model[:-4]}gone", name="support-bot-live")
    recorder.up(fails=True)
    take("replacement-broken-off")
    configure(model=model, name="support-bot-live")
    take("replacement-broken-off-and-taken-back")
    configure(model=other_model, name="support bot", warning="The prompt is from last year.")
    take("failing", fails=True)
    return recorder.taken


def record_consumers(stack: Stack, local: LocalBedrock, model: str, other_model: str) -> Previews:
    """The cases with consumers from pulumi_aws, for which the tests have a stand-in."""
    stack.environment["PATH"] = f"{AWS_STAND_IN}{os.pathsep}{stack.environment['PATH']}"
    recorder = Recorder(stack, local)
    stack.program(CONSUMERS_PROGRAM.read_text())
    recorder.configure(model=model)
    recorder.up()
    recorder.configure(model=other_model)
    recorder.take("secret-consumer")
    recorder.configure(model=other_model, inPlace="true")
    recorder.take("updated-in-place")
    recorder.configure(model=model, inPlace="true", team="sales")
    recorder.take("tags-updated-in-place")
    return recorder.taken


def check(previews: Previews, cases: tuple[str, ...]) -> None:
    """Compare with the golden files, or write them."""
    assert {case for case, _ in previews} == set(cases)
    comments = {key: comment(text) for key, text in previews.items()}
    if os.environ.get(REMAKE):
        for (case, form), text in previews.items():
            (GOLDENS / f"{case}.{form}.json").write_text(text, encoding="utf-8")
            (GOLDENS / f"{case}.{form}.md").write_text(comments[case, form], encoding="utf-8")
    for key, text in previews.items():
        assert unordered(text) == unordered(stored(*key)), key
        assert comments[key] == stored_comment(*key), key


def test_comment_matches_real_preview(stack: Stack, local: LocalBedrock, model: str, other_model: str) -> None:
    check(record(stack, local, model, other_model), MAIN_CASES)


def test_comment_matches_real_preview_with_aws_consumers(
    stack: Stack, local: LocalBedrock, model: str, other_model: str
) -> None:
    previews = record_consumers(stack, local, model, other_model)
    check(previews, CONSUMER_CASES)
    for case in ("updated-in-place", "tags-updated-in-place"):
        steps = json.loads(previews[case, "digest"])["steps"]
        changed = {step["urn"].rpartition("::")[2]: step["op"] for step in steps if step["op"] != "same"}
        assert changed == {"support-bot": "update"}
