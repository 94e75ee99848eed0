"""Notice that AWS has another model behind a deployment than the state, where the program has not changed.

An update in place that was killed isn't in the state. If the program then goes back to the old model, it equals the
state, and only AWS shows the new model. One list serves all deployments of a run. It shows when each was last updated,
so Get is called only for those that moved since the state was written.
"""

from __future__ import annotations

from collections.abc import Mapping
from threading import Lock
from typing import TYPE_CHECKING, Any

from pulumi_bedrock import errors
from pulumi_bedrock.aws.resources import FAILED, Deployment
from pulumi_bedrock.values.arns import subject

if TYPE_CHECKING:
    from .run_context import RunContext

__all__ = ["Drift", "describe", "has_moved", "is_checked"]

LIST_MAX_AGE = 60.0
"""Seconds for which one list serves the deployments of a run."""


class Drift:
    """The deployments of one run behind which AWS has another model than the state."""

    def __init__(self) -> None:
        self._arns: set[str] = set()
        self._is_given_up, self._lock = False, Lock()

    def __contains__(self, arn: str) -> bool:
        return arn in self._arns

    def check(self, run: RunContext, arn: str, old: Mapping[str, Any]) -> bool:
        """Return whether AWS has another model than the state, and report it.

        A preview must not fail because of this. When AWS doesn't answer, one line says so, and the run checks no more.

        IAM: bedrock:ListCustomModelDeployments, or else bedrock:GetCustomModelDeployment for each deployment.

        :param old: The outputs in the state.
        """
        if self._is_given_up:
            return False
        try:
            said = describe(old, _find(run, arn, old))
        except errors.BedrockError as error:
            with self._lock:
                is_first, self._is_given_up = not self._is_given_up, True
            if is_first:
                run.report(
                    "could not check whether AWS serves the models that the state has, so an interrupted update in "
                    f"place can go unnoticed: {error}"
                )
            return False
        if said:
            self._arns.add(arn)
            run.report_once(f"{subject(old.get('modelDeploymentName') or arn)}: {said}", arn=arn)
        return bool(said)


def _find(run: RunContext, arn: str, old: Mapping[str, Any]) -> Deployment | None:
    """Return a deployment from the list, if that suffices, or else from Get; None when AWS doesn't find it."""
    calls = run.calls(run.clients.region_for(arn, old.get("region")), arn, old)
    with calls.poller.tracking(arn):
        found = calls.poller.newest(arn, fall_back_to_get=True, max_age=LIST_MAX_AGE).value
    return calls.find(arn) if found and has_moved(old, found) else found


def is_checked(old: Mapping[str, Any], new: Mapping[str, Any]) -> bool:
    """Return whether only a check can tell that the model has to be updated: it is the same in state and program.

    :param old: The outputs in the state.
    :param new: Checked and normalised inputs.
    """
    in_place = old.get("updateInPlace") is True and new.get("updateInPlace") is True
    return in_place and old.get("modelArn") == new.get("modelArn") and "updateStatus" not in old


def has_moved(old: Mapping[str, Any], found: Deployment) -> bool:
    """Return whether this is from a list that shows something else than the state, so that only Get can tell more."""
    shown = (found.model_arn, found.last_updated_at)
    return found.is_summary and shown != (old["modelArn"], old.get("lastUpdatedAt"))


def describe(old: Mapping[str, Any], found: Deployment | None) -> str:
    """Return what to tell a person when AWS has another model than the state, or is about to; else nothing.

    Neither a deployment that doesn't exist nor one that is `Failed` can be updated.
    """
    model_arn = old["modelArn"]
    if found is None or found.status == FAILED or found.model_arn == found.next_model_arn == model_arn:
        return ""
    is_leaving = found.next_model_arn != model_arn and found.is_updating
    shows = f"is updating it to {found.next_model_arn}" if is_leaving else f"serves {found.model_arn}"
    return (
        f"AWS {shows}, but the state has {model_arn}. An update was interrupted, or made outside of Pulumi. This "
        "update puts the program's model there."
    )
