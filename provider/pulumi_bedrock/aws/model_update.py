"""Put another model behind a deployment with UpdateCustomModelDeployment, and wait until it serves.

The API has no idempotency token here, and `updateDetails` has no time. So the deployment is fetched with Get before
each call, and after each answer that proves nothing; only what Get shows decides. Whether the list shows an update at
all isn't documented: an entry that differs from the last Get is only a reason for the next one.
"""

from __future__ import annotations

from dataclasses import dataclass

from pulumi_bedrock import errors
from pulumi_bedrock.values.arns import subject
from pulumi_bedrock.values.durations import format_duration

from .deployments import NOT_FOUND_GRACE, RETRY_FOR, Deployments
from .resources import ACTIVE, FAILED, UPDATE_COMPLETED, UPDATE_FAILED, UPDATING, Deployment, ModelUpdate
from .waiting import Deadline, Snapshot, Wait

__all__ = ["update_model", "wait_update_end"]

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


def wait_update_end(deployments: Deployments, found: Deployment, deadline: Deadline) -> Deployment | None:
    """Return a deployment when no update of its model is under way, so that what it serves is decided.

    None when AWS doesn't find it any more.

    IAM: bedrock:GetCustomModelDeployment.

    :param found: What Get has just shown.
    :raises WaitTimeout: when the update doesn't end before the deadline.
    """
    if not found.is_updating:
        return found
    wait = Wait(deadline, show=deployments.progress, name=found.name, target="its update", subject=subject(found.name))
    for _ in wait:
        with wait.retry_transient():
            newest = deployments.find(found.arn)
            if newest is None or not newest.is_updating:
                return newest
            wait.progress(f"{UPDATING} to {newest.next_model_arn}")
    raise errors.WaitTimeout(
        f"the update to {found.next_model_arn} that is under way is still {UPDATING} after "
        f"{format_duration(deadline.timeout)}. Run `pulumi up` again, with a longer custom_timeouts create."
        f"{wait.last_failure()}",
        subject=subject(found.name),
    )


@dataclass(frozen=True)
class _Attempt:
    """One call of UpdateCustomModelDeployment.

    :param before: What Get showed before it.
    :param at: When it was made, by the clock.
    """

    before: Deployment
    at: float


