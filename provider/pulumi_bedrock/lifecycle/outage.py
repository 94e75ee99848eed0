"""Describe what a person may not expect of a replacement: an outage, an unknown order, tags that force it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from botocore import xform_name

from pulumi_bedrock.values.arns import subject
from pulumi_bedrock.values.kinds import CUSTOM_MODEL, DEPLOYMENT, Kind
from pulumi_bedrock.values.settings import AUTONAMING

from .comparison import holds_unknown
from .inputs import IN_PLACE

__all__ = ["describe_outage", "describe_replacing_tags", "describe_unknown_order"]


_OUTAGE = {
    DEPLOYMENT: (
        "this replacement deletes it before it creates the new one. Nothing serves from the deletion until the new "
        "deployment is Active."
    ),
    CUSTOM_MODEL: (
        "this replacement deletes it, and the deployments that use it, before it creates the new one. Nothing serves "
        "from then until the new ones are Active. AWS refuses to delete it while another deployment uses it, such as "
        "one with update_in_place."
    ),
}

_GAP = {
    DEPLOYMENT: ", and nothing serves from then until the new deployment is Active.",
    CUSTOM_MODEL: ", with the deployments that use it, and nothing serves from then until the new ones are Active.",
}


def describe_outage(kind: Kind, old: Mapping[str, Any], new: Mapping[str, Any], replaces: Sequence[str]) -> str:
    """Return a warning for the person at the terminal: what stops serving, why, and how to avoid it.

    Tags are named by their keys. Values are left out, since they may be secret.

    :param replaces: The names of the inputs whose change replaces the deployment.
    """
    in_place = "set update_in_place=True, " if IN_PLACE[kind].issuperset(replaces) else ""
    name = xform_name(kind.name)
    reasons = ", ".join(_changes(old, new, replaces))
    option = new.get("deleteBeforeReplace")
    if option == AUTONAMING:
        why = f"the names of {AUTONAMING} have no random part, so that Pulumi deletes first whatever it replaces"
        instead = f"run `pulumi config set --path {AUTONAMING}.providers.pulumi-python.mode default`, leave "
    elif option:
        why, instead = "delete_before_replace=True is in the options", "remove it, and leave "
    else:
        why, instead = f"{name} is given and stays, but names are unique", "leave "
    return (
        f"{subject(old[kind.name], kind.noun)}: {_OUTAGE[kind]} Reason: {reasons}, and {why}. "
        f"To avoid the outage, {instead}{name} out (automatic name), {in_place}or use two {kind.noun}s "
        "(blue-green)."
    )


def describe_replacing_tags(kind: Kind, old: Mapping[str, Any], new: Mapping[str, Any], replaces: Sequence[str]) -> str:
    """Return a warning of a replacement for tags alone, which pulumi_aws would change in place."""
    return (
        f"{subject(old[kind.name], kind.noun)}: {', '.join(_changes(old, new, replaces))}, which replaces it, and "
        "the new one has another ARN. To change tags in place, set update_in_place=True. If something else sets the "
        "tag, name it in aws:ignoreTags."
    )


def describe_unknown_order(kind: Kind, old: Mapping[str, Any], unknown: Sequence[str]) -> str:
    """Return a warning of a replacement whose order isn't known yet.

    :param unknown: The names of the inputs on which it depends.
    """
    return (
        f"{subject(old[kind.name], kind.noun)}: it is replaced, and {' and '.join(unknown)} "
        f"{'is' if len(unknown) == 1 else 'are'} not known yet. If name and Region stay, it is deleted first"
        f"{_GAP[kind]}"
    )


def _changes(old: Mapping[str, Any], new: Mapping[str, Any], replaces: Sequence[str]) -> Iterator[str]:
    for key in replaces:
        if key not in ("tags", "tagsAll"):
            yield f"{key} may change" if holds_unknown(new.get(key)) else f"{key} changes"
    if any(holds_unknown(new.get(key)) and not isinstance(new.get(key), Mapping) for key in ("tags", "tagsAll")):
        yield "tags may change"
        return
    if "tags" in replaces or "tagsAll" in replaces:
        yield from _tag_changes(old, new)


def _tag_changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[str]:
    own = {**(old.get("tags") or {}), **(new.get("tags") or {})}
    before, after = ({**(props.get("tagsAll") or {}), **(props.get("tags") or {})} for props in (old, new))
    for key in sorted({*before, *after}):
        what = f'the tag "{key}"' if key in own else f'the default tag "{key}"'
        if holds_unknown(after.get(key)):
            yield f"{what} may change"
        elif before.get(key) != after.get(key):
            yield f"{what} changes"
