"""What may go wrong during one run: faults of AWS, slowness, and a kill."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

__all__ = ["CLEAR", "CREATE", "UPDATE", "Weather", "weathers"]

CREATE, UPDATE, DELETE, GET, LIST = (
    "CreateCustomModelDeployment",
    "UpdateCustomModelDeployment",
    "DeleteCustomModelDeployment",
    "GetCustomModelDeployment",
    "ListCustomModelDeployments",
)
CREATE_MODEL, DELETE_MODEL = "CreateCustomModel", "DeleteCustomModel"
_OPERATIONS = (
    CREATE,
    UPDATE,
    DELETE,
    GET,
    LIST,
    CREATE_MODEL,
    DELETE_MODEL,
    "GetCustomModel",
    "ListCustomModels",
    "ListTagsForResource",
    "TagResource",
    "UntagResource",
)


@dataclass(frozen=True)
class Weather:
    """The circumstances of one run.

    :param faults: As `LocalBedrock.add_fault` takes them.
    :param slow: Whether a new deployment becomes Active only 20 s later, and not at once.
    :param killed_at: The run is killed at that one of its points (see `killing`).
    :param killed_after: The run is killed in the first pause that is longer than so many seconds after its begin.
    """

    faults: tuple[dict[str, Any], ...] = ()
    slow: bool = False
    killed_at: int | None = None
    killed_after: float | None = None
    tags_denied_of: int | None = None
    """IAM denies the tags of one deployment that was there before: which one, counted by age."""
    elsewhere: bool = False
    """The run has the credentials of another account."""
    in_use_for: float = 0.0
    """Somebody's deployments of this stack's models are deleted so many seconds after the run's begin."""
    crowd: int = 0
    """How many deployments of others are being created when the run begins, which become Active 40 s later."""


CLEAR = Weather()

_counts = st.sampled_from([1, 1, 2, 4, None])
_passing = st.builds(
    lambda operation, error, count: {"operation": operation, "error": error, "count": count},
    st.sampled_from(_OPERATIONS),
    st.sampled_from(["ThrottlingException", "InternalServerException"]),
    _counts,
)
_lasting = st.builds(
    lambda operation, error: {"operation": operation, "error": error},
    st.sampled_from(_OPERATIONS),
    st.sampled_from(["AccessDeniedException", "ExpiredTokenException"]),
)
_once = st.builds(
    lambda operation, error: {"operation": operation, "error": error, "count": 1},
    st.sampled_from(_OPERATIONS),
    st.sampled_from(["AccessDeniedException", "ExpiredTokenException"]),
)
_closing = st.builds(
    lambda operation, when, count: {"operation": operation, "kind": "close", "when": when, "count": count},
    st.sampled_from(_OPERATIONS),
    st.sampled_from(["before", "after"]),
    _counts,
)
_of_one_operation = st.sampled_from(
    [
        {"operation": CREATE, "kind": "activation", "outcome": "fail", "message": "No capacity.", "count": 1},
        {"operation": CREATE, "kind": "activation", "outcome": "never", "count": 1},
        {"operation": CREATE, "kind": "stale", "reads": 3, "count": 1},
        {"operation": UPDATE, "kind": "activation", "outcome": "fail", "count": 1},
        {"operation": UPDATE, "kind": "activation", "outcome": "never", "count": 1},
        {"operation": UPDATE, "kind": "stale", "reads": 3, "count": 1},
        {"operation": CREATE, "error": "ResourceNotFoundException", "count": 1},
        {"operation": CREATE, "error": "ServiceQuotaExceededException", "count": 1},
        {"operation": CREATE, "error": "ServiceQuotaExceededException"},
        {"operation": DELETE, "error": "ConflictException", "count": 5},
        {"operation": DELETE, "error": "ConflictException"},
        {"operation": CREATE_MODEL, "kind": "activation", "outcome": "fail", "message": "No artifacts.", "count": 1},
        {"operation": CREATE_MODEL, "kind": "activation", "outcome": "never", "count": 1},
        {"operation": CREATE_MODEL, "kind": "stale", "reads": 3, "count": 1},
        {"operation": CREATE_MODEL, "error": "ServiceQuotaExceededException", "count": 1},
        {"operation": DELETE_MODEL, "error": "ConflictException", "count": 5},
    ]
)
_faults = st.one_of(_of_one_operation, _passing, _lasting, _once, _closing)

_NO_TAGGING = Weather(
    faults=tuple({"operation": name, "error": "AccessDeniedException"} for name in ("TagResource", "UntagResource"))
)
"""IAM denies the calls that add and remove the mark."""

_NO_MARK = Weather(
    faults=(
        {"operation": CREATE, "error": "AccessDeniedException", "count": 1},
        {"operation": "TagResource", "error": "AccessDeniedException"},
    )
)
"""A create without tags of its own goes without the mark."""

weathers = st.one_of(
    st.sampled_from([CLEAR, CLEAR, _NO_TAGGING, _NO_MARK]),
    st.builds(
        Weather,
        faults=st.lists(_faults, max_size=2).map(tuple),
        slow=st.booleans(),
        killed_at=st.one_of(st.none(), st.integers(1, 40)),
        killed_after=st.one_of(st.none(), st.sampled_from([5.0, 30.0])),
        tags_denied_of=st.one_of(st.none(), st.integers(0, 3)),
        elsewhere=st.sampled_from([False, False, False, True]),
        crowd=st.sampled_from([0, 1, 2, 2]),
    ),
)