class _Update:
    def __init__(self, deployments: Deployments, arn: str, model_arn: str, deadline: Deadline) -> None:
        self._deployments, self._arn, self._model_arn, self._deadline = deployments, arn, model_arn, deadline
        self._clock = deployments.clock
        self._newest: Deployment | None = None
        self._fetched_at = 0.0
        self._attempt: _Attempt | None = None
        self._accepted = False
        """Whether AWS has accepted an update to the wanted model, or shows one."""
        self._seen_updating = False
        self._refused: errors.ValidationFailed | None = None
        self._lost: errors.AnswerLost | None = None
        self._announced = False

    def run(self) -> Deployment:
        deployments = self._deployments
        wait = Wait(
            self._deadline,
            show=deployments.progress,
            name=deployments.name,
            target=UPDATE_COMPLETED,
            subject=deployments.subject,
        )
        answered_at = self._clock.now()
        with deployments.poller.tracking(self._arn):
            for _ in wait:
                with wait.retry_transient():
                    found = self._poll(wait)
                    if found is not None and self._is_complete(found, wait):
                        deployments.progress(
                            f"{UPDATE_COMPLETED} after {format_duration(self._deadline.elapsed)}: {deployments.name}"
                        )
                        return found
                    answered_at = self._clock.now()
                if wait.last_error and not self._accepted and self._clock.now() - answered_at >= RETRY_FOR:
                    raise self._unproven() or wait.failure()
        raise self._unproven() or self._timeout(wait)

    def _poll(self, wait: Wait) -> Deployment | None:
        """Return what Get shows; None when the list shows nothing that Get hasn't explained."""
        newest = self._newest
        shared = self._clock.now() - self._fetched_at < GET_EVERY and self._deadline.remaining > 0
        if newest and (self._accepted or newest.is_updating) and shared:
            snapshot = self._deployments.poller.deployment(self._arn, fall_back_to_get=True, max_age=wait.max_age)
            wait.polled(snapshot)
            listed = snapshot.value
            if listed is None:
                raise self._gone()
            if not listed.is_summary:
                self._newest, self._fetched_at = listed, snapshot.at
                return listed
            if _listed_part(listed) == _listed_part(newest):
                wait.progress(self._state(newest))
                return None
        asked = self._clock.now()
        wait.polled(Snapshot(asked, None))
        found = self._newest = self._deployments.find(self._arn)
        self._fetched_at = asked
        if found is None:
            raise self._gone()
        return found

    def _is_complete(self, found: Deployment, wait: Wait) -> bool:
        """Return whether the deployment serves the model. When nothing is under way, start the update."""
        if found.update and found.is_updating:
            self._see_update(found.update)
        elif self._serves(found):
            return True
        elif found.status == FAILED:
            raise errors.DeploymentFailed(
                f"its status is Failed, so it can't be updated in place. "
                f"{self._deployments.reason(found.failure_message)} Run `pulumi up --refresh`, which replaces it.",
                subject=self._deployments.subject,
            )
        elif found.status == ACTIVE:
            self._judge(found)
        wait.progress(self._state(found))
        return False

    def _see_update(self, update: ModelUpdate) -> None:
        self._refused = self._lost = None
        self._accepted = self._seen_updating = update.model_arn == self._model_arn
        if not self._accepted:
            self._attempt = None  # another update began since; the wanted one is started when that one is done
        elif self._attempt is None and not self._announced:
            self._announced = True
            self._deployments.progress(
                f"{update.status}; joining the update that is under way: {self._deployments.name}"
            )

    def _serves(self, found: Deployment) -> bool:
        if found.update and found.update.model_arn == self._model_arn:
            return found.update.status == UPDATE_COMPLETED
        return found.model_arn == self._model_arn

    def _judge(self, found: Deployment) -> None:
        """Decide about a deployment that is `Active`, isn't `Updating`, and doesn't serve the model."""
        attempt = self._attempt
        if found.update == ModelUpdate(self._model_arn, UPDATE_FAILED) and self._is_news(found):
            raise errors.UpdateFailed(
                f"AWS could not update it to {self._model_arn}: {UPDATE_FAILED}. AWS gave no reason. "
                f"{found.model_arn} still serves. Check the model, then run `pulumi up` again.",
                subject=self._deployments.subject,
            )
        if self._accepted:
            ours = found.update is not None and found.update.model_arn == self._model_arn
            if ours or (attempt and not self._is_grace_over(attempt)):
                return
            self._accepted = self._seen_updating = False
            self._attempt = None
        if attempt and _shown(found) == _shown(attempt.before):  # else, the answer was about a state that is over
            if self._refused and not self._is_grace_over(attempt):
                return
            if self._refused:
                raise self._refused.about(self._deployments.subject)
            if self._lost and not self._is_grace_over(attempt):
                raise self._lost.about(self._deployments.subject)  # transient, so the next poll looks again
        self._start(found)

    def _is_grace_over(self, attempt: _Attempt) -> bool:
        return self._clock.now() - attempt.at >= STALE_GRACE

    def _is_news(self, found: Deployment) -> bool:
        """Return whether an `UpdateFailed` is that of this update, and not of an earlier one."""
        attempt = self._attempt
        if self._seen_updating:
            return True
        if attempt is None:
            return False
        moved = found.last_updated_at != attempt.before.last_updated_at
        return moved or (self._accepted and self._is_grace_over(attempt))

    def _start(self, found: Deployment) -> None:
        if not self._announced:
            self._announced = True
            self._deployments.progress(
                f"updating in place; the old model serves until the new one is ready: {self._deployments.name}"
            )
        self._attempt = _Attempt(found, self._clock.now())
        self._refused = self._lost = None
        try:
            self._deployments.start_update(self._arn, self._model_arn)
        except errors.ValidationFailed as refused:
            self._refused = refused
        except errors.AnswerLost as lost:
            self._lost = lost
            raise
        else:
            self._accepted = True

    def _state(self, found: Deployment) -> str:
        if found.update and found.is_updating:
            other = found.update.model_arn != self._model_arn
            return f"{found.update.status} to {found.update.model_arn}" if other else found.update.status
        return UPDATING if self._accepted else found.status

    def _gone(self) -> errors.ResourceNotFound:
        return errors.ResourceNotFound(
            f"AWS does not find {self._arn}. Run `pulumi up --refresh`, which creates it again.",
            subject=self._deployments.subject,
        )

    def _unproven(self) -> errors.BedrockError | None:
        """Return the answer to the newest call, if it doesn't prove whether an update is under way."""
        if self._lost:
            return self._lost.about(self._deployments.subject).with_advice(
                f"AWS may have started the update to {self._model_arn}; if the program goes back to the old model, run "
                "`pulumi up --refresh`."
            )
        return self._refused.about(self._deployments.subject) if self._refused else None

    def _timeout(self, wait: Wait) -> errors.WaitTimeout:
        after = f"after {format_duration(self._deadline.timeout)}"
        state = self._state(self._newest) if self._newest else "not seen"
        if not self._accepted:
            said = (
                f"the update to {self._model_arn} could not start {after}, since the deployment is {state}. Run "
                "`pulumi up` again, with a longer custom_timeouts update."
            )
        else:
            said = (
                f"the update to {self._model_arn} is still {state} {after}; AWS continues it, and the old model serves "
                "until then. Run `pulumi up` again to wait for it, with a longer custom_timeouts update; if the "
                "program goes back to the old model, run `pulumi up --refresh`."
            )
        return errors.WaitTimeout(f"{said}{wait.last_failure()}", subject=self._deployments.subject)


def _listed_part(found: Deployment) -> tuple[str, str, str | None]:
    return found.model_arn, found.status, found.last_updated_at


def _shown(found: Deployment) -> tuple[object, ...]:
    return (*_listed_part(found), found.update)
