"""Today's engine prints the previews in the golden files, and the command makes the comments in them."""

from __future__ import annotations

import json
import os
from pathlib import Path

from engine.stack import Stack
from preview_comment.goldens import (
    CONSUMER_CASES,
    GOLDENS,
    MAIN_CASES,
    MODEL_CASES,
    normalised,
    normalised_state,
    of_engines,
    stored_comment,
    stored_state,
    unordered,
)
from preview_comment.make_goldens import REMAKE
from pulumi_bedrock.local import LocalBedrock
from pulumi_bedrock.preview_comment import comment
from scenarios.condition import eventually
from scenarios.processes import alive
from scenarios.stacks import ScenarioStack

TESTS = Path(__file__).parents[1]
PROGRAM = TESTS / "preview_comment/program.py"
CONSUMERS_PROGRAM = TESTS / "preview_comment/consumers_program.py"
MODELS_PROGRAM = TESTS / "preview_comment/models_program.py"
AWS_STAND_IN = TESTS / "examples/aws_stand_in/bin"


class Recorder:
    """Takes previews of one stack, by case."""

    def __init__(self, stack: Stack, local: LocalBedrock) -> None:
        self.stack, self.local = stack, local
        stack.environment["PULUMI_ENABLE_STREAMING_JSON_PREVIEW"] = "1"
        self.taken: dict[str, str] = {}
        self.states: dict[str, str] = {}
        self.names = {str(stack.folder): "/stack"}

    def configure(self, **values: str) -> None:
        self.stack.config = {"aws:region": "us-east-1"} | {f"{self.stack.project}:{k}": v for k, v in values.items()}

    def take(self, case: str, *flags: str, fails: bool = False) -> None:
        said = self.stack.pulumi("preview", "--json", *flags, fails=fails).stdout
        self.taken[case] = normalised(said, self.names)

    def take_with_state(self, case: str) -> None:
        self.take(case)
        self.states[case] = normalised_state(self.stack.pulumi("stack", "export").stdout, self.names)

    def up(self, *, fails: bool = False) -> None:
        """An `up`; its new deployments and custom models are known by number from then on."""
        self.stack.up(fails=fails)
        for model in sorted(self.local.custom_models(), key=lambda it: it["creationTime"]):
            prefix, _, id_ = model["modelArn"].rpartition("/")
            if prefix.endswith("/imported"):
                self.names.setdefault(id_, f"model{len(self.names):07}")
        for deployment in sorted(self.local.deployments(), key=lambda it: it["createdAt"]):
            id_ = deployment["customModelDeploymentArn"].rpartition("/")[2]
            self.names.setdefault(id_, f"deployment{len(self.names):02}")

    def killed_up(self, *waits: str) -> None:
        """An `up` whose CLI is killed when it has said that it waits."""
        stack = self.stack
        again = ScenarioStack(stack.folder, project=stack.project, name=stack.name, environment=stack.environment)
        again.config = stack.config
        self.local.set_activation(manual=True)
        try:
            running = again.start()
            for words in waits:
                running.says(words)
            host = running.kill()
            eventually(lambda: not alive(host), "the end of the host")
        finally:
            again.end()
        self.local.set_activation(seconds=0)


def record(stack: Stack, local: LocalBedrock, model: str, other_model: str) -> Recorder:
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
    return recorder


def record_consumers(stack: Stack, local: LocalBedrock, model: str, other_model: str) -> Recorder:
    """The cases with consumers from pulumi_aws, for which the tests have a stand-in."""
    stack.environment["PATH"] = f"{AWS_STAND_IN}{os.pathsep}{stack.environment['PATH']}"
    recorder = Recorder(stack, local)
    stack.program(CONSUMERS_PROGRAM.read_text())
    recorder.configure(model=model, provider="true")
    recorder.take("aws-provider")
    recorder.configure(model=model)
    recorder.up()
    recorder.configure(model=model, provider="true")
    recorder.take("moved-to-aws-provider")
    recorder.configure(model=other_model)
    recorder.take("secret-consumer")
    recorder.configure(model=other_model, inPlace="true")
    recorder.take("updated-in-place")
    recorder.configure(model=model, inPlace="true", team="sales")
    recorder.take("tags-updated-in-place")

    recorder.configure(model=other_model, inPlace="true", second="true")
    recorder.killed_up("Updating, waiting for UpdateCompleted", "Creating, waiting for Active")
    stack.pulumi("cancel", "--yes")
    recorder.configure(model=model)
    recorder.take_with_state("interrupted")
    return recorder


