"""The pull-request comment, from real previews: each golden file is what today's engine says, and what comes of it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from engine.stack import Run, Stack
from preview_comment.goldens import CASES, FORMS, GOLDENS, normalised, stored_comment
from preview_comment.make_goldens import REMAKE
from pulumi_bedrock.local import LocalBedrock
from pulumi_bedrock.preview_comment import comment

PROGRAM = Path(__file__).parents[1] / "preview_comment/program.py"
Previews = dict[tuple[str, str], str]


class Recorder:
    """Takes previews of one stack in both forms."""

    def __init__(self, stack: Stack, local: LocalBedrock) -> None:
        self.stack, self.local = stack, local
        self.taken: Previews = {}

    def configure(self, **values: str) -> None:
        self.stack.config = {"aws:region": "us-east-1"} | {
            f"{self.stack.project}:{k}": v for k, v in values.items()
        }

    def take(self, case: str, *flags: str, fails: bool = False) -> None:
        environment = self.stack.environment
        for form in FORMS:
            streaming = {"PULUMI_ENABLE_STREAMING_JSON_PREVIEW": "1"} if form == "stream" else {}
            self.stack.environment = {**environment, **streaming}
            run: Run = self.stack.pulumi("preview", "--json", *flags, fails=fails)
            self.taken[case, form] = normalised(run.stdout, form, self._names())
        self.stack.environment = environment

    def _names(self) -> dict[str, str]:
        deployed = sorted(self.local.deployments(), key=lambda it: it["createdAt"])
        ids = [it["customModelDeploymentArn"].rpartition("/")[2] for it in deployed]
        return {str(self.stack.folder): "/stack"} | {
            id_: f"deployment{n:02}" for n, id_ in enumerate(ids, start=1)
        }


def record(stack: Stack, local: LocalBedrock, model: str, other_model: str) -> Previews:
    """All cases, in an order that needs few updates."""
    recorder = Recorder(stack, local)
    configure, take = recorder.configure, recorder.take
    bedrock = local.client("bedrock")
    stack.program(PROGRAM.read_text())

    configure(model=model)
    take("first-create")
    stack.up()
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
    names = recorder._names()
    bedrock.delete_custom_model_deployment(customModelDeploymentIdentifier=arn)
    recorder._names = lambda: names  # type: ignore[method-assign]  # its ARN is in the previews still
    take("deleted-outside", "--refresh")
    del recorder._names

    configure(model=model, name="support-bot-live")
    stack.refresh()
    stack.up()
    configure(model=other_model, name="support-bot-live")
    take("model-changed-fixed-name")
    configure(model=other_model, name="support bot", warning="The prompt is from last year.")
    take("failing", fails=True)
    return recorder.taken


@pytest.fixture
def previews(stack: Stack, local: LocalBedrock, model: str, other_model: str) -> Iterator[Previews]:
    yield record(stack, local, model, other_model)


def test_comments_of_real_previews(previews: Previews) -> None:
    assert {case for case, _ in previews} == set(CASES)
    if os.environ.get(REMAKE):
        for (case, form), text in previews.items():
            (GOLDENS / f"{case}.{form}.json").write_text(text, encoding="utf-8")
            (GOLDENS / f"{case}.{form}.md").write_text(comment(text), encoding="utf-8")
    different = [key for key, text in previews.items() if comment(text) != stored_comment(*key)]
    for key in different:
        print(key, comment(previews[key]), sep="\n")
    assert not different
