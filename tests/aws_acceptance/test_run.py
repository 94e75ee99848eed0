"""A whole run: what it says, what it reports, and that it leaves nothing."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

from aws_acceptance.conftest import Suite
from engine.witness import Witness
from pulumi_bedrock.local import LocalBedrock

from acceptance.results import NOT_PROBED, OF_MODELS, PROBED

STRANGER = "made-by-somebody-else"
OPERATIONS = {
    "Converse",
    "CreateCustomModelDeployment",
    "DeleteCustomModelDeployment",
    "GetCustomModel",
    "GetCustomModelDeployment",
    "ListCustomModelDeployments",
    "ListCustomModels",
    "ListTagsForResource",
    "TagResource",
    "UntagResource",
    "UpdateCustomModelDeployment",
}
"""All that a run calls: it neither creates nor deletes a custom model."""


def test_run_proves_every_assumption_and_changes_only_what_it_created(
    suite: Suite,
    local: LocalBedrock,
    witness: Witness,
    model: str,
    other_model: str,
    verdicts: Callable[[], dict[str, str]],
) -> None:
    stranger = local.client("bedrock").create_custom_model_deployment(modelDeploymentName=STRANGER, modelArn=model)
    local.set_activation(seconds=2)
    local.set_deletion(seconds=2)

    done = suite.make("test-aws", f"MODEL_ARN={model}", f"OTHER_MODEL_ARN={other_model}", "SLOW=1", YES="1")

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("Account 123456789012, Region us-east-1, at http://127.0.0.1:")
    assert [each["customModelDeploymentArn"] for each in local.deployments()] == [stranger["customModelDeploymentArn"]]
    assert suite.ledgers == [], "the ledger of a run that left nothing is closed"
    not_probed = {**NOT_PROBED, **OF_MODELS}
    assert verdicts() == {**dict.fromkeys(PROBED, "held"), **dict.fromkeys(not_probed, "not probed")}
    steps = re.findall(r"^\| (\w.+?) \| worked \| [\d.]+ s \|$", suite.report, re.MULTILINE)
    assert [step.partition(",")[0].partition(":")[0] for step in steps] == [
        "create",
        "up again changes nothing",
        "refresh changes nothing",
        "drift of a tag is seen",
        "replacement",
        "import into a new state",
        "update in place",
        "destroy",
    ]
    created = re.findall(r"^\| acceptance-\w+-(probe|main-job) \| 20.+ \| [\d.]+ s \|$", suite.report, re.MULTILINE)
    assert created == ["probe", "main-job", "main-job"], "the replacement has the name of the first"
    assert "## Quotas of custom models and deployments\n\nThe quotas could not be read: " in suite.report
    writes = {
        entry["resource"] for entry in local.requests() if entry["operation"].startswith(("Delete", "Update", "Tag"))
    }
    assert stranger["customModelDeploymentArn"] not in writes
    assert max(len(moment.statuses) for moment in witness.moments) <= 1 + 2, "a stranger's, and at most two of the run"
    assert local.counts().keys() <= OPERATIONS
    _holds_no_account_and_no_credentials(suite)


def _holds_no_account_and_no_credentials(suite: Suite) -> None:
    [path] = suite.folder.glob("*.exchanges.json")
    exchanges = json.loads(path.read_text())["exchanges"]
    assert {"CreateCustomModelDeployment", "Converse"} <= {entry["operation"] for entry in exchanges}
    assert all({"at", "request", "seconds"} <= entry.keys() for entry in exchanges)
    model, foreign = (entry for entry in exchanges if entry["operation"] == "GetCustomModel")
    assert model["answer"].keys() == {"modelArn", "modelStatus"}
    assert foreign["error"]["Code"] == "ResourceNotFoundException"
    assert any(entry.get("answer", {}).get("leftOut") for entry in exchanges), "a list had the stranger's"
    for text in (suite.report, path.read_text()):
        assert STRANGER not in text
        assert "123456789012" not in text
        assert "testing" not in text
        assert "000000000000" in text


def test_run_against_a_service_that_contradicts_assumptions_says_so(
    suite: Suite, local: LocalBedrock, model: str, verdicts: Callable[[], dict[str, str]]
) -> None:
    contradicted = ["converse-absent", "delete-while-creating", "token-replayed"]
    local.set_activation(seconds=2)
    local.contradict(*contradicted)

    done = suite.run_without_main_job("--model-arn", model, YES="1")

    assert (done.returncode, done.stderr) == (1, "")
    broken = {identifier for identifier, verdict in verdicts().items() if verdict == "not held"}
    assert broken == {*contradicted}
    row = r"^\| `delete-while-creating` \|.* \| Delete while it is Creating \| \*\*not held\*\* \| ok \| [\d.]+ s \|"
    assert re.search(row, suite.report, re.M)
    assert verdicts()["update-keeps-serving"] == "not probed"
    assert local.deployments() == []
