"""AWS allows few deployments in progress: creates that it refuses wait for a slot, in the order in which they came."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from dynamic_host import DynamicHost, HostError
from fake_clock import FakeClock
from pulumi_bedrock.aws.deployments import Deployments
from pulumi_bedrock.local import LocalBedrock

from tools.crowd_clock import CrowdClock

CREATE, LIST = "CreateCustomModelDeployment", "ListCustomModelDeployments"
ACTIVATION = 480.0
Run = Callable[..., "Outcome"]


class Outcome:
    """What one run with many creates came to.

    :param ended: The ARN of each create, or its error.
    :param took: Simulated seconds.
    """

    def __init__(self, ended: list[str], took: float, local_bedrock: LocalBedrock) -> None:
        self.ended, self.took = ended, took
        answers = [entry["status"] for entry in local_bedrock.requests() if entry["operation"] == CREATE]
        self.accepted, self.refused = answers.count(202), len(answers) - answers.count(202)
        self.lists = local_bedrock.counts().get(LIST, 0)


@pytest.fixture
def run(
    start_host: Callable[..., DynamicHost],
    inputs: dict[str, Any],
    local_bedrock: LocalBedrock,
    monkeypatch: pytest.MonkeyPatch,
) -> Run:
    """Create many at once; each becomes Active some time after AWS accepted it."""

    def create_many(number: int, *, change: Callable[[int], dict[str, Any]] = lambda _index: {}) -> Outcome:
        host, crowd = start_host(), CrowdClock(number)
        host.provider.clock = crowd.clock
        local_bedrock.set_activation(manual=True)
        original = Deployments._create

        def create(deployments: Deployments, request: dict[str, object]) -> str:
            arn = original(deployments, request)
            crowd.after(ACTIVATION, lambda: local_bedrock.set_status(arn, "Active"))
            return arn

        monkeypatch.setattr(Deployments, "_create", create)
        local_bedrock.clear_requests()

        def one(index: int) -> str:
            owner = {**inputs["__owner"], "logicalName": f"bot-{index}"}
            try:
                return host.create({**inputs, "__owner": owner, **change(index)}).id
            except HostError as error:
                return str(error)
            finally:
                crowd.leave()

        began = crowd.time
        with ThreadPoolExecutor(number) as threads:
            ended = list(threads.map(one, range(number)))
        return Outcome(ended, crowd.time - began, local_bedrock)

    return create_many


def statuses(local_bedrock: LocalBedrock) -> dict[str, str]:
    return {found["customModelDeploymentArn"]: found["status"] for found in local_bedrock.deployments()}


@pytest.mark.parametrize(("number", "quota"), [(3, 2), (5, 2), (20, 2), (3, 1)])
def test_creates_beyond_the_quota_wait_for_their_slot(
    run: Run, local_bedrock: LocalBedrock, number: int, quota: int
) -> None:
    local_bedrock.set_quota_in_progress(quota)
    local_bedrock.set_quota(None)

    outcome = run(number)

    assert statuses(local_bedrock) == dict.fromkeys(outcome.ended, "Active")
    assert outcome.accepted == number
    assert outcome.refused <= 2 * number
    rounds = math.ceil(number / quota)
    assert rounds * ACTIVATION <= outcome.took <= 1.05 * rounds * ACTIVATION
    assert outcome.lists <= 160 * rounds


def test_queue_behind_own_deployments_does_not_count_against_timeout(run: Run, local_bedrock: LocalBedrock) -> None:
    local_bedrock.set_quota(None)

    outcome = run(6, change=lambda _index: {"timeouts": {"create": "10m"}})

    assert statuses(local_bedrock) == dict.fromkeys(outcome.ended, "Active")
    assert outcome.took > 1200


def test_create_that_fails_gives_its_place_on(run: Run, local_bedrock: LocalBedrock, model_arn: str) -> None:
    local_bedrock.set_quota(None)
    taken = local_bedrock.client("bedrock").create_custom_model_deployment(
        modelDeploymentName="taken", modelArn=model_arn
    )["customModelDeploymentArn"]
    local_bedrock.set_status(taken, "Active")

    outcome = run(6, change=lambda index: {"modelDeploymentName": "taken"} if index % 2 else {})

    failed = [said for said in outcome.ended if said.startswith("NameTaken: ")]
    made = set(outcome.ended) - set(failed)
    assert (len(failed), len(made)) == (3, 3)
    assert statuses(local_bedrock) == dict.fromkeys({taken, *made}, "Active")


@pytest.fixture
def stranger(local_bedrock: LocalBedrock, model_arn: str) -> str:
    """Somebody else's deployment, which is being created and takes the only slot."""
    local_bedrock.set_quota_in_progress(1)
    local_bedrock.set_activation(manual=True)
    made = local_bedrock.client("bedrock").create_custom_model_deployment(
        modelDeploymentName="theirs", modelArn=model_arn
    )
    return made["customModelDeploymentArn"]


