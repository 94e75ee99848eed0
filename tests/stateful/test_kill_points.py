"""A run is killed at each of its points, and the next `up` loses nothing, for each lifecycle of each kind.

A kill leaves the account, the state and what stands on the screen. Where that is as it was at the point before, the
point is left out. With `PULUMI_BEDROCK_ALL_KILL_POINTS=1` (`make kill-points`) none is, and the run that follows is
killed too, at each of its points.
"""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from pulumi_bedrock.lifecycle.unfinished import MARK
from pulumi_bedrock.values.kinds import KINDS, Kind
from stateful.kinds import NAMES
from stateful.lifecycles import LIFECYCLES, Lifecycle
from stateful.stacks import StackInAccount
from stateful.weather import Weather

MakeStack = Callable[[], StackInAccount]
ALL = os.environ.get("PULUMI_BEDROCK_ALL_KILL_POINTS") == "1"


@pytest.mark.parametrize(
    ("name", "kind"),
    [(name, kind) for kind in KINDS for name, life in LIFECYCLES.items() if kind in life.kinds],
    ids=lambda value: getattr(value, "api", value),
)
def test_kill_at_any_point_loses_nothing(make_stack: MakeStack, name: str, kind: Kind) -> None:
    life = LIFECYCLES[name]
    found: dict[str, list[str]] = {}
    for number, point in Runs(make_stack, life, kind).points(all_of_them=ALL):
        found[f"{number}. {point}"] = Runs(make_stack, life, kind, number).problems()
    if ALL:
        for first, point in Runs(make_stack, life, kind).points():
            for second, next_point in Runs(make_stack, life, kind, first).points():
                runs = Runs(make_stack, life, kind, first, second)
                found[f"{first}. {point}, {second}. {next_point}"] = runs.problems()
    assert {point: problems for point, problems in found.items() if problems} == {}, f"of {list(found)}"


class Runs:
    """The runs of a lifecycle, each killed at one of its points."""

    def __init__(self, make_stack: MakeStack, life: Lifecycle, kind: Kind, *kills: int) -> None:
        self.stack, self._life, self._number = make_stack(), life, 0
        self.stack.kind = kind
        life.prepare(self.stack)
        self._recorded = set(self.stack.engine.recorded)
        self._theirs = {arn: live for arn, live in self.stack.live().items() if arn in self.stack.strangers}
        for point in kills:
            assert not self._up(killed_at=point)
            assert len(self.stack.killer.passed) == point, "it was killed there"
            self.stack.look()
            self.stack.activate()

    def _up(self, *, killed_at: int | None = None) -> bool:
        self._number += 1
        if self._number == 1:
            return self.stack.up(replace(self._life.weather, killed_at=killed_at), **self._life.options)
        if self._life.refreshes:
            assert self.stack.refresh()
        in_use_for = self._life.weather.in_use_for
        return self.stack.up(Weather(killed_at=killed_at, in_use_for=in_use_for), **self._life.later)

    def points(self, *, all_of_them: bool = False) -> list[tuple[int, str]]:
        """The points of the next run."""
        stack, killer = self.stack, self.stack.killer
        killer.look = lambda: (stack.live(), repr(stack.engine.state), stack.engine.recorded, len(stack.screen))
        self._up()
        killer.look = None
        changes = [seen != before for seen, before in zip(killer.seen, [None, *killer.seen], strict=False)]
        points = zip(itertools.count(1), killer.passed, changes, strict=False)
        return [(number, point) for number, point, changed in points if changed or all_of_them]

    def problems(self) -> list[str]:
        """What is wrong after the next run."""
        done = self._up()
        if not done and any(arn in self.stack.engine.errors[-1] for arn in self.stack.handed_over_at_the_kill):
            # A kill just before the record has left a deployment, and its name or token is needed. This is the one
            # place where a kill can lose a deployment, and it is documented. Do as the error says.
            for given in self.stack.program.values():
                given.update({key: "another" for key in (*NAMES, "clientRequestToken") if key in given})
            done = self._up()
        return list(self._problems()) if done else [f"the next `up` failed: {self.stack.engine.errors[-1]}"]

    def _problems(self) -> Iterator[str]:
        stack, live, recorded = self.stack, self.stack.live(), self.stack.engine.recorded
        said = "\n".join(stack.screen)
        if len(recorded) != len(set(recorded)):
            yield f"twice in the state: {recorded}"
        for arn, was in self._theirs.items():
            if arn in stack.strangers and live.get(arn) != was and arn not in recorded:
                yield f"somebody else's has changed: {was} -> {live.get(arn)}"
        for arn in set(recorded) - live.keys():
            yield f"in the state, and gone: {arn}"
        for arn, found in live.items():
            if arn in recorded:
                if found["status"] != "Active":
                    yield f"in the state, and {found['status']}"
                if MARK in found["tags"] and arn not in self._recorded:
                    yield f"in the state, and marked {found['tags']}"
            elif arn not in self._theirs and arn not in stack.handed_over_at_the_kill:
                named = arn in said or found["name"] in said
                if not self._life.leaves(named=named, marked=stack.is_marked(found)):
                    yield f"left: {found}"
