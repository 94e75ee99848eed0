"""When a wait looks, what it says meanwhile, and what it puts up with."""

from __future__ import annotations

import itertools

import pytest
from fake_clock import FakeClock
from hypothesis import given
from hypothesis import strategies as st
from pulumi_bedrock import errors
from pulumi_bedrock.aws import waiting
from pulumi_bedrock.aws.waiting import Clock, Deadline, Wait


def a_wait(clock: FakeClock, timeout: float, lines: list[str] | None = None, *, answered: bool = False) -> Wait:
    report = (lambda _line: None) if lines is None else lines.append
    return Wait(Deadline(timeout, clock.clock), report=report, name="bot", target="Active", answered=answered)


def test_the_first_look_is_at_once(clock: FakeClock) -> None:
    assert next(iter(a_wait(clock, 60))) == 0
    assert clock.slept == []


@given(st.floats(0.1, 2 * 3600))
def test_the_last_look_is_at_the_deadline(timeout: float) -> None:
    clock = FakeClock()

    looks = list(a_wait(clock, timeout))

    assert looks[-1] == pytest.approx(timeout)
    assert sum(clock.slept) == pytest.approx(timeout)


def test_what_happens_is_seen_within_a_tenth_of_its_age_and_half_a_minute(clock: FakeClock) -> None:
    looks = list(a_wait(clock, 2 * 3600))

    for earlier, later in itertools.pairwise(looks):
        assert later - earlier <= max(1.0, 0.1 * earlier) + 1e-6
        assert later - earlier <= 30 + 1e-6
    assert max(later - earlier for earlier, later in itertools.pairwise(looks)) == pytest.approx(30)


def test_early_looks_are_a_second_apart(clock: FakeClock) -> None:
    looks = itertools.takewhile(lambda look: look < 9.5, a_wait(clock, 3600))

    assert list(looks) == pytest.approx([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])


def test_an_hour_takes_few_looks(clock: FakeClock) -> None:
    assert len(list(a_wait(clock, 3600))) < 160


def test_jitter_only_shortens_a_pause(clock: FakeClock) -> None:
    """Longer pauses would be later than a tenth; the same ones would let all resources look together."""
    asked = []

    def jitter(low: float, high: float) -> float:
        asked.append((low, high))
        return low

    jittered = Clock(now=clock.clock.now, sleep=clock.sleep, jitter=jitter)
    list(Wait(Deadline(100, jittered), report=lambda _line: None, name="bot", target="Active"))

    assert all(0 < low < high <= 1 for low, high in asked)
    assert clock.slept[0] == pytest.approx(asked[0][0] * 1.0)


def test_the_time_that_a_look_took_is_part_of_the_pause(clock: FakeClock) -> None:
    looks = []
    for look in a_wait(clock, 10):
        looks.append(look)
        clock.time += 0.25
        if look > 3:
            break

    assert looks == pytest.approx([0, 1, 2, 3, 4], abs=0.26)


def test_two_waits_share_one_deadline(clock: FakeClock) -> None:
    deadline = Deadline(100, clock.clock)
    list(itertools.takewhile(lambda look: look < 60, Wait(deadline, report=lambda _line: None, name="a", target="b")))

    second = list(Wait(deadline, report=lambda _line: None, name="a", target="b"))

    assert second[0] == 0
    assert deadline.elapsed == pytest.approx(100)


def test_a_shorter_deadline_ends_with_the_longer_one(clock: FakeClock) -> None:
    deadline = Deadline(100, clock.clock)
    clock.sleep(90)

    assert deadline.at_most(120).timeout == pytest.approx(10)
    assert deadline.at_most(5).timeout == pytest.approx(5)


# Progress


