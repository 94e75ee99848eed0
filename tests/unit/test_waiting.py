"""When a wait looks, what it says meanwhile, and what it puts up with."""

from __future__ import annotations

import itertools

import pytest
from fake_clock import FakeClock
from hypothesis import given
from hypothesis import strategies as st
from pulumi_bedrock import errors
from pulumi_bedrock.aws import waiting
from pulumi_bedrock.aws.waiting import Clock, Deadline, Snapshot, Wait, pause_after


def a_wait(clock: FakeClock, timeout: float, lines: list[str] | None = None, *, answered: bool = False) -> Wait:
    show = (lambda _line: None) if lines is None else lines.append
    return Wait(Deadline(timeout, clock.clock), show=show, name="bot", target="Active", answered=answered)


def test_first_poll_is_immediate(clock: FakeClock) -> None:
    assert next(iter(a_wait(clock, 60))) == 0
    assert clock.slept == []


@given(st.floats(0.1, 2 * 3600))
def test_last_poll_is_at_deadline(timeout: float) -> None:
    clock = FakeClock()

    looks = list(a_wait(clock, timeout))

    assert looks[-1] == pytest.approx(timeout)
    assert sum(clock.slept) == pytest.approx(timeout)


def test_interval_is_at_most_a_tenth_of_elapsed_time_and_30_seconds(clock: FakeClock) -> None:
    looks = list(a_wait(clock, 2 * 3600))

    for earlier, later in itertools.pairwise(looks):
        assert later - earlier <= max(1.0, 0.1 * earlier) + 1e-6
        assert later - earlier <= 30 + 1e-6
    assert max(later - earlier for earlier, later in itertools.pairwise(looks)) == pytest.approx(30)


def test_early_polls_are_one_second_apart(clock: FakeClock) -> None:
    looks = itertools.takewhile(lambda look: look < 9.5, a_wait(clock, 3600))

    assert list(looks) == pytest.approx([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])


def test_one_hour_takes_few_polls(clock: FakeClock) -> None:
    assert len(list(a_wait(clock, 3600))) < 160


def test_jitter_only_shortens_pause(clock: FakeClock) -> None:
    """Longer pauses would be later than a tenth; the same ones would let all resources look together."""
    asked = []

    def jitter(low: float, high: float) -> float:
        asked.append((low, high))
        return low

    jittered = Clock(now=clock.clock.now, sleep=clock.sleep, jitter=jitter)
    list(Wait(Deadline(100, jittered), show=lambda _line: None, name="bot", target="Active"))

    assert all(0 < low < high <= 1 for low, high in asked)
    assert clock.slept[0] == pytest.approx(asked[0][0] * 1.0)


def test_duration_of_poll_counts_as_pause(clock: FakeClock) -> None:
    looks = []
    for look in a_wait(clock, 10):
        looks.append(look)
        clock.time += 0.25
        if look > 3:
            break

    assert looks == pytest.approx([0, 1, 2, 3, 4], abs=0.26)


# Polls for all waits


def test_polls_for_all_waits_are_twice_as_frequent(clock: FakeClock) -> None:
    looks, wait = [], a_wait(clock, 3600)
    for look in wait:
        wait.polled(Snapshot(clock.time, "Creating", is_for_all=True))
        looks.append(look)

    assert looks[:4] == pytest.approx([0, 0.5, 1, 1.5])
    for earlier, later in itertools.pairwise(looks):
        assert later - earlier <= min(max(0.5, 0.05 * earlier), 5 if earlier < 900 else 30) + 1e-6
    assert len(looks) < 330


@pytest.mark.parametrize(
    ("waited", "alone", "for_all"),
    [(0, 1, 0.5), (10, 1, 0.5), (20, 2, 1), (100, 10, 5), (480, 30, 5), (899, 30, 5), (900, 30, 30), (3600, 30, 30)],
)
def test_pause_grows_with_time_waited(waited: float, alone: float, for_all: float) -> None:
    assert pause_after(waited, is_for_all=False) == alone
    assert pause_after(waited, is_for_all=True) == for_all


def test_pause_after_a_failure_is_a_full_one(clock: FakeClock) -> None:
    wait = a_wait(clock, 60)
    looks = iter(wait)
    next(looks)
    wait.polled(Snapshot(clock.time, "Creating", is_for_all=True))

    assert next(looks) == pytest.approx(0.5)
    with wait.retry_transient():
        raise errors.Throttled("slow down")

    assert next(looks) == pytest.approx(1.5)


def test_next_pause_counts_from_shared_answer(clock: FakeClock) -> None:
    wait = a_wait(clock, 60)
    looks = iter(wait)
    next(looks)
    wait.polled(Snapshot(clock.time - 0.125, "Creating", is_for_all=True))

    assert next(looks) == pytest.approx(0.375)
    wait.polled(Snapshot(clock.time, "Creating"))
    assert next(looks) == pytest.approx(1.375), "an answer about one deployment"


