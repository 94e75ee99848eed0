"""Compare the inputs of a program with the state, or with a live resource."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

from pulumi_bedrock.aws.constraints import UNKNOWN
from pulumi_bedrock.aws.resources import FAILED, Resource
from pulumi_bedrock.values.kinds import Kind
from pulumi_bedrock.values.tags import SERVICE_PREFIX

from .inputs import IN_PLACE, INPUTS, SHOWN, shown_inputs
from .unfinished import MARK

__all__ = ["Comparison", "compare", "differences", "holds_unknown", "live_inputs", "needs_same_name"]

_STATE_ONLY = ("retainOnDelete", "tags", "timeouts", "updateInPlace")
"""Inputs that the state has to hold as the program gives them, even where AWS gets nothing new."""


@dataclass(frozen=True)
class Comparison:
    """What a change of the inputs means.

    :param updates: Whether something has to be written: to AWS in place, or to the state alone.
    :param replaces: The names of what replaces the resource; its status's for one that is `Failed`.
    :param known: Those of `replaces` that are known to have changed; the values of the others aren't known yet.
    :param deletes_first: Whether the replacement deletes the old resource first.
    :param may_delete_first: The names of the inputs on which that depends and which aren't known yet.
    """

    updates: bool
    replaces: tuple[str, ...] = ()
    known: tuple[str, ...] = ()
    deletes_first: bool = False
    may_delete_first: tuple[str, ...] = ()


def compare(kind: Kind, old: Mapping[str, Any], new: Mapping[str, Any]) -> Comparison:
    """Decide what becomes of a resource.

    The new inputs decide whether it is updated in place; a flag that isn't known yet replaces. While `import_` is in
    the options, what isn't known yet is no reason to delete what was imported.

    :param old: The outputs in the state.
    :param new: Checked and normalised inputs.
    """
    changed = _changed(kind, old, new)
    if old.get(kind.status) == FAILED:  # as a refresh has read it: it is never ready again
        changed.append(kind.status)
    may_update = new.get("updateInPlace") is True and not any(_must_replace(key, new) for key in changed)
    in_place = may_update and IN_PLACE[kind].issuperset(changed)
    # An update that a refresh found under way is joined, so that `up` ends with the model that it promises.
    updates = bool(changed) or any(old.get(key) != new.get(key) for key in _STATE_ONLY)
    updates = updates or (in_place and "updateStatus" in old)
    known = tuple(key for key in changed if not holds_unknown(new.get(key)))
    replaces = () if in_place else known if new.get("importId") else tuple(changed)
    if not replaces:
        return Comparison(updates, known=known)
    return Comparison(updates, replaces, known, _deletes_first(kind, old, new), _deciding_unknown(kind, old, new))


def _must_replace(key: str, new: Mapping[str, Any]) -> bool:
    """Return whether the option `replace_on_changes` names an input; a part of the tags stands for all of them."""
    names = {str(path).partition("[")[0].partition(".")[0] for path in new.get("replaceOnChanges") or ()}
    return not names.isdisjoint({"*", key, key.removesuffix("All")})


def _changed(kind: Kind, old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    """Return the names of the inputs that differ for AWS.

    The name counts only when the program gives one, or gave one before: `create` makes an automatic name, which must
    not look like a change. Own tags count only together with all tags: a tag that moves from `aws:defaultTags` into
    `tags` is the same tag for AWS. What isn't known yet differs from everything that a state can hold.
    """
    found = [key for key in INPUTS[kind] if old.get(key) != new.get(key)]
    if "tags" in found and "tagsAll" not in found and not holds_unknown(new.get("tags")):
        found.remove("tags")
    if new.get(kind.name) is None and old.get("autoNamed") is not False and old.get(kind.name):
        found.remove(kind.name)
    return found


def _deletes_first(kind: Kind, old: Mapping[str, Any], new: Mapping[str, Any]) -> bool:
    """Return whether a replacement deletes the old resource first.

    The option `delete_before_replace` decides, for the engine too. Without it, the old resource must be deleted first
    when name and Region stay, since names are unique.
    """
    option = new.get("deleteBeforeReplace")
    if option is not None:
        return bool(option)
    return needs_same_name(kind, old, new)


def needs_same_name(kind: Kind, old: Mapping[str, Any], new: Mapping[str, Any]) -> bool:
    """Return whether a new resource would have the name of the old one, in the same Region."""
    given, region = new.get(kind.name), new.get("region")
    return given is not None and (given, region) == (old.get(kind.name), old.get("region"))


def _deciding_unknown(kind: Kind, old: Mapping[str, Any], new: Mapping[str, Any]) -> tuple[str, ...]:
    """Return which of name and Region aren't known yet, and decide whether the old resource is deleted first."""
    given = {key: new.get(key) for key in (kind.name, "region")}
    may_stay = all(holds_unknown(value) or value == old.get(key) for key, value in given.items())
    is_given = given[kind.name] is not None and old.get("autoNamed") is not True
    if new.get("deleteBeforeReplace") is not None or not is_given or not may_stay:
        return ()
    return tuple(key for key, value in given.items() if holds_unknown(value))