def test_a_changed_status_is_said_at_once(clock: FakeClock) -> None:
    lines: list[str] = []
    wait = a_wait(clock, 3600, lines)

    for status in ("Creating", "Creating", "Validating", "Creating"):
        wait.progress(status)
        clock.sleep(1)

    assert [line.split(",")[0] for line in lines] == ["bot: Creating", "bot: Validating", "bot: Creating"]
    assert lines[0] == "bot: Creating, waiting for Active (0 s of 60 min)"


def test_an_unchanged_status_is_said_every_half_minute_at_most(clock: FakeClock) -> None:
    said: list[float] = []
    deadline = Deadline(3600, clock.clock)
    wait = Wait(deadline, report=lambda _line: said.append(deadline.elapsed), name="bot", target="Active")

    for _ in wait:
        wait.progress("Creating")

    assert said[0] == 0
    assert all(30 <= later - earlier <= 60 for earlier, later in itertools.pairwise(said))


# Riding out


@pytest.mark.parametrize(
    "kind",
    [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, errors.BedrockError)],
)
@pytest.mark.parametrize("answered", [True, False])
def test_only_what_may_pass_is_ridden_out(clock: FakeClock, kind: type[errors.BedrockError], answered: bool) -> None:
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


def test_these_errors_may_pass_and_no_others() -> None:
    transient = {name for name in errors.__all__ if getattr(getattr(errors, name), "transient", False)}

    assert transient == {
        "AnswerLost",
        "Conflict",
        "EndpointUnreachable",
        "InternalServerError",
        "ModelNotReady",
        "Throttled",
    }


def test_an_endpoint_that_answered_is_waited_for(clock: FakeClock) -> None:
    wait = a_wait(clock, 60)
    with wait.retry_transient():
        pass

    with wait.retry_transient():
        raise errors.EndpointUnreachable("gone")

    assert isinstance(wait.last_error, errors.EndpointUnreachable)


def test_an_error_is_an_answer_too(clock: FakeClock) -> None:
    wait = a_wait(clock, 60)
    with wait.retry_transient():
        raise errors.Throttled("slow down")

    with wait.retry_transient():
        raise errors.EndpointUnreachable("gone")


def test_an_error_that_was_followed_by_an_answer_is_forgotten(clock: FakeClock) -> None:
    wait = a_wait(clock, 60)
    with wait.retry_transient():
        raise errors.Throttled("slow down")
    with wait.retry_transient():
        pass

    assert wait.last_error is None


def test_what_is_ridden_out_is_said(clock: FakeClock) -> None:
    lines: list[str] = []
    wait = a_wait(clock, 60, lines)

    with wait.retry_transient():
        raise errors.Throttled("slow down")

    assert lines == ["bot: Throttled, waiting for Active (0 s of 60 s)"]


def test_a_bug_is_never_ridden_out(clock: FakeClock) -> None:
    with pytest.raises(KeyError), a_wait(clock, 60, answered=True).retry_transient():
        raise KeyError("x")


def test_failure_is_the_newest_error_with_the_subject(clock: FakeClock) -> None:
    wait = Wait(Deadline(60, clock.clock), report=print, name="bot", target="x", subject='deployment "bot"')
    for _ in wait:
        with wait.retry_transient():
            raise errors.Throttled(f"at {clock.time}")

    assert str(wait.failure()) == f'deployment "bot": at {clock.time}'
    assert isinstance(wait.failure(), errors.Throttled)


def test_lasting_error_gets_the_subject_of_the_wait(clock: FakeClock) -> None:
    wait = Wait(Deadline(60, clock.clock), report=print, name="bot", target="x", subject='deployment "bot"')

    with pytest.raises(errors.AccessDenied, match=r'^deployment "bot": no$'), wait.retry_transient():
        raise errors.AccessDenied("no")


def test_real_time_is_used_unless_told_otherwise() -> None:
    clock = waiting.Clock()
    before = clock.now()

    clock.sleep(0.001)

    assert clock.now() > before
    assert 0.9 <= clock.jitter(0.9, 1.0) <= 1.0