@given(st.lists(st.tuples(st.floats(0, 90), st.booleans(), st.floats(0, 1)), min_size=1), st.floats(0.9, 1.0))
def test_answer_that_counts_as_new_is_newer_than_the_poll_before(
    polls: list[tuple[float, bool, float]], jitter: float
) -> None:
    """Whatever the poll before took, and however old its answer was: so what this wait did then is in the next one."""
    clock = FakeClock()
    jittered = Clock(now=clock.clock.now, sleep=clock.sleep, jitter=lambda _low, _high: jitter)
    wait = Wait(Deadline(1e6, jittered), show=lambda _line: None, name="bot", target="Active")
    ended = -1.0
    for (takes, is_shared, age), _look in zip(polls, wait, strict=False):
        assert clock.time - wait.max_age > ended
        if is_shared:
            wait.polled(Snapshot(clock.time - age * wait.max_age, "Creating", is_for_all=True))
        clock.time += takes
        ended = clock.time - 1e-6


def test_answer_at_the_deadline_must_be_newer(clock: FakeClock) -> None:
    wait = a_wait(clock, 3600)
    ages = [wait.max_age for _ in wait]

    assert ages[0] == 0.5
    assert ages[-2] == 15
    assert ages[-1] == 0.5

    wait = a_wait(clock, 3600)
    clock.sleep(3599.5 - next(look for look in wait if look > 3000))
    assert wait.max_age == 15, "half a second before the deadline"


# Deadlines


@pytest.mark.parametrize("fails", [False, True])
def test_poll_that_ends_after_the_deadline_is_followed_by_one_unless_it_failed(clock: FakeClock, fails: bool) -> None:
    looks, wait = [], a_wait(clock, 10)
    for look in wait:
        looks.append(look)
        if look >= 9:
            clock.time += 5
            with wait.retry_transient():
                if fails:
                    raise errors.Throttled("slow down")

    assert looks[-2:] == pytest.approx([8, 9] if fails else [9, 14])


def test_two_waits_share_deadline(clock: FakeClock) -> None:
    deadline = Deadline(100, clock.clock)
    list(itertools.takewhile(lambda look: look < 60, Wait(deadline, show=lambda _line: None, name="a", target="b")))

    second = list(Wait(deadline, show=lambda _line: None, name="a", target="b"))

    assert second[0] == 0
    assert deadline.elapsed == pytest.approx(100)


def test_nested_deadline_ends_with_outer_deadline(clock: FakeClock) -> None:
    deadline = Deadline(100, clock.clock)
    clock.sleep(90)

    assert deadline.at_most(120).timeout == pytest.approx(10)
    inner = deadline.at_most(5)
    clock.sleep(2)

    assert (inner.timeout, inner.remaining) == pytest.approx((5, 3))


def test_deadline_does_not_count_excluded_time(clock: FakeClock) -> None:
    deadline = Deadline(100, clock.clock)
    clock.sleep(10)
    with deadline.excluding():
        clock.sleep(50)
    clock.sleep(5)

    assert (deadline.elapsed, deadline.remaining) == pytest.approx((15, 85))


def test_wait_does_not_count_excluded_pauses(clock: FakeClock) -> None:
    wait = a_wait(clock, 10)
    wait.excludes = True
    for look in wait:
        wait.excludes = look < 100

    assert sum(clock.slept) == pytest.approx(look) == pytest.approx(110, abs=10)


def test_deadline_uses_real_time_by_default() -> None:
    assert 0 < Deadline(60).remaining <= 60


# Progress


def test_end_is_reported_after_progress_alone(clock: FakeClock) -> None:
    lines: list[str] = []
    wait = a_wait(clock, 60, lines)
    wait.done("Deleted")
    assert lines == []

    wait.progress("Deleting")
    clock.sleep(5)
    wait.done("Deleted")

    assert lines[1:] == ["Deleted after 5 s: bot"]


def test_changed_status_is_reported_at_once(clock: FakeClock) -> None:
    lines: list[str] = []
    wait = a_wait(clock, 3600, lines)

    for status in ("Creating", "Creating", "Validating", "Creating"):
        wait.progress(status)
        clock.sleep(1)

    assert [line.split(",")[0] for line in lines] == ["Creating", "Validating", "Creating"]
    assert lines[0] == "Creating, waiting for Active (0 s of 60 min): bot"


def test_wait_of_two_minutes_shows_four_lines(clock: FakeClock) -> None:
    """In CI each line stays, so docs/what-you-see.md tells how many there are."""
    lines: list[str] = []
    wait = a_wait(clock, 3600, lines)

    for _ in itertools.takewhile(lambda waited: waited < 120, wait):
        wait.progress("Creating")

    assert len(lines) == 4