def holds_unknown(value: Any) -> bool:
    """Return whether a value, or a part of it, is unknown."""
    if isinstance(value, (Mapping, list)):
        return any(holds_unknown(item) for item in (value.values() if isinstance(value, Mapping) else value))
    return value is UNKNOWN


def live_inputs(
    kind: Kind, found: Resource, tags: Mapping[str, str], *, declared: Mapping[str, Any], ignores: Callable[[str], bool]
) -> dict[str, Any]:
    """Return the inputs that would create this resource, as far as AWS shows them.

    While an update runs, the model is the one that is coming. Tags of AWS and of `aws:ignoreTags` are left out, unless
    the program sets them. As in the program, `tags` holds no default tags, and `tagsAll` holds all; a default tag that
    somebody changed is in both.

    :param declared: The inputs of the program or the state; they distinguish own tags from default ones.
    :param ignores: Whether `aws:ignoreTags` names a tag, by its key.
    """
    own, everything = declared.get("tags") or {}, declared.get("tagsAll") or {}
    theirs = {
        key: value
        for key, value in tags.items()
        if not key.startswith(SERVICE_PREFIX) and key != MARK and (key in everything or not ignores(key))
    }
    read = shown_inputs(kind, found)
    read["tags"] = {key: value for key, value in theirs.items() if key in own or everything.get(key) != value}
    return {key: value for key, value in {**read, "tagsAll": theirs}.items() if value not in (None, {})}


def differences(
    kind: Kind, *, declared: Mapping[str, Any], live: Mapping[str, Any], shown: Collection[str] = ()
) -> list[str]:
    """Return the differences between a live resource and what a program declares, for the message of an import.

    Names and ARNs are shown. The values of description and tags may be secret.

    :param shown: Which of `description` and `tags` aren't secret, so that both values are shown.
    """
    found = [
        f"{key} is {live.get(key, 'not set')} in AWS and {declared.get(key, 'not set')} in the program"
        for key in SHOWN[kind]
        if declared.get(key) != live.get(key) and not (key == kind.name and key not in declared)
    ]
    want, has = _private(declared), _private(live)
    for path in sorted({*want, *has}):
        if want.get(path) != has.get(path):
            found.append(_difference(path, want.get(path), has.get(path), shown=path.partition("[")[0] in shown))
    return found


def _private(props: Mapping[str, Any]) -> dict[str, Any]:
    """Return what may be secret, by its path in a message."""
    tags = props.get("tagsAll") or {}
    return {"description": props.get("description"), **{f'tags["{key}"]': value for key, value in tags.items()}}


def _difference(path: str, declared: Any, live: Any, *, shown: bool) -> str:
    if shown:
        has, wants = ("not set" if value is None else f'"{value}"' for value in (live, declared))
        return f"{path} is {has} in AWS and {wants} in the program"
    if declared is None:
        return f"{path} is set in AWS, but not in the program"
    return f"{path} is not set in AWS" if live is None else f"{path} has another value in AWS"
