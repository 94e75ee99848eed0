"""Warn of operations that an earlier run has not finished. Only the state has them.

The engine warns of them in `pulumi up`, never in a preview (`deployment_executor.go`, CLI 3.255). An update in place
that was interrupted is such an operation: AWS may serve the new model while the state, and so a preview, has the old
one. A plain `pulumi up` without changes then removes the operation from the state, and nothing shows it any more.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from .changes import DEPLOYMENT, OURS
from .cutting import Section
from .markdown import code
from .names import names_of
from .preview import Urn
from .tables import label, row_of, table

__all__ = ["MalformedState", "Operation", "read", "sections", "warning"]

_CREATING, _UPDATING = "creating", "updating"
_FOREIGN = (
    "`pulumi up` resumes the create of a custom model deployment, but may create any other resource a second time: "
    "check first in the provider's own console whether it exists.\n"
)


class MalformedState(ValueError):
    """The text isn't the output of `pulumi stack export`."""


@dataclass(frozen=True)
class Operation:
    """An operation that an earlier run has begun and not finished.

    :param kind: `creating`, `updating`, `deleting`, `reading` or `importing`.
    """

    kind: str
    urn: Urn


def read(text: str) -> tuple[Operation, ...]:
    """Return the pending operations in the output of `pulumi stack export`, sorted by name.

    :raises MalformedState: when the text is something else.
    """
    try:
        deployment = json.loads(text.removeprefix("\ufeff"))["deployment"]
        if deployment is None:  # a stack without an update
            return ()
        found = {
            Operation(str(of["type"]), Urn(str(of["resource"]["urn"])))
            for of in deployment.get("pending_operations") or ()
        }
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise MalformedState(f"it is not the output of `pulumi stack export` ({type(error).__name__})") from error
    return tuple(sorted(found, key=lambda it: (it.urn.type != DEPLOYMENT, it.urn.name, it.urn.text, it.kind)))


def warning(operations: Sequence[Operation]) -> str:
    """Return the paragraph for the top of the comment; empty without operations."""
    if not operations:
        return ""
    urns = list(dict.fromkeys(operation.urn for operation in operations))
    updated = [operation.urn for operation in operations if operation.kind == _UPDATING]
    deployments = [urn for urn in updated if urn.type == DEPLOYMENT]
    sentences = [
        f"⚠️ **An earlier run was interrupted, or is still running:** {names_of(urns)}.",
        "The state doesn't contain what that run did in AWS, so this preview may be wrong.",
    ]
    if deployments:
        sentences.append(
            f"It may even show no changes while AWS serves another model: {names_of(deployments)}.",
        )
    if updated:
        sentences.append("**The next run must be `pulumi up --refresh`.**")
    return " ".join(sentences) + "\n\n"


def sections(operations: Sequence[Operation]) -> list[Section]:
    """Return a row for each operation, and the commands that repair the stack."""
    rows = [row_of(label(operation.urn), code(operation.kind)) for operation in operations]
    kinds = {operation.kind for operation in operations}
    commands = [("pulumi cancel", "removes the interrupted run's lock")]
    if _UPDATING in kinds:
        commands.append(("pulumi up --refresh", "reads what AWS has, then finishes what was interrupted"))
    else:
        commands.append(("pulumi up", "finishes what was interrupted"))
    if _CREATING in kinds:
        commands.append(("pulumi refresh --clear-pending-creates --yes", "ends this warning"))
    lines = "".join(f"{command:<47}  # {does}\n" for command, does in commands)
    foreign = any(it.kind == _CREATING and not it.urn.type.startswith(OURS) for it in operations)
    below = (
        "\nWhen no run of this stack is under way, repair it with these commands, in this order:\n\n"
        f"```console\n{lines}```\n\n{_FOREIGN if foreign else ''}"
        "More in pulumi_bedrock's `docs/failure-modes.md`, *After the Pulumi CLI was killed*.\n"
    )
    heads = ("Resource", "Interrupted while")
    return table("Interrupted operations", heads, rows, "rows of interrupted operations", below=below)
