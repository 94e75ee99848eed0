"""Compare the inputs with the state, and report what a person must know before it is carried out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from botocore import xform_name

from pulumi_bedrock import errors
from pulumi_bedrock.aws.resources import FAILED
from pulumi_bedrock.values.arns import subject
from pulumi_bedrock.values.kinds import DEPLOYMENT, Kind

from .comparison import Comparison, compare, needs_same_name
from .drift import is_checked
from .outage import describe_outage, describe_replacing_tags, describe_unknown_order
from .run_context import RunContext

__all__ = ["diff"]


def diff(run: RunContext, arn: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Comparison:
    """Return what becomes of a deployment: every change replaces it that can't or needn't be updated in place.

    A refresh carries nothing out, so it is warned and never refused. Only with `update_in_place` is AWS called, to find
    an update that isn't in the state; see `drift`.

    IAM: see `Drift.check`.

    :param old: The outputs in the state.
    :param new: Checked and normalised inputs.
    :raises ImportPending: when `import_` names another deployment, or an input changed while it is set.
    :raises ImportMismatch: when another resource of the program has this deployment.
    :raises NameTaken: when the new deployment needs the name of the old one, and `retain_on_delete` keeps that.
    :raises TokenReplayed: when the deployment would be deleted first, and AWS would answer the create with it.
    """
    kind = run.kind
    found = compare(kind, old, new)
    is_refresh = not run.guard.shown(arn, new, keeps=not found.replaces)
    if new.get("importId") and not is_refresh:
        _refuse_change_under_import(kind, arn, old, new, found)
    if not is_refresh:
        _refuse_retained_name(kind, old, new, found)
    _warn_of_used_token(run, arn, old, new, found, refuses=found.deletes_first and not is_refresh)
    if found.deletes_first and old.get(kind.status) != FAILED and not old.get("retainOnDelete"):
        run.report_once(describe_outage(kind, old, new, found.replaces), arn=arn)
    elif found.replaces and {"tags", "tagsAll"}.issuperset(found.replaces):
        run.report_once(describe_replacing_tags(kind, old, new, found.replaces), arn=arn)
    if found.may_delete_first and old.get(kind.status) != FAILED:
        run.report_once(describe_unknown_order(kind, old, found.may_delete_first), arn=arn)
    is_served = kind is DEPLOYMENT and not is_refresh and not found.replaces
    if is_served and is_checked(old, new) and run.drift.check(run, arn, old):
        return replace(found, updates=True)
    return found


def _refuse_change_under_import(
    kind: Kind, arn: str, old: Mapping[str, Any], new: Mapping[str, Any], found: Comparison
) -> None:
    """Refuse a replacement that would import again, before anything is deleted for it."""
    import_id = new["importId"]
    if import_id not in (arn, old.get(kind.name)):
        raise errors.ImportPending(
            f"import_ names {import_id}, but this resource is {arn}. Remove import_ from the options, or declare "
            f"another resource for the other {kind.noun}."
        )
    if found.replaces:
        raise errors.ImportPending(
            f"{', '.join(found.replaces)} changed, which needs a new {kind.noun}, but import_ is still in the options. "
            f"The import is done: remove import_, and the next `pulumi up` replaces the {kind.noun}."
        )


def _refuse_retained_name(kind: Kind, old: Mapping[str, Any], new: Mapping[str, Any], found: Comparison) -> None:
    """Refuse a replacement that can't succeed, before the engine deletes what depends on the deployment.

    The engine goes by the option in the state. An earlier version didn't store it, so the program's counts too.
    """
    if found.replaces and needs_same_name(kind, old, new) and (old.get("retainOnDelete") or new.get("retainOnDelete")):
        raise errors.NameTaken(
            f"{', '.join(found.replaces)} changed, which needs a new {kind.noun} with the same name, but "
            "retain_on_delete keeps the old one, and names are unique. Nothing was changed. Change "
            f"{xform_name(kind.name)} or leave it out; or first run `pulumi up` with nothing changed but "
            "retain_on_delete removed.",
            subject=subject(new[kind.name], kind.noun),
        )


def _warn_of_used_token(
    run: RunContext, arn: str, old: Mapping[str, Any], new: Mapping[str, Any], found: Comparison, *, refuses: bool
) -> None:
    """Warn when AWS would answer the new create with the old deployment; refuse it before a delete."""
    token = new.get("clientRequestToken")
    if token is None or token != old.get("clientRequestToken") or not (found.replaces and found.known):
        return
    replayed = errors.TokenReplayed(
        f"{', '.join(found.known)} changed, which needs a new {run.kind.noun}, but client_request_token did not "
        f"change, so AWS would answer with the old {run.kind.noun}. Change the token too, or leave it out.",
        subject=subject(old.get(run.kind.name) or arn, run.kind.noun),
    )
    if refuses and "region" not in found.replaces:
        raise replayed
    run.report_once(str(replayed), arn=arn)
