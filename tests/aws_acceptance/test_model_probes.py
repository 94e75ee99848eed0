"""The probes of custom models: what they find, and that a run creates and deletes only its own."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from aws_acceptance.conftest import Suite, kill
from pulumi_bedrock.local import LocalBedrock
from pulumi_bedrock.local.contradictions import CONTRADICTIONS
from pulumi_bedrock.values.tags import as_list
from scenarios.condition import eventually

from acceptance.account import Account
from acceptance.cleaning import clean
from acceptance.consent import announce
from acceptance.exchanges import Exchanges
from acceptance.kinds import CUSTOM_MODEL
from acceptance.ledger import Ledger
from acceptance.model_probes import Artifacts, ModelProbes
from acceptance.results import OF_MODELS, Results

SHARED = {
    "fifty-tags",
    "list-shows-creating",
    "nobody-sets-aws-tags",
    "reads-lag-briefly",
    "tags-removable",
    "token-replayed",
    "untag-unknown-key",
}
"""The assumptions of deployments that are probed with a custom model too."""
# Without the second create under the name of a deleted model, nothing is deleted while it is Creating.
APART = {"model-name-free-after-delete"}
TOGETHER = ({*CONTRADICTIONS} & {*OF_MODELS, *SHARED}) - APART


@pytest.fixture
def found(
    tmp_path: Path, local_bedrock_in_environment: None, local: LocalBedrock, artifacts: Artifacts
) -> Callable[[], dict[str, str]]:
    """Makes the probes in this process, and returns the verdicts."""
    local.set_model_creation(seconds=1)

    def probe() -> dict[str, str]:
        results = Results()
        account = Account("", Exchanges(), role_arn=artifacts.role_arn)
        ledger = Ledger.start(tmp_path, region="us-east-1", account="123456789012")
        ModelProbes(account, ledger, results, artifacts, lambda _line: None).run()
        return {each.identifier: each.verdict for each in results.all() if each.identifier in {*OF_MODELS, *SHARED}}

    return probe


def test_each_assumption_holds_and_nothing_is_left(found: Callable[[], dict[str, str]], local: LocalBedrock) -> None:
    assert found() == dict.fromkeys({*OF_MODELS, *SHARED}, "held")
    assert (local.custom_models(), local.deployments()) == ([], [])
    assert local.counts()["CreateCustomModel"] == 6


@pytest.mark.parametrize("contradicted", [TOGETHER, APART], ids=["together", "apart"])
def test_each_contradiction_is_found(
    found: Callable[[], dict[str, str]],
    local: LocalBedrock,
    monkeypatch: pytest.MonkeyPatch,
    contradicted: set[str],
) -> None:
    monkeypatch.setattr("acceptance.model_probes.LAG_ALLOWED", 0.5)
    local.set_deletion(seconds=2)
    local.contradict(*contradicted)
    verdicts = found()
    assert {identifier for identifier, verdict in verdicts.items() if verdict == "not held"} == contradicted
    assert (local.custom_models(), local.deployments()) == ([], [])


def test_create_refused_for_another_reason_shows_nothing(
    found: Callable[[], dict[str, str]], local: LocalBedrock
) -> None:
    local.add_fault(operation="CreateCustomModel", error="AccessDeniedException", count=2)
    verdicts = found()
    assert verdicts["unusable-role-refused"] == verdicts["missing-artifacts-fail-later"] == "not probed"
    assert verdicts["imported-model-arn"] == "held"


def test_model_that_fails_ends_the_probes(found: Callable[[], dict[str, str]], local: LocalBedrock) -> None:
    local.add_fault(operation="CreateCustomModel", kind="activation")
    verdicts = found()
    assert verdicts["model-name-conflict"] == "held"
    assert verdicts["model-in-use"] == verdicts["fifty-tags"] == "not probed"


def test_run_creates_and_deletes_only_its_own_models(
    suite: Suite, local: LocalBedrock, model: str, artifacts: Artifacts, verdicts: Callable[[], dict[str, str]]
) -> None:
    bedrock = local.client("bedrock")
    bedrock.create_custom_model_deployment(modelDeploymentName="strangers", modelArn=model)
    before = (local.custom_models(), local.deployments())
    local.set_model_creation(seconds=1)
    local.clear_requests()

    done = suite.make("test-aws", f"S3_URI={artifacts.s3_uri}", f"ROLE_ARN={artifacts.role_arn}", YES="1")

    assert (done.returncode, done.stderr) == (0, "")
    assert f"Artifacts:   {artifacts.s3_uri}\nRole:        {artifacts.role_arn}\n" in done.stdout
    assert (local.custom_models(), local.deployments()) == before
    held = {identifier for identifier, verdict in verdicts().items() if verdict == "held"}
    assert held == {*OF_MODELS, *SHARED}
    assert {*verdicts().values()} == {"held", "not probed"}
    assert re.search(r"^\| acceptance-\w+-model \| 20.+ \| [\d.]+ s \|$", suite.report, re.MULTILINE)
    assert suite.ledgers == []
    [path] = suite.folder.glob("*.exchanges.json")
    exchanges = json.loads(path.read_text())["exchanges"]
    whole = [each["answer"] for each in exchanges if each["operation"] == "GetCustomModel" and "answer" in each]
    assert all("creationTime" in answer for answer in whole), "an answer about a model of the run is kept"
    for text in (suite.report, path.read_text()):
        assert not re.search("123456789012|customer-escrow|role/import|support-bot|strangers", text)


def test_killed_run_is_cleaned_up_by_its_ledger(suite: Suite, local: LocalBedrock, artifacts: Artifacts) -> None:
    local.set_model_creation(manual=True)
    arguments = ("--s3-uri", artifacts.s3_uri, "--role-arn", artifacts.role_arn)
    with suite.start("run", *arguments, YES="1") as run:
        eventually(local.custom_models, "the first custom model")
        kill(run)
    local.set_model_creation()
    ledger = Ledger.load(suite.ledgers[0])
    unlisted = ledger.name("other")
    local.client("bedrock").create_custom_model(modelName=unlisted, **artifacts.source)

    done = suite.run("clean")

    assert done.returncode == 1
    assert f"left in place, since its name or tag is not in this run's ledger: {unlisted} arn:" in done.stdout
    assert [each["modelName"] for each in local.custom_models()] == [unlisted]


def test_deployment_is_cleaned_up_before_its_model(
    tmp_path: Path, local: LocalBedrock, artifacts: Artifacts, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("acceptance.cleaning.DELETION_TIMEOUT", 0.5)
    bedrock, ledger = local.client("bedrock"), Ledger.start(tmp_path, region="us-east-1", account="123456789012")
    name, tags = ledger.name("any"), as_list(ledger.tags)
    ledger.plan(name, CUSTOM_MODEL.noun)
    arn = bedrock.create_custom_model(modelName=name, modelTags=tags, **artifacts.source)["modelArn"]
    ledger.plan(name)
    bedrock.create_custom_model_deployment(modelDeploymentName=name, modelArn=arn, tags=tags)
    lines: list[str] = []
    assert clean(bedrock, ledger, lines.append), lines
    assert (local.custom_models(), local.deployments()) == ([], [])


def test_screen_says_that_models_are_created(local_bedrock_in_environment: None, artifacts: Artifacts) -> None:
    account = Account("", Exchanges(), role_arn=artifacts.role_arn)
    screen = announce(account, other_model=None, slow=False, artifacts=artifacts)
    assert "This run creates two custom models of the artifacts, one after the other, " in screen
    assert "no other custom model, no other deployment" in screen
    assert "so it takes from half an hour to 5 hours." in screen
    assert "\nModel: " not in screen
