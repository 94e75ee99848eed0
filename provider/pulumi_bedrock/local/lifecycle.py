"""The status of a resource: moto's managed state, which a test can also set.

moto reads the duration of a transition from its state manager by name (see the names below), so a test can
change it at run time, in Python or with ``POST /moto-api/state-manager/set-transition``.
"""

from __future__ import annotations

import time
from typing import Any

from moto.moto_api import state_manager
from moto.moto_api._internal.managed_state_model import ManagedState

__all__ = [
    "DELETION",
    "DEPLOYMENT",
    "MODEL",
    "NEVER",
    "TRAINING",
    "Hideable",
    "Lifecycle",
    "register_speed",
    "transition",
]

DEPLOYMENT = "bedrock::custom-model-deployment"
DELETION = "bedrock::custom-model-deployment-deletion"
MODEL = "bedrock::custom-model"
TRAINING = "bedrock::model-customization-job"

_FAILURES = {"Creating": "Failed", "InProgress": "Failed", "Updating": "UpdateFailed"}

# moto's "manual" progression counts reads; no test reads that often.
NEVER: dict[str, Any] = {"progression": "manual", "times": 2**62}


class Lifecycle(ManagedState):
    """A managed state. Once a test has set its status, it makes no more transitions."""

    def __init__(self, model_name: str, transitions: list[tuple[str | None, str]]) -> None:
        super().__init__(model_name, transitions)
        self.pinned = False
        self.failure_message: str | None = None

    @property
    def status(self) -> str:
        """The current status."""
        self.make_transition()
        return str(self._status)

    @status.setter
    def status(self, value: str) -> None:
        self._status = value
        self.pinned = True

    def make_transition(self) -> None:
        """Make the transition if it is due."""
        if not self.pinned:
            self._status = ManagedState.status.fget(self)  # type: ignore[attr-defined]

    def hold(self) -> None:
        """Make no more transitions."""
        self.pinned = True

    def fail_next(self, message: str) -> None:
        """Let the next transition fail, with ``message`` as the reason."""
        first = self._transitions[0][0]
        self._transitions = [(first, _FAILURES[str(first)])]
        self.failure_message = message


class Hideable:
    """A change that reads don't show for a while: AWS's reads are eventually consistent."""

    _hidden_reads = 0
    _hidden_until = 0.0

    def hide(self, *, reads: int, seconds: float) -> None:
        """Hide the change from the next ``reads`` reads, and from all reads of the next ``seconds``."""
        self._hidden_reads = reads
        self._hidden_until = time.monotonic() + seconds

    def is_stale(self) -> bool:
        """Return whether the change is hidden from this read, and count the read."""
        if self._hidden_reads > 0:
            self._hidden_reads -= 1
            return True
        return time.monotonic() < self._hidden_until


def transition(*, seconds: float | None) -> dict[str, Any]:
    """Return moto's description of a transition that takes ``seconds``; 0 means at once, None only manually."""
    if seconds is None:
        return NEVER
    if seconds <= 0:
        return {"progression": "immediate"}
    return {"progression": "time", "seconds": seconds}


def register_speed(model_name: str, seconds: float) -> None:
    """Set the default duration of a transition, which also applies after a reset."""
    state_manager.register_default_transition(model_name, transition(seconds=seconds))
    state_manager.unset_transition(model_name)
