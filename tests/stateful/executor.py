"""How the engine model executes the calls of its steps: one at a time, where the real engine executes several.

A step is a generator that yields before each call that the engine executes in parallel with others. `Check` and `Diff`
it makes one after another. So at any time some calls are on hold, and one of them is executed next, by its name.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable

from dynamic_host import HostError
from stateful.engine_state import Flags

__all__ = ["Executor", "Key", "Steps"]

Key = tuple[str, str, str]
"""The name of the resource, the method and the ID."""

Steps = Generator[Key, None, None]


class Executor:
    """The calls of one run.

    :param on_hold: See `Engine`.
    """

    def __init__(self, flags: Flags, on_hold: Callable[[Key], None]) -> None:
        self.flags, self._announce = flags, on_hold
        self.errors: list[str] = []
        self.done: set[str] = set()
        self.failed: set[str] = set()
        """These, and with `--continue-on-error` what depends on them: it is checked, and then nothing is done."""
        self.on_hold: list[tuple[Key, str, Steps]] = []
        self.blocked: list[tuple[Key, str, Steps]] = []
        """With `--parallel 1`, what the engine is ready for while a call is executed."""

    @property
    def stopped(self) -> bool:
        """Whether an error ends the run. What is on hold is executed all the same, as the real engine has begun it."""
        return bool(self.errors) and not self.flags.continue_on_error

    def advance(self, name: str, steps: Steps, *, only_check: bool = False) -> None:
        """Go on with a step, up to its next call."""
        try:
            key = next(steps)
        except StopIteration:
            self.done.add(name)
        except HostError as error:
            self.errors.append(str(error).strip())
            self.failed.add(name)
        else:
            if self.stopped or only_check:
                steps.close()
                self.failed.add(name)
            elif self.flags.parallel == 1 and self.on_hold:
                self.blocked = [(key, name, steps)]
            else:
                self._hold(key, name, steps)

    def _hold(self, key: Key, name: str, steps: Steps) -> None:
        self.on_hold.append((key, name, steps))
        self._announce(key)

    def execute_one(self) -> bool:
        """Execute a call that is on hold. Whether there was one."""
        if not self.on_hold:
            return False
        first = min(self.on_hold, key=lambda held: held[0][:2])
        self.on_hold.remove(first)
        self.advance(*first[1:])
        if self.blocked and not self.on_hold:
            self._hold(*self.blocked.pop())
        return True

    def together(self, several: Iterable[tuple[str, Steps]]) -> None:
        for name, steps in several:
            self.advance(name, steps)
        while self.execute_one():
            pass