def record_models(stack: Stack, local: LocalBedrock) -> Recorder:
    """The cases with a custom model, its deployment and a smoke test."""
    recorder = Recorder(stack, local)
    configure, take, bedrock = recorder.configure, recorder.take, local.client("bedrock")
    stack.program(MODELS_PROGRAM.read_text())
    configure(job="1")
    take("custom-model-first-create")
    recorder.up()
    configure(job="2")
    take("custom-model-replaced")
    configure(job="1", team="sales")
    take("custom-model-tags-updated")
    source = {"s3DataSource": {"s3Uri": "s3://customer-escrow/by-hand/"}}
    bedrock.create_custom_model(
        modelName="by-hand", modelSourceConfig=source, roleArn="arn:aws:iam::123456789012:role/r"
    )
    configure(job="1", adopt="by-hand")
    take("custom-model-import")
    configure(job="1")
    (model,) = [each["modelArn"] for each in local.custom_models() if each["modelName"] != "by-hand"]
    bedrock.tag_resource(resourceARN=model, tags=[{"key": "team", "value": "someone else"}])
    take("custom-model-drift", "--refresh")
    configure(job="1", out="true")
    take("custom-model-taken-out")

    configure(job="1", name="support-bot-live")
    recorder.up()
    configure(job="2", name="support-bot-live")
    take("custom-model-replaced-fixed-name")
    configure(job="1", name="support-bot-live", inPlace="true")
    recorder.up()
    configure(job="2", name="support-bot-live", inPlace="true")
    take("custom-model-in-use")

    (deployment,) = [each["customModelDeploymentArn"] for each in local.deployments()]
    (model,) = [each["modelArn"] for each in local.custom_models() if each["modelName"] == "support-bot-live"]
    bedrock.delete_custom_model_deployment(customModelDeploymentIdentifier=deployment)
    bedrock.delete_custom_model(modelIdentifier=model)
    configure(job="1", name="support-bot-live", inPlace="true")
    take("custom-model-deleted-outside", "--refresh")
    return recorder


def check(recorder: Recorder, cases: tuple[str, ...]) -> None:
    """Compare with the golden files, or write them."""
    previews, states = recorder.taken, recorder.states
    assert set(previews) == set(cases)
    comments = {case: comment(text, state=states.get(case)) for case, text in previews.items()}
    if os.environ.get(REMAKE):
        for case, text in previews.items():
            (GOLDENS / f"{case}.json").write_text(text, encoding="utf-8")
            (GOLDENS / f"{case}.md").write_text(comments[case], encoding="utf-8")
        for case, text in states.items():
            (GOLDENS / f"{case}.state.json").write_text(text, encoding="utf-8")
    for case, text in previews.items():
        assert unordered(text) in [unordered(golden) for golden in of_engines(case)], case
        assert states.get(case) == stored_state(case), case
        assert comments[case] == stored_comment(case), case


def test_comment_matches_real_preview(stack: Stack, local: LocalBedrock, model: str, other_model: str) -> None:
    check(record(stack, local, model, other_model), MAIN_CASES)


def test_comment_matches_real_preview_with_aws_consumers(
    stack: Stack, local: LocalBedrock, model: str, other_model: str
) -> None:
    recorder = record_consumers(stack, local, model, other_model)
    check(recorder, CONSUMER_CASES)
    assert "support-bot" not in changed(recorder.taken["moved-to-aws-provider"])
    assert changed(recorder.taken["updated-in-place"]) == {"support-bot": "update"}
    assert changed(recorder.taken["tags-updated-in-place"]) == {"support-bot": "update"}
    assert changed(recorder.taken["interrupted"]) == {}
    # AWS serves the new model, the program and the state have the old one, and the engine's preview says nothing of it.
    live = {item["modelDeploymentName"].rpartition("-")[0]: item["modelArn"] for item in local.deployments()}
    assert live == {"support-bot": other_model, "sales-bot": other_model}
    assert "pending operations" not in recorder.taken["interrupted"]


def test_comment_matches_real_preview_of_custom_models(stack: Stack, local: LocalBedrock) -> None:
    check(record_models(stack, local), MODEL_CASES)


def changed(preview: str) -> dict[str, str]:
    """The operation on each resource that changes."""
    events = [json.loads(line) for line in preview.splitlines()]
    steps = [event["resourcePreEvent"]["metadata"] for event in events if "resourcePreEvent" in event]
    return {step["urn"].rpartition("::")[2]: step["op"] for step in steps if step["op"] != "same"}
