"""Change the modules that decide in small ways, one at a time, and see whether their tests notice.

mutmut's list of changes makes the mutants. Its own runner leaves out the functions that have decorators and everything
outside of functions: properties, context managers and tables. So this runs the tests itself. No file is changed: each
mutant is a fork of this process, in which an import gives the changed code. `tests/mutants.toml` says which modules and
tests, and explains the mutants that no test notices.
"""

from __future__ import annotations

import argparse
import gc
import importlib
import os
import resource
import signal
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from mutations import Changed, Mutant, mutants

TOP = Path(__file__).resolve().parent.parent
TABLE = TOP / "tests/mutants.toml"
PRELOADED = ("boto3", "grpc", "hypothesis", "moto.server", "pulumi")
"""Packages that the tests import, so that no fork has to; the package under test isn't one of them."""
PYTEST = ("-x", "-q", "--tb=no", "--assert=plain", "-p", "no:cacheprovider", "-p", "no:unraisableexception")
"""Options that spare what nobody reads: explanations of a failure, and collecting garbage at the end."""
PROFILE = "mutants"
"""Hypothesis's: the same examples as in `make test`, and no search for the simplest one that fails."""

SECONDS, MEMORY = 300, 2 << 30
"""What one mutant may use, besides the CPU time: some never end. Seconds by the clock are for those that sleep."""
LIMITS = (signal.SIGXCPU, signal.SIGALRM, signal.SIGABRT, signal.SIGSEGV)
"""How a mutant ends that goes beyond them."""


@dataclass
class Result:
    """How many mutants there are, and which of them the tests didn't notice."""

    mutants: int = 0
    survived: list[Mutant] = field(default_factory=list)
    explained: list[Mutant] = field(default_factory=list)

    def row(self, name: str) -> str:
        """Return the numbers, for the table."""
        noticed = self.mutants - len(self.explained) - len(self.survived)
        return f"{name:<24}{self.mutants:>8}{noticed:>8}{len(self.explained):>10}{len(self.survived):>9}"


def start_tests(tests: Sequence[str], mutant: Mutant | None = None, *, cpu_seconds: int) -> int:
    """Run tests in a fork of this process, with the changed module, and return its id."""
    child = os.fork()
    if child:
        return child
    try:
        signal.alarm(SECONDS)
        resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds + 10))  # SIGXCPU, ten seconds before SIGKILL
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, 1)
        os.dup2(nowhere, 2)
        if mutant:
            sys.meta_path.insert(0, Changed(mutant))
        code = int(pytest.main([*tests, *PYTEST, f"--hypothesis-profile={PROFILE}"]))
    except BaseException:
        code = int(pytest.ExitCode.INTERNAL_ERROR)
    os._exit(code)


def noticed(
    made: Iterable[Mutant], tests: Sequence[str], *, jobs: int, cpu_seconds: int
) -> Iterator[tuple[Mutant, bool]]:
    """Yield each mutant, and whether its tests notice it."""
    running: dict[int, Mutant] = {}
    for mutant in made:
        if len(running) >= jobs:
            yield _next_of(running)
        running[start_tests(tests, mutant, cpu_seconds=cpu_seconds)] = mutant
    while running:
        yield _next_of(running)


def _next_of(running: dict[int, Mutant]) -> tuple[Mutant, bool]:
    child, status = os.wait()
    if os.WIFSIGNALED(status) and os.WTERMSIG(status) not in LIMITS:
        sys.exit("error: the tests were ended from outside")
    return running.pop(child), status != 0


def try_module(module: str, entry: Mapping[str, Any], *, jobs: int) -> Result:
    """Test the mutants of one module, and show those that nobody notices or explains."""
    tests, explained, result = entry["tests"], entry.get("explained", {}), Result()
    cpu_seconds = _check_tests(module, tests)
    made = mutants(module, entry.get("parts", []))
    for mutant, is_noticed in noticed(made, tests, jobs=jobs, cpu_seconds=cpu_seconds):
        result.mutants += 1
        if not is_noticed and mutant.change in explained:
            result.explained.append(mutant)
        elif not is_noticed:
            result.survived.append(mutant)
            print(f"provider/pulumi_bedrock/{module}.py:{mutant.line}: {mutant.change}", flush=True)
    if stale := sorted(explained.keys() - {mutant.change for mutant in result.explained}):
        sys.exit(
            f"error: tests/mutants.toml explains a change of {module} that is noticed or doesn't exist: {stale[0]}"
        )
    print(result.row(module), flush=True)
    return result


def _check_tests(module: str, tests: Sequence[str]) -> int:
    """Return the seconds of CPU time that a mutant may take. End when the tests fail without a change."""
    _, status, used = os.wait4(start_tests(tests, cpu_seconds=SECONDS), 0)
    if status:
        sys.exit(f"error: the tests of {module} fail without a change, or don't exist: {' '.join(tests)}")
    return 10 + round(4 * (used.ru_utime + used.ru_stime))


def main() -> None:
    """Test the mutants of the modules on the command line, or of all."""
    tomllib = importlib.import_module("tomllib" if sys.version_info >= (3, 11) else "tomli")
    table = tomllib.loads(TABLE.read_text(encoding="utf-8"))
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("modules", nargs="*", metavar="MODULE", help=f"such as {next(iter(table))}; all without one")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="forks at a time")
    options = parser.parse_args()
    if unknown := set(options.modules) - set(table):
        parser.error(f"not in tests/mutants.toml: {', '.join(sorted(unknown))}")
    os.chdir(TOP)
    for name in PRELOADED:
        importlib.import_module(name)
    phases = (hypothesis.Phase.explicit, hypothesis.Phase.generate)
    hypothesis.settings.register_profile(
        PROFILE,
        derandomize=True,
        deadline=None,
        database=None,
        phases=phases,
        suppress_health_check=list(hypothesis.HealthCheck),
    )
    gc.freeze()
    print(f"{'module':<24}{'mutants':>8}{'noticed':>8}{'explained':>10}{'survived':>9}", flush=True)
    total = Result()
    for name in options.modules or table:
        result = try_module(name, table[name], jobs=options.jobs)
        total.mutants += result.mutants
        total.survived += result.survived
        total.explained += result.explained
    print(total.row("all"))
    sys.exit(1 if total.survived else 0)


if __name__ == "__main__":
    main()
