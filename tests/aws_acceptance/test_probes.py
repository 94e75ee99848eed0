"""What the probes find on a service that contradicts assumptions, or refuses calls for another reason."""

from __future__ import annotations

from pathlib import Path

import pytest
from engine.witness import Witness
from pulumi_bedrock.local import LocalBedrock
from pulumi_bedrock.local.contradictions import CONTRADICTIONS

from acceptance.account import Account
from acceptance.exchanges import Exchanges, mask
from acceptance.ledger import Ledger
from acceptance.probes import Probes
from acceptance.results import NOT_PROBED, OF_MODELS, PROBED, Results

ABSENT = "arn:aws:bedrock:us-east-1:123456789012:custom-model-deployment/abcdefghij12"
# A contradiction can make another assumption impossible to probe: hence two runs.
APART = {"delete-while-creating", "list-shows-update", "token-replayed", "update-needs-active"}
TOGETHER = {*CONTRADICTIONS} - {*NOT_PROBED} - {*OF_MODELS} - APART
NOT_SHOWN = {"delete-while-creating", "list-shows-update", "reads-lag-briefly"}


class Probing:
    """The probes in this process, and what they find."""

    def __init__(self, folder: Path, model: str, other_model: str) -> None:
        self.results = Results()
        account = Account(model, Exchanges())
        self.ledger = Ledger.start(folder, region="us-east-1", account="123456789012")
        self.probes = Probes(
            account, self.ledger, self.results, other_model=other_model, slow=True, say=lambda _line: None
        )

    @property
    def verdicts(self) -> dict[str, str]:
        return {
            result.identifier: result.verdict
            for result in self.results.all()
            if result.identifier in PROBED.keys() - OF_MODELS.keys()
        }


@pytest.fixture
def probing(
    tmp_path: Path, local_bedrock_in_environment: None, local: LocalBedrock, model: str, other_model: str
) -> Probing:
    local.client("bedrock").create_custom_model_deployment(modelDeploymentName="strangers", modelArn=model)
    local.set_activation(seconds=2)
    local.set_deletion(seconds=2)
    return Probing(tmp_path, model, other_model)


@pytest.mark.parametrize(("contradicted", "not_probed"), [(TOGETHER, NOT_SHOWN), (APART, set())])
def test_each_contradiction_is_found(
    probing: Probing,
    local: LocalBedrock,
    witness: Witness,
    monkeypatch: pytest.MonkeyPatch,
    contradicted: set[str],
    not_probed: set[str],
) -> None:
    monkeypatch.setattr("acceptance.probes.LAG_ALLOWED", 0.5)
    local.contradict(*contradicted)

    probing.probes.run()

    assert {identifier for identifier, verdict in probing.verdicts.items() if verdict == "not held"} == contradicted
    assert {identifier for identifier, verdict in probing.verdicts.items() if verdict == "not probed"} == not_probed
    assert max(len(moment.statuses) for moment in witness.moments) <= 1 + 2, "a stranger's, and at most two of the run"


def test_tags_refused_for_another_reason_show_nothing(probing: Probing, local: LocalBedrock, model: str) -> None:
    local.set_activation()
    arn = probing.probes._create(probing.ledger.name("probe"), "a-token")
    local.add_fault(operation="TagResource", error="AccessDeniedException")
    probing.probes._active(arn)
    assert probing.verdicts["fifty-tags"] == probing.verdicts["nobody-sets-aws-tags"] == "not probed"


def test_creates_refused_for_another_reason_show_nothing(probing: Probing, local: LocalBedrock, model: str) -> None:
    probing.probes._spare_was_refused = True
    local.add_fault(operation="CreateCustomModelDeployment", error="AccessDeniedException")
    probing.probes._deleted(ABSENT)
    assert probing.verdicts["token-outlives-delete"] == "not probed"
    assert probing.verdicts["refused-create-uses-no-token"] == "not probed"


def test_list_without_the_deployment_does_not_show_that_it_is_deleting(
    probing: Probing, local: LocalBedrock, monkeypatch: pytest.MonkeyPatch
) -> None:
    local.set_deletion(manual=True)
    arn = probing.probes._create(probing.ledger.name("probe"), "a-token")
    probing.probes._delete(arn)
    monkeypatch.setattr(probing.probes, "_list", list)
    probing.probes._deleting(arn)
    assert probing.verdicts["deleting-shown"] == "not held"


def test_names_of_users_are_masked() -> None:
    said = (
        "User: arn:aws:sts::123456789012:assumed-role/Admin/jane@corp is not authorized to perform: bedrock:TagResource"
    )
    assert mask(said) == "User: arn:aws:sts::000000000000:… is not authorized to perform: bedrock:TagResource"