def test_unchanged_status_is_reported_every_30_seconds(clock: FakeClock) -> None:
    said: list[float] = []
    deadline = Deadline(3600, clock.clock)
    wait = Wait(deadline, show=lambda _line: said.append(deadline.elapsed), name="bot", target="Active")

    wait.progress("Creating")
    clock.sleep(29.5)
    wait.progress("Creating")
    clock.sleep(0.5)
    wait.progress("Creating")
    assert said == [0, 30]

    for _ in wait:
        wait.progress("Creating")

    assert all(30 <= later - earlier <= 60 for earlier, later in itertools.pairwise(said))


# Riding out


@pytest.mark.parametrize(
    "kind",
    [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, errors.BedrockError)],
)
@pytest.mark.parametrize("answered", [True, False])
def test_only_transient_errors_are_retried(clock: FakeClock, kind: type[errors.BedrockError], answered: bool) -> None:
    passes = kind.transient and (answered or kind is not errors.EndpointUnreachable)
    wait = a_wait(clock, 60, answered=answered)
    error = kind("said")

    if passes:
        with wait.retry_transient():
            raise error
        assert wait.last_error is error
    else:
        with pytest.raises(kind), wait.retry_transient():
            raise error


def test_transient_errors_are_fixed() -> None:
    transient = {name for name in errors.__all__ if getattr(getattr(errors, name), "transient", False)}

    assert transient == {
        "AnswerLost",
        "Conflict",
        "EndpointUnreachable",
        "InternalServerError",
        "ModelNotReady",
        "Throttled",
    }


def test_endpoint_that_never_answered_is_an_error_at_once(clock: FakeClock) -> None:
    wait = Wait(Deadline(60, clock.clock), show=print, name="bot", target="x")

    with pytest.raises(errors.EndpointUnreachable, match=r"^gone$"), wait.retry_transient():
        raise errors.EndpointUnreachable("gone")


def test_lost_answer_is_an_error_where_no_call_may_be_repeated(clock: FakeClock) -> None:
    wait = a_wait(clock, 60, answered=True)

    with pytest.raises(errors.AnswerLost), wait.retry_transient(lost_answers=False):
        raise errors.AnswerLost("lost")
    with wait.retry_transient(lost_answers=False):
        raise errors.Throttled("slow down")


def test_endpoint_that_answered_before_is_retried(clock: FakeClock) -> None:
    wait = a_wait(clock, 60)
    with wait.retry_transient():
        pass

    with wait.retry_transient():
        raise errors.EndpointUnreachable("gone")

    assert isinstance(wait.last_error, errors.EndpointUnreachable)


def test_error_response_counts_as_answer(clock: FakeClock) -> None:
    wait = a_wait(clock, 60)
    with wait.retry_transient():
        raise errors.Throttled("slow down")

    with wait.retry_transient():
        raise errors.EndpointUnreachable("gone")


def test_error_before_answer_is_forgotten(clock: FakeClock) -> None:
    wait = a_wait(clock, 60)
    assert wait.last_error is None
    assert wait.last_failure() == ""
    with wait.retry_transient():
        raise errors.Throttled("slow down")
    assert wait.last_failure() == " The last error was Throttled: slow down"
    with wait.retry_transient():
        pass

    assert wait.last_error is None


def test_retried_error_is_reported(clock: FakeClock) -> None:
    lines: list[str] = []
    wait = a_wait(clock, 60, lines)

    with wait.retry_transient():
        raise errors.Throttled("slow down")

    assert lines == ["Throttled, waiting for Active (0 s of 60 s): bot"]


def test_unexpected_exception_is_not_retried(clock: FakeClock) -> None:
    with pytest.raises(KeyError), a_wait(clock, 60, answered=True).retry_transient():
        raise KeyError("x")


def test_failure_is_newest_error_with_subject(clock: FakeClock) -> None:
    wait = Wait(Deadline(60, clock.clock), show=print, name="bot", target="x", subject='deployment "bot"')
    for _ in wait:
        with wait.retry_transient():
            raise errors.Throttled(f"at {clock.time}")

    assert str(wait.failure()) == f'deployment "bot": at {clock.time}'
    assert isinstance(wait.failure(), errors.Throttled)


def test_lasting_error_has_subject_of_wait(clock: FakeClock) -> None:
    wait = Wait(Deadline(60, clock.clock), show=print, name="bot", target="x", subject='deployment "bot"')

    with pytest.raises(errors.AccessDenied, match=r'^deployment "bot": no$'), wait.retry_transient():
        raise errors.AccessDenied("no")


def test_wait_uses_real_time_by_default() -> None:
    clock = waiting.Clock()
    before = clock.now()

    clock.sleep(0.001)

    assert clock.now() > before
    assert 0.9 <= clock.jitter(0.9, 1.0) <= 1.0
