"""Assemble the comment: the most important section comes first, and sections are cut from the end."""

from __future__ import annotations

from collections.abc import Sequence

from . import interrupted
from .changes import Action, changes_of
from .cutting import LIMIT, assembled
from .deployments import impacts_of
from .full_diff import full_diff
from .markdown import marker
from .messages import diagnostics, messages
from .model_notes import models
from .models import model_impacts_of
from .notes import deployments
from .preview import Preview
from .reading import read
from .tables import destructive, drifts, others
from .verdict import verdict

__all__ = ["comment", "rendered"]

UNNAMED = "unknown"
"""The marker's word for a project or stack that neither the preview nor the caller names."""


def comment(
    text: str,
    *,
    state: str | None = None,
    project: str | None = None,
    stack: str | None = None,
    limit: int = LIMIT,
) -> str:
    """Return the Markdown comment for the event stream of `pulumi preview --json`.

    :param text: The events, one per line.
    :param state: The output of `pulumi stack export`, for the operations that an earlier run has not finished.
    :param project: The project's name; left out, it is the preview's.
    :param stack: The stack's name; left out, it is the preview's.
    :param limit: The comment's maximum length in UTF-8 bytes, which are at least as many as GitHub's characters.
    :raises MalformedPreview: when the text isn't a preview, or is cut off.
    :raises MalformedState: when the state isn't an export.
    """
    operations = () if state is None else interrupted.read(state)
    return rendered(read(text), operations, project=project, stack=stack, limit=limit)


def rendered(
    preview: Preview,
    operations: Sequence[interrupted.Operation] = (),
    *,
    project: str | None = None,
    stack: str | None = None,
    limit: int = LIMIT,
) -> str:
    """Return the comment for a preview that has been read, and for the operations of an earlier run."""
    root = preview.root
    project = project or (root and root.project) or UNNAMED
    stack = stack or (root and root.stack) or UNNAMED
    changes = changes_of(preview)
    of_models = model_impacts_of(preview, changes)
    impacts = impacts_of(preview, changes, of_models)
    shown = [change for change in changes if change.action is not Action.SAME]
    said = verdict(preview, changes, impacts, of_models, label=f"{project}/{stack}")
    head = f"{marker(project, stack)}\n{interrupted.warning(operations)}{said}\n"
    sections = [
        *interrupted.sections(operations),
        *diagnostics(preview, ("error",), title="Errors"),
        *deployments(impacts),
        *models(of_models),
        *destructive(shown),
        *drifts(preview.drifts),
        *diagnostics(preview, ("warning",), title="Warnings"),
        *others(shown),
        *messages(preview),
        *full_diff(shown),
    ]
    return assembled(head, sections, limit=limit)
