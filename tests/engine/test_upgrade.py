"""A stack that an older version made needs nothing from this one: no diff, and no write to AWS but the deletes.

The file in `states/` is `pulumi stack export` of a stack that revision 1b590c2 made, with the deployments that were
then in the account. It is never edited: a version that writes another state adds a file. Its secrets are encrypted with
the passphrase of the engine tests.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from engine.stack import DEPLOYMENT, INVOCATION, Stack
from pulumi_bedrock.local import LocalBedrock

STATES = Path(__file__).parent / "states"
TRAINED_MODEL = "pulumi-python:dynamic/bedrock:TrainedModel"
READS = {
    "GetCustomModel",
    "GetCustomModelDeployment",
    "GetModelCustomizationJob",
    "ListCustomModelDeployments",
    "ListCustomModels",
    "ListTagsForResource",
}


def test_stack_made_before_packages_shows_no_diff_and_is_destroyed(stack: Stack, local: LocalBedrock) -> None:
    saved = json.loads((STATES / "before-packages.json").read_text())
    restore(saved, stack, local)
    assert [len(stack.resources(each)) for each in (DEPLOYMENT, INVOCATION, TRAINED_MODEL)] == [4, 2, 1]
    before = {resource["urn"]: resource for resource in stack.resources()}

    stack.preview("--expect-no-changes")
    stack.preview("--refresh")
    stack.refresh("--expect-no-changes")
    stack.up("--expect-no-changes")

    assert set(local.counts()) <= READS, "a write to AWS"
    for resource in stack.resources():
        assert resource["id"] == before[resource["urn"]]["id"]
    stack.destroy()
    writes = {operation: count for operation, count in local.counts().items() if operation not in READS}
    assert writes == {"DeleteCustomModelDeployment": 4}
    assert stack.resources() == local.deployments() == []


def restore(saved: dict[str, Any], stack: Stack, local: LocalBedrock) -> None:
    """Put the state into the stack, and models and deployments into the account."""
    local.create_custom_model("tickets-v1")
    [trained] = saved["trainedModel"]
    job = local.client("bedrock").create_model_customization_job(
        jobName=trained["jobName"],
        customModelName=trained["modelName"],
        roleArn="arn:aws:iam::123456789012:role/tuner",
        baseModelIdentifier="amazon.nova-micro-v1:0:128k",
        trainingDataConfig={"s3Uri": "s3://data/train.jsonl"},
        outputDataConfig={"s3Uri": "s3://data/out"},
        hyperParameters={},
    )
    assert job["jobArn"] == saved["config"]["engine-test:job"]
    for deployment in saved["deployments"]:
        local.restore_deployment(deployment)
    stack.config = saved["config"]
    stack.set_secret("engine-test:secret", "a secret note")
    stack.work.joinpath("__main__.py").write_text((STATES / "before_packages.py").read_text())
    export = stack.folder / "export.json"
    export.write_text(json.dumps(saved["stack"]))
    stack.pulumi("stack", "import", "--file", str(export))
    local.clear_requests()
