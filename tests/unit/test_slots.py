"""The queue of creates that AWS refuses for its quota: what its first one does next, and in which order they leave."""

from __future__ import annotations

import pytest
from pulumi_bedrock import errors
from pulumi_bedrock.aws.slots import Occupancy, Slots, Step, decide

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
        pytest.param(True, IDLE, IDLE, Step.FULL, id="refused though nothing was in progress"),
        pytest.param(True, IDLE, Occupancy((), 9), Step.CALL, id="one was deleted"),
        pytest.param(True, IDLE, Occupancy((), 11), Step.FULL, id="one more is there"),
        pytest.param(True, IDLE, DELETING, Step.WAIT, id="a deletion is hope"),
        pytest.param(True, DELETING, Occupancy((), 9), Step.CALL, id="a deletion has ended"),
    ],
)
def test_next_step(refused: bool, before: Occupancy | None, now: Occupancy, step: Step) -> None:
    assert decide(refused, before, now) is step


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
    slots.answered(None, refused=errors.ServiceQuotaExceeded("no"))
    slots.saw(TWO)
    assert (slots.allowed, slots.before) == (2, TWO)
    slots.saw(ONE)
    assert (slots.allowed, slots.before) == (2, TWO)
