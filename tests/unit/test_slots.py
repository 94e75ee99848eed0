"""The queue of creates that AWS refuses for its quota: what its first one does next, and in which order they leave."""

from __future__ import annotations

from dataclasses import replace

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
    assert decide(refused, before, now, idle_for=0, since_call=0) is step


def test_total_counts_as_full_only_when_lists_have_shown_nothing_in_progress_for_a_while() -> None:
    assert decide(True, IDLE, IDLE, idle_for=SETTLED_AFTER, since_call=0) is Step.LAST_CALL
    assert decide(True, TWO, TWO, idle_for=0, since_call=REPEAT_AFTER) is Step.CALL

    slots = Slots()
    slots.answered(IDLE, 0, refused=NO)
    assert [slots.next_step(IDLE, at) for at in (0, 4, 5)] == [Step.WAIT, Step.WAIT, Step.LAST_CALL]
    slots.answered(IDLE, 5, refused=NO)
    assert slots.next_step(IDLE, 6) is Step.LAST_CALL, "nothing has been in progress since the first look"
    slots.answered(None, 1000, refused=NO)  # another queue, much later
    assert slots.next_step(IDLE, 1000) is Step.CALL
    slots.answered(IDLE, 1000, refused=NO)
    assert slots.next_step(IDLE, 1001) is Step.WAIT
    assert slots.next_step(Occupancy((("a", "Creating"),), 10), 1002) is Step.WAIT
    assert slots.next_step(IDLE, 1003) is Step.CALL, "one has ended that the list lacked at the time of the call"


def test_room_is_still_there_for_the_next_when_the_first_gives_up() -> None:
    slots = Slots()
    slots.answered(TWO, 0, refused=NO)

    assert [slots.next_step(now, 1) for now in (TWO, ONE, ONE)] == [Step.WAIT, Step.CALL, Step.CALL]
    slots.answered(ONE, 2, refused=NO)
    assert slots.next_step(ONE, 3) is Step.WAIT


def test_slot_that_is_free_after_a_refusal_without_a_look_is_taken() -> None:
    """Another create is refused after the queue has looked, and one ends before the next look."""
    slots = Slots()
    slots.answered(None, 0, refused=NO)
    with slots.place():
        assert slots.next_step(TWO, 0) is Step.WAIT
        slots.answered(None, 1, refused=NO)

        assert slots.next_step(ONE, 2) is Step.CALL


def test_new_queue_knows_nothing_and_calls() -> None:
    slots = Slots()

    assert (slots.refused, slots.allowed, slots.has_own) == (None, 0, True)
    assert slots.next_step(TWO, 0) is Step.CALL


def test_newest_look_shows_whether_one_in_progress_is_this_run_s_own() -> None:
    slots = Slots()
    seen = []
    for now in (TWO, replace(TWO, has_own=True), ONE):
        slots.next_step(now, 0)
        seen.append(slots.has_own)

    assert seen == [False, True, False]


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