def test_create_waits_for_slot_of_somebody_else(
    host: DynamicHost,
    inputs: dict[str, Any],
    local_bedrock: LocalBedrock,
    clock: FakeClock,
    stranger: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    clock.after(300, lambda: (local_bedrock.set_status(stranger, "Active"), local_bedrock.set_activation(seconds=0)))

    made = host.create(inputs)

    assert statuses(local_bedrock) == {stranger: "Active", made.id: "Active"}
    assert local_bedrock.counts()[CREATE] == 3  # theirs, the refused one, and the accepted one
    line = r"waiting for a slot \(AWS allows 1 at a time\): support-bot-\w{7}\n"
    assert len(re.findall(line, capsys.readouterr().out)) == 10, "one each 30 s"


def test_wait_for_slot_of_somebody_else_counts_against_timeout(
    host: DynamicHost, inputs: dict[str, Any], local_bedrock: LocalBedrock, clock: FakeClock, stranger: str
) -> None:
    began = clock.time

    with pytest.raises(HostError) as failure:
        host.create({**inputs, "timeouts": {"create": "3m"}})

    assert str(failure.value).startswith('WaitTimeout: deployment "support-bot-')
    assert "no slot was free within 3 min" in str(failure.value)
    assert '"(Model customization) In-progress custom model deployments" (L-430C95DD)' in str(failure.value)
    assert 180 <= clock.time - began < 190
    assert list(statuses(local_bedrock)) == [stranger]


def test_creates_behind_one_that_waits_for_somebody_else_time_out_with_it(
    run: Run, local_bedrock: LocalBedrock, stranger: str
) -> None:
    outcome = run(3, change=lambda _index: {"timeouts": {"create": "10m"}})

    assert all("no slot was free within 10 min" in said for said in outcome.ended)
    assert 600 <= outcome.took < 660


def test_somebody_else_that_the_list_does_not_show_yet_is_not_taken_for_full_total(
    host: DynamicHost, inputs: dict[str, Any], local_bedrock: LocalBedrock, clock: FakeClock, model_arn: str
) -> None:
    local_bedrock.set_quota_in_progress(1)
    local_bedrock.set_activation(manual=True)
    local_bedrock.add_fault(operation=CREATE, kind="stale", reads=6, count=1)
    theirs = local_bedrock.client("bedrock").create_custom_model_deployment(
        modelDeploymentName="theirs", modelArn=model_arn
    )["customModelDeploymentArn"]
    clock.after(60, lambda: (local_bedrock.set_status(theirs, "Active"), local_bedrock.set_activation(seconds=0)))

    made = host.create(inputs)

    assert statuses(local_bedrock) == {theirs: "Active", made.id: "Active"}


def test_each_call_after_a_refused_one_has_a_new_token(
    host: DynamicHost, inputs: dict[str, Any], local_bedrock: LocalBedrock, clock: FakeClock, stranger: str
) -> None:
    local_bedrock.contradict("refused-create-uses-no-token")
    clock.after(300, lambda: (local_bedrock.set_status(stranger, "Active"), local_bedrock.set_activation(seconds=0)))

    made = host.create(inputs)

    assert statuses(local_bedrock) == {stranger: "Active", made.id: "Active"}


def test_full_total_is_an_error_at_once(
    host: DynamicHost, inputs: dict[str, Any], local_bedrock: LocalBedrock, clock: FakeClock, model_arn: str
) -> None:
    client = local_bedrock.client("bedrock")
    for number in range(3):
        client.create_custom_model_deployment(modelDeploymentName=f"theirs-{number}", modelArn=model_arn)
    local_bedrock.set_quota(3)
    local_bedrock.clear_requests()
    began = clock.time

    with pytest.raises(HostError) as failure:
        host.create(inputs)

    said = str(failure.value)
    assert said.startswith('ServiceQuotaExceeded: deployment "support-bot-')
    assert "There are 3 custom model deployments in us-east-1, and none is being created." in said
    assert 'the quota "(Model customization) Total number of custom model deployments" (L-1EF80F3E) is full' in said
    assert "delete_before_replace=True" in said
    assert clock.time - began < 10
    assert local_bedrock.counts()[CREATE] == 3
    assert len(statuses(local_bedrock)) == 3


def test_deletion_in_progress_is_hope(
    host: DynamicHost, inputs: dict[str, Any], local_bedrock: LocalBedrock, clock: FakeClock, model_arn: str
) -> None:
    client = local_bedrock.client("bedrock")
    made = client.create_custom_model_deployment(modelDeploymentName="theirs", modelArn=model_arn)
    theirs = made["customModelDeploymentArn"]
    local_bedrock.set_quota(1)
    local_bedrock.set_deletion(manual=True)
    client.delete_custom_model_deployment(customModelDeploymentIdentifier=theirs)
    clock.after(200, lambda: local_bedrock.set_deletion(seconds=0))

    made = host.create(inputs)

    assert statuses(local_bedrock) == {made.id: "Active"}


def test_create_without_list_does_not_wait(
    host: DynamicHost, inputs: dict[str, Any], local_bedrock: LocalBedrock, clock: FakeClock, stranger: str
) -> None:
    local_bedrock.add_fault(operation=LIST, error="AccessDeniedException")

    with pytest.raises(HostError) as failure:
        host.create(inputs)

    assert str(failure.value).startswith('ServiceQuotaExceeded: deployment "support-bot-')
    assert "can't list deployments" in str(failure.value)
    assert list(statuses(local_bedrock)) == [stranger]


def test_creates_without_list_each_name_their_own_deployment(
    run: Run, local_bedrock: LocalBedrock, stranger: str
) -> None:
    local_bedrock.add_fault(operation=LIST, error="AccessDeniedException")

    outcome = run(3)

    named = [said.split('"')[1][:5] for said in outcome.ended if said.startswith("ServiceQuotaExceeded: deployment ")]
    assert named == ["bot-0", "bot-1", "bot-2"]


def test_quota_of_zero_is_not_called_a_full_total(
    host: DynamicHost, inputs: dict[str, Any], local_bedrock: LocalBedrock, clock: FakeClock
) -> None:
    local_bedrock.set_quota_in_progress(0)

    with pytest.raises(HostError) as failure:
        host.create(inputs)

    assert "There are no custom model deployments in us-east-1, so a quota is 0: " in str(failure.value)


@pytest.fixture
def left(
    start_host: Callable[..., DynamicHost], inputs: dict[str, Any], local_bedrock: LocalBedrock, clock: FakeClock
) -> str:
    """A deployment that an interrupted create left; it takes the only place in the account."""
    local_bedrock.set_quota(1)
    local_bedrock.set_activation(manual=True)
    with pytest.raises(HostError, match="WaitTimeout"):
        start_host().create({**inputs, "timeouts": {"create": "1m"}})
    [arn] = statuses(local_bedrock)
    local_bedrock.set_activation(seconds=0)
    return arn


def test_obsolete_deployment_makes_room_for_its_successor(
    start_host: Callable[..., DynamicHost], inputs: dict[str, Any], local_bedrock: LocalBedrock, left: str
) -> None:
    local_bedrock.set_status(left, "Failed")

    made = start_host().create({**inputs, "description": "changed"})

    assert statuses(local_bedrock) == {made.id: "Active"}
    assert made.id != left


def test_obsolete_deployment_that_serves_is_named_when_there_is_no_room(
    start_host: Callable[..., DynamicHost], inputs: dict[str, Any], local_bedrock: LocalBedrock, left: str
) -> None:
    """A forced replacement can't tell it from the recorded one, if somebody has put the mark back on that."""
    local_bedrock.set_status(left, "Active")

    with pytest.raises(HostError, match="ServiceQuotaExceeded") as failure:
        start_host().create({**inputs, "description": "changed"})

    assert "An interrupted run left support-bot-" in str(failure.value)
    assert f"--custom-model-deployment-identifier {left}" in str(failure.value)
    assert statuses(local_bedrock) == {left: "Active"}


def test_obsolete_deployment_that_serves_makes_room_when_a_diff_has_shown_the_recorded_one(
    start_host: Callable[..., DynamicHost], inputs: dict[str, Any], local_bedrock: LocalBedrock, clock: FakeClock
) -> None:
    local_bedrock.set_quota(2)
    recorded = start_host().create(inputs)
    local_bedrock.set_activation(manual=True)
    with pytest.raises(HostError, match="WaitTimeout"):
        start_host().create({**inputs, "description": "changed", "timeouts": {"create": "1m"}})
    [left] = statuses(local_bedrock).keys() - {recorded.id}
    local_bedrock.set_status(left, "Active")
    local_bedrock.set_activation(seconds=0)
    again = {**inputs, "description": "changed again"}
    host = start_host()
    assert host.diff(recorded.outputs, again, resource_id=recorded.id).replaces

    made = host.create(again)

    assert statuses(local_bedrock) == {recorded.id: "Active", made.id: "Active"}
