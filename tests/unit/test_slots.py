"""The queue of creates that AWS refuses for its quota: what its first one does next, and in which order they leave."""

from __future__ import annotations

import pytest
from pulumi_bedrock import errors
from pulumi_bedrock.aws.slots import REPEAT_AFTER, SETTLED_AFTER, Occupancy, Slots, Step, decide

NO = errors.ServiceQuotaExceeded("no")
IDLE = Occupancy((), 10)
ONE = Occupancy((("a", "Creating"),), 2)
TWO = Occupancy((("a", "Creating"), ("b", "Creating")), 2)
OTHER_TWO = Occupancy((("b", "Creating"), ("c", "Creating")), 3)
DELETING = Occupancy((("a", "Deleting"),), 10)


@pytest.mark.parametrize(
    ("refused", "before", "now", "step"),
    [
        pytest.param(False, None, TWO, Step.CALL, id="the newest call was accepted"),
        pytest.param(True, None, TWO, Step.WAIT, id="refused, and others are in progress"),
        pytest.param(True, None, IDLE, Step.CALL, id="refused, and they have ended since"),
        pytest.param(True, TWO, TWO, Step.WAIT, id="nothing has ended"),
        pytest.param(True, TWO, ONE, Step.CALL, id="one has ended"),
        pytest.param(True, TWO, OTHER_TWO, Step.CALL, id="one has ended, and another has begun"),
        pytest.param(True, ONE, TWO, Step.WAIT, id="another has begun"),
        pytest.param(True, ONE, IDLE, Step.CALL, id="the last one has ended"),
        pytest.param(True, IDLE, IDLE, Step.WAIT, id="refused though nothing was in progress: a list may lag"),
        pytest.param(True, IDLE, Occupancy((), 9), Step.CALL, id="one was deleted"),
        pytest.param(True, IDLE, Occupancy((), 11), Step.WAIT, id="one more is there"),
        pytest.param(True, IDLE, DELETING, Step.WAIT, id="a deletion is hope"),
        pytest.param(True, DELETING, Occupancy((), 9), Step.CALL, id="a deletion has ended"),
    ],
)
def test_next_step(refused: bool, before: Occupancy | None, now: Occupancy, step: Step) -> None:
    assert decide(refused, before, now) is step


def test_total_counts_as_full_only_when_lists_have_shown_nothing_in_progress_for_a_while() -> None:
    assert decide(True, IDLE, IDLE, idle_for=SETTLED_AFTER) is Step.LAST_CALL
    assert decide(True, TWO, TWO, idle_for=0, since_call=REPEAT_AFTER) is Step.CALL

    slots = Slots()
    slots.answered(IDLE, 0, refused=NO)
    assert [slots.next_step(IDLE, at) for at in (0, 4, 5)] == [Step.WAIT, Step.WAIT, Step.LAST_CALL]
    slots.answered(None, 1000, refused=NO)  # another queue, much later
    assert slots.next_step(IDLE, 1000) is Step.CALL
    slots.answered(IDLE, 1000, refused=NO)
    assert slots.next_step(IDLE, 1001) is Step.WAIT
    assert slots.next_step(Occupancy((("a", "Creating"),), 10), 1002) is Step.WAIT
    assert slots.next_step(IDLE, 1003) is Step.CALL, "one has ended that the list lacked at the time of the call"


def test_deletions_are_not_in_progress() -> None:
    assert DELETING.in_progress == 0
    assert DELETING.busy == {"a"}
    assert TWO.in_progress == 2


def test_queue_is_left_in_order_and_after_a_failure() -> None:
    slots = Slots()

    def fail() -> None:
        with slots.place() as second:
            assert slots.ahead(second) == 1
            with slots.entering() as may_call:
                assert not may_call
            raise errors.NameTaken("taken")

    with slots.place() as first:
        with pytest.raises(errors.NameTaken):
            fail()
        with slots.place() as third:
            assert (slots.ahead(first), slots.ahead(third)) == (0, 1)
    with slots.entering() as may_call:
        assert may_call


def test_allowed_number_is_the_largest_beside_which_a_create_was_refused() -> None:
    slots = Slots()
    slots.answered(None, 0, refused=NO)
    slots.next_step(TWO, 0)
    assert slots.allowed == 2
    slots.next_step(ONE, 1)
    assert slots.allowed == 2
    slots.answered(None, 2, refused=None)
    slots.next_step(Occupancy((*TWO.statuses, ("c", "Creating")), 3), 3)
    assert slots.allowed == 2, "nothing was refused beside these three"
