"""Which resource of the program holds which deployment in the state, as far as the engine has shown it in this run.

The engine shows the state one resource at a time: `check` tells whether a resource has inputs in the state, and `diff`
tells its ARN. Pulumi itself doesn't refuse two resources with one ID.
"""

from __future__ import annotations

from collections.abc import Mapping
from threading import Lock
from typing import Any

from pulumi_bedrock import errors
from pulumi_bedrock.values.arns import Arn

__all__ = ["Holders"]

_Key = tuple[str, str]


class Holders:
    """The resources of one run and their deployments."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._importing: dict[str, _Key] = {}
        self._holding: dict[str, tuple[str, _Key]] = {}  # the ARN and its holder, by ARN and by name
        self._unshown: set[_Key] = set()

    def checked(self, props: Mapping[str, Any], *, in_state: bool) -> None:
        """Note a `check`: what the resource imports, and whether the state has it.

        Pulumi checks a resource without its old inputs when it is about to create it, also as a replacement.

        :raises ImportMismatch: when it imports what another resource of the program has.
        """
        key = _key(props)
        if key is None:
            return
        with self._lock:
            if in_state:
                self._unshown.add(key)
            else:
                self._holding = {name: held for name, held in self._holding.items() if held[1] != key}
            if props.get("importId"):
                identifier = _identifier(props["importId"], props)
                self._importing.setdefault(identifier, key)
                arn, holder = self._holding.get(identifier, ("", key))
                if holder != key:
                    raise _both(holder, key, arn)

    def shown(self, arn: str, outputs: Mapping[str, Any], props: Mapping[str, Any], *, keeps: bool) -> None:
        """Note a `diff`: the state holds a deployment for a resource.

        :param keeps: Whether the resource keeps its deployment, as far as `diff` can tell.
        :raises ImportMismatch: when another resource of the program has it, or imports it.
        """
        names = (arn, _identifier(str(outputs.get("modelDeploymentName")), outputs))
        key = _key(props)
        if key is None:
            return
        with self._lock:
            self._unshown.discard(key)
            holders = [self._importing.get(name) for name in names]
            if arn in self._holding:
                holders.insert(0, self._holding[arn][1])
            if keeps:
                for name in names:
                    self._holding.setdefault(name, (arn, key))
        for other in holders:
            if other is not None and other != key:
                raise _both(key, other, arn)

    def holds(self, arn: str) -> bool:
        """Return whether a resource of the program keeps this deployment, although another one is being deleted."""
        with self._lock:
            return arn in self._holding

    def is_unshown(self, props: Mapping[str, Any]) -> bool:
        """Return whether the state has a deployment for this resource whose ARN this run hasn't been shown.

        A forced replacement calls no `diff`.
        """
        return _key(props) in self._unshown


def _both(holder: _Key, importer: _Key, arn: str) -> errors.ImportMismatch:
    return errors.ImportMismatch(
        f'import_: the resources "{holder[1]}" and "{importer[1]}" of this stack both want to manage {arn}. Only one '
        "resource can manage a deployment. Remove one of them from the program."
    )


def _identifier(identifier: str, props: Mapping[str, Any]) -> str:
    """Return an ARN as it is, and a name with its Region: names are unique in one Region only."""
    return identifier if Arn.parse(identifier) else f"{props.get('region')}/{identifier}"


def _key(props: Mapping[str, Any]) -> _Key | None:
    owner = props.get("owner")
    if not isinstance(owner, Mapping) or not isinstance(owner.get("logicalName"), str):
        return None
    return str(owner.get("parent") or ""), owner["logicalName"]
