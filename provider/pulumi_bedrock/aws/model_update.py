"""Put another model behind a deployment with UpdateCustomModelDeployment, and wait until it serves.

The API has no idempotency token here, and `updateDetails` has no time. So the deployment is fetched with Get before
each call, and after each answer that proves nothing; only what Get shows decides. Whether the list shows an update at
all isn't documented: an entry that differs from the last Get is only a reason for the next one.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from enum import Enum, auto

from pulumi_bedrock import errors
from pulumi_bedrock.values.durations import format_duration

from .calls import NOT_FOUND_GRACE, RETRY_FOR
from .deployments import Deployments
from .resources import ACTIVE, FAILED, UPDATE_COMPLETED, UPDATE_FAILED, UPDATING, Deployment
from .waiting import Deadline, Snapshot, Wait

__all__ = ["STALE_GRACE", "Seen", "Step", "decide", "update_model"]

STALE_GRACE = NOT_FOUND_GRACE
"""Seconds in which AWS may still show the state before an update, whether its call was accepted, was refused because
of that update, or wasn't answered: AWS's reads are eventually consistent."""

GET_EVERY = 60.0
"""Seconds after which a deployment is fetched with Get though its entry in the list equals the last Get. So is it at
the deadline."""


def update_model(deployments: Deployments, arn: str, model_arn: str, deadline: Deadline) -> Deployment:
    """Return the deployment when it serves the model: after an update, or because it does already.

    An update to this model that is under way is joined. One to another model is waited for first.

    IAM: bedrock:UpdateCustomModelDeployment, bedrock:GetCustomModelDeployment, bedrock:ListCustomModelDeployments.

    :raises UpdateFailed: when AWS shows `UpdateFailed`. The old model still serves.
    :raises DeploymentFailed: when the deployment is `Failed`, so that it can't be updated.
    :raises ResourceNotFound: when the deployment or the model doesn't exist.
    :raises WaitTimeout: when the update isn't complete at the deadline. AWS continues it.
    """
    return _Update(deployments, arn, model_arn, deadline).run()


@dataclass(frozen=True)
class Seen:
    """What is known of a deployment that is to serve a model.

    :param found: What Get showed last.
    :param before: What Get showed before the newest call; None without a call, and when another update began since.
    :param called_at: When that call was made, by the clock.
    :param doubt: Its answer, if that doesn't prove that AWS has accepted it.
    :param joined: Whether Get has shown an update to the model as under way.
    """

    found: Deployment
    before: Deployment | None = None
    called_at: float = -math.inf
    doubt: errors.ValidationFailed | errors.AnswerLost | None = None
    joined: bool = False

    @property
    def accepted(self) -> bool:
        """Whether AWS has accepted an update to the model, or has shown one."""
        return self.joined or (self.before is not None and self.doubt is None)

    def then(self, found: Deployment, model_arn: str) -> Seen:
        """Return what is known after the next Get."""
        if found.is_updating and found.next_model_arn == model_arn:
            return replace(self, found=found, doubt=None, joined=True)
        is_refusal_over = isinstance(self.doubt, errors.ValidationFailed) and found != self.before
        if found.is_updating or is_refusal_over:
            return Seen(found)  # the call can be made when AWS is ready for it
        return replace(self, found=found)


class Step(Enum):
    """What to do next, or what to raise."""

    WAIT = auto()
    CALL = auto()
    DONE = auto()
    ANSWER = auto()
    UPDATE_FAILED = auto()
    DEPLOYMENT_FAILED = auto()


def decide(model_arn: str, seen: Seen, now: float) -> Step:
    """Decide what to do after a Get. `lastUpdatedAt` proves nothing: it moves without an update too."""
    found, before, is_old = seen.found, seen.before, now - seen.called_at >= STALE_GRACE
    update = found.update if found.update and found.update.model_arn == model_arn else None
    if found.is_updating:
        return Step.WAIT
    if update.status == UPDATE_COMPLETED if update else found.model_arn == model_arn:
        return Step.DONE
    if found.status != ACTIVE:
        return Step.DEPLOYMENT_FAILED if found.status == FAILED else Step.WAIT
    is_news = seen.joined or (before is not None and update != before.update) or (seen.accepted and is_old)
    if update and update.status == UPDATE_FAILED and is_news:
        return Step.UPDATE_FAILED
    if seen.accepted:
        return Step.WAIT if update or not is_old else Step.CALL
    if isinstance(seen.doubt, errors.ValidationFailed):
        return Step.ANSWER if is_old else Step.WAIT
    if found == before and not is_old:
        return Step.ANSWER  # that it was lost; transient, so Get is called again
    return Step.CALL


class _Update:
    """The loop that acts."""

    def __init__(self, deployments: Deployments, arn: str, model_arn: str, deadline: Deadline) -> None:
        self._deployments, self._arn, self._model_arn, self._deadline = deployments, arn, model_arn, deadline
        self._clock, self._subject = deployments.clock, deployments.subject
        self._seen: Seen | None = None
        self._fetched_at = 0.0
        self._announced = False

    def run(self) -> Deployment:
        deployments = self._deployments
        wait = Wait(
            self._deadline,
            show=deployments.progress,
            name=deployments.name,
            target=UPDATE_COMPLETED,
            subject=self._subject,
        )
        answered_at = self._clock.now()
        with deployments.poller.tracking(self._arn):
            for _ in wait:
                with wait.retry_transient():
                    seen = self._look(wait)
                    if seen and self._act(seen):
                        deployments.progress(
                            f"{UPDATE_COMPLETED} after {format_duration(self._deadline.elapsed)}: {deployments.name}"
                        )
                        return seen.found
                    wait.progress(self._state)
                    answered_at = self._clock.now()
                is_accepted = self._seen is not None and self._seen.accepted
                if isinstance(wait.last_error, errors.Conflict):  # an answer: AWS is at work on the deployment
                    answered_at = self._clock.now()
                if wait.last_error and not is_accepted and self._clock.now() - answered_at >= RETRY_FOR:
                    raise self._unproven() or wait.failure()
        raise self._unproven() or self._timeout(wait)

    def _look(self, wait: Wait) -> Seen | None:
        """Return what is known after a Get; None when the list shows nothing that Get hasn't explained."""
        seen = self._seen
        is_fresh = self._clock.now() - self._fetched_at < GET_EVERY and self._deadline.remaining > 0
        if seen and (seen.accepted or seen.found.is_updating) and is_fresh:
            snapshot = self._deployments.poller.newest(
                self._arn, fall_back_to_get=True, max_age=wait.max_age, until=wait.until
            )
            wait.polled(snapshot)
            listed = snapshot.value
            if listed is None or not listed.is_summary:
                return self._got(listed, snapshot.at)
            if _listed_part(listed) == _listed_part(seen.found):
                return None
        asked = self._clock.now()
        wait.polled(Snapshot(asked, None))
        return self._got(self._deployments.find(self._arn), asked)

    def _got(self, found: Deployment | None, at: float) -> Seen:
        if found is None:
            raise errors.ResourceNotFound(
                f"AWS does not find {self._arn}. Run `pulumi up --refresh`, which creates it again.",
                subject=self._subject,
            )
        self._fetched_at = at
        self._seen = (self._seen or Seen(found)).then(found, self._model_arn)
        return self._seen

    def _act(self, seen: Seen) -> bool:
        """Take the next step, and return whether the deployment serves the model."""
        step = decide(self._model_arn, seen, self._clock.now())
        if step is Step.CALL:
            self._call(seen.found)
        elif step is Step.ANSWER:
            assert seen.doubt is not None
            raise seen.doubt.about(self._subject)
        elif step is Step.UPDATE_FAILED:
            raise errors.UpdateFailed(
                f"AWS could not update it to {self._model_arn}: {UPDATE_FAILED}. AWS gave no reason. "
                f"{seen.found.model_arn} still serves. Check the model, then run `pulumi up` again.",
                subject=self._subject,
            )
        elif step is Step.DEPLOYMENT_FAILED:
            raise errors.DeploymentFailed(
                f"its status is Failed, so it can't be updated in place. "
                f"{self._deployments.reason(seen.found.failure_message)} Run `pulumi up --refresh`, which replaces it.",
                subject=self._subject,
            )
        elif seen.joined and not seen.before:
            self._announce(f"{UPDATING}; joining the update that is under way")
        return step is Step.DONE

    def _announce(self, line: str) -> None:
        if not self._announced:
            self._announced = True
            self._deployments.progress(f"{line}: {self._deployments.name}")

    def _call(self, found: Deployment) -> None:
        self._announce("updating in place; the old model serves until the new one is ready")
        self._seen, called = Seen(found), Seen(found, before=found, called_at=self._clock.now())
        try:
            self._deployments.start_update(self._arn, self._model_arn)
        except errors.ValidationFailed as refused:
            called = replace(called, doubt=refused)
        except errors.AnswerLost as lost:
            self._seen = replace(called, doubt=lost)
            raise
        self._seen = called

    @property
    def _state(self) -> str:
        seen = self._seen
        if seen is None:
            return "not seen"
        if seen.found.is_updating:
            return UPDATING if seen.joined else f"{UPDATING} to {seen.found.next_model_arn}"
        if seen.accepted:
            return UPDATING
        return "update refused so far" if isinstance(seen.doubt, errors.ValidationFailed) else seen.found.status

    def _unproven(self) -> errors.BedrockError | None:
        """Return the answer to the newest call, if it doesn't prove whether an update is under way."""
        doubt = self._seen.doubt if self._seen else None
        if isinstance(doubt, errors.AnswerLost):
            doubt = doubt.with_advice(
                f"AWS may have started the update to {self._model_arn}; if the program goes back to the old model, run "
                "`pulumi up --refresh`."
            )
        return doubt and doubt.about(self._subject)

    def _timeout(self, wait: Wait) -> errors.WaitTimeout:
        after = f"after {format_duration(self._deadline.timeout)}"
        if not (self._seen and self._seen.accepted):
            said = (
                f"the update to {self._model_arn} could not start {after}, since the deployment is {self._state}. Run "
                "`pulumi up` again, with a longer custom_timeouts update."
            )
        else:
            said = (
                f"the update to {self._model_arn} is still {self._state} {after}; AWS continues it, and the old model "
                "serves until then. Run `pulumi up` again to wait for it, with a longer custom_timeouts update; if the "
                "program goes back to the old model, run `pulumi up --refresh`."
            )
        return errors.WaitTimeout(f"{said}{wait.last_failure()}", subject=self._subject)


def _listed_part(found: Deployment) -> tuple[str, str, str | None]:
    return found.model_arn, found.status, found.last_updated_at
