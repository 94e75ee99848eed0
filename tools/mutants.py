"""Change the modules that decide in small ways, one at a time, and see whether their tests notice.

mutmut's list of changes makes the mutants. Its own runner leaves out the functions that have decorators and everything
outside of functions: properties, context managers and tables. So this runs the tests itself. No file is changed: each
mutant is a fork of this process, in which an import gives the changed code. `tests/mutants.toml` says which modules and
tests, and explains the mutants that no test notices.
"""

from __future__ import annotations

import argparse
import difflib
import gc
import importlib
import os
import resource
import signal
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.machinery import ModuleSpec, SourceFileLoader
from importlib.util import spec_from_file_location
from pathlib import Path
from typing import Any

import hypothesis
import libcst as cst
import pytest
from mutmut.mutation.mutators import mutation_operators

TOP = Path(__file__).resolve().parent.parent
PACKAGE = TOP / "provider/pulumi_bedrock"
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


@dataclass(frozen=True)
class Mutant:
    """A module with one change.

    :param module: The module, as in the table.
    :param line: The number of the first changed line.
    :param change: The changed lines before and after, which name the mutant in the table.
    :param code: The whole changed module.
    """

    module: str
    line: int
    change: str
    code: str


@dataclass
class Result:
    """What the tests of one module noticed."""

    mutants: int = 0
    survived: int = 0
    explained: list[str] = field(default_factory=list)


def mutants(module: str, parts: Sequence[str]) -> Iterator[Mutant]:
    """Yield the mutants of a module.

    :param parts: The names at the module's top level to change; all if empty.
    """
    source = (PACKAGE / f"{module}.py").read_text(encoding="utf-8")
    tree = cst.parse_module(source)
    made = {source}
    for statement in tree.body:
        name = _name(statement)
        if name in parts if parts else name not in ("__all__", "T"):
            for old, new in _changes(statement):
                code = tree.deep_replace(old, new).code
                if code not in made:
                    made.add(code)
                    yield _mutant(module, source, code)


def _name(statement: Any) -> str:
    if isinstance(statement, (cst.FunctionDef, cst.ClassDef)):
        return str(statement.name.value)
    for each in statement.body if isinstance(statement, cst.SimpleStatementLine) else ():
        if isinstance(each, (cst.Assign, cst.AnnAssign)):
            target = each.target if isinstance(each, cst.AnnAssign) else each.targets[0].target
            return str(getattr(target, "value", ""))
    return ""


def _changes(node: Any) -> Iterator[tuple[Any, Any]]:
    """Yield each changed node below a node, with what replaces it."""
    is_enum = isinstance(node, cst.ClassDef) and any(getattr(base.value, "value", "") == "Enum" for base in node.bases)
    if is_enum or isinstance(node, (cst.Annotation, cst.Decorator)):  # an Enum's values are words for readers
        return
    for kind, operator in mutation_operators:
        if isinstance(node, kind):
            # Of a text, one change is enough. Prose isn't changed: tests of messages quote what matters in them.
            if not isinstance(node, cst.SimpleString):
                yield from ((node, new) for new in operator(node))
            elif " " not in node.value:
                yield from ((node, new) for new in list(operator(node))[:1])
    for child in node.children:
        yield from _changes(child)


def _mutant(module: str, source: str, code: str) -> Mutant:
    before, after = source.splitlines(), code.splitlines()
    changes = difflib.SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
    _, start, end, new_start, new_end = next(each for each in changes if each[0] != "equal")
    old, new = (" ".join(map(str.strip, lines)) for lines in (before[start:end], after[new_start:new_end]))
    return Mutant(module, start + 1, f"{old} -> {new}", code)


class _Changed(SourceFileLoader):
    """Imports one module with changed code."""

    def __init__(self, mutant: Mutant) -> None:
        self._mutant = mutant
        super().__init__(f"pulumi_bedrock.{mutant.module.replace('/', '.')}", str(PACKAGE / f"{mutant.module}.py"))

    def find_spec(self, fullname: str, *_: object) -> ModuleSpec | None:
        return spec_from_file_location(fullname, self.path, loader=self) if fullname == self.name else None

    def get_code(self, _fullname: str) -> Any:
        return compile(self._mutant.code, self.path, "exec")


def start_tests(tests: Sequence[str], mutant: Mutant | None = None, *, cpu_seconds: int) -> int:
    """Run tests in a fork of this process, with the changed module, and return its id."""
    child = os.fork()
    if child:
        return child
    try:
        signal.alarm(SECONDS)
        resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds + 10))  # SIGXCPU, and SIGKILL at the second
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, 1)
        os.dup2(nowhere, 2)
        if mutant:
            sys.meta_path.insert(0, _Changed(mutant))
        code = int(pytest.main([*tests, *PYTEST, f"--hypothesis-profile={PROFILE}"]))
    except BaseException:
        code = int(pytest.ExitCode.INTERNAL_ERROR)
    os._exit(code)


class Run:
    """The forks that run, and what came of those that ended."""

    def __init__(self, jobs: int, explained: Mapping[str, Mapping[str, str]]) -> None:
        self._jobs, self._explained = jobs, explained
        self._running: dict[int, Mutant] = {}
        self.results = {module: Result() for module in explained}

    def add(self, mutant: Mutant, tests: Sequence[str], cpu_seconds: int) -> None:
        """Test a mutant as soon as there is room."""
        while len(self._running) >= self._jobs:
            self.wait()
        self._running[start_tests(tests, mutant, cpu_seconds=cpu_seconds)] = mutant

    def wait(self) -> None:
        """Wait until a fork ends, and note what it found."""
        child, status = os.wait()
        mutant = self._running.pop(child)
        result = self.results[mutant.module]
        result.mutants += 1
        if os.WIFSIGNALED(status) and os.WTERMSIG(status) not in LIMITS:
            sys.exit("error: the tests were ended from outside")
        if status:
            return
        if mutant.change in self._explained[mutant.module]:
            result.explained.append(mutant.change)
        else:
            result.survived += 1
            print(f"provider/pulumi_bedrock/{mutant.module}.py:{mutant.line}: {mutant.change}", flush=True)

    def wait_for_all(self) -> None:
        """Wait until nothing runs."""
        while self._running:
            self.wait()


def main() -> None:
    """Test the mutants of the modules on the command line, or of all."""
    tomllib = importlib.import_module("tomllib" if sys.version_info >= (3, 11) else "tomli")
    table = tomllib.loads(TABLE.read_text(encoding="utf-8"))
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("modules", nargs="*", metavar="MODULE", help=f"such as {next(iter(table))}; all without one")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="forks at a time")
    options = parser.parse_args()
    modules = options.modules or list(table)
    if unknown := set(modules) - set(table):
        parser.error(f"not in tests/mutants.toml: {', '.join(sorted(unknown))}")
    os.chdir(TOP)
    for name in PRELOADED:
        importlib.import_module(name)
    _register_profile()
    gc.freeze()
    explained = {name: table[name].get("explained", {}) for name in modules}
    run = Run(options.jobs, explained)
    for name in modules:
        tests = table[name]["tests"]
        run.wait_for_all()
        cpu_seconds = _check_tests(name, tests)
        for mutant in mutants(name, table[name].get("parts", [])):
            run.add(mutant, tests, cpu_seconds)
    run.wait_for_all()
    sys.exit(_report(run.results, explained))


def _register_profile() -> None:
    phases = (hypothesis.Phase.explicit, hypothesis.Phase.generate)
    checks = list(hypothesis.HealthCheck)
    hypothesis.settings.register_profile(
        PROFILE, derandomize=True, deadline=None, database=None, phases=phases, suppress_health_check=checks
    )


def _check_tests(module: str, tests: Sequence[str]) -> int:
    """Return the seconds of CPU time that a mutant may take. End when the tests fail without a change."""
    _, status, used = os.wait4(start_tests(tests, cpu_seconds=SECONDS), 0)
    if status:
        sys.exit(f"error: the tests of {module} fail without a change, or don't exist: {' '.join(tests)}")
    return 10 + round(4 * (used.ru_utime + used.ru_stime))


def _report(results: Mapping[str, Result], explained: Mapping[str, Mapping[str, str]]) -> int:
    """Print the numbers, and return the exit code: 1 when a mutant isn't noticed, or explained and yet noticed."""
    total = Result()
    print(f"{'module':<24}{'mutants':>8}{'noticed':>8}{'explained':>10}{'survived':>9}")
    for name, result in results.items():
        _print_row(name, result)
        total.mutants += result.mutants
        total.survived += result.survived
        total.explained += result.explained
    _print_row("all", total)
    stale = [(name, change) for name, each in explained.items() for change in each.keys() - results[name].explained]
    for name, change in sorted(stale):
        print(f"error: tests/mutants.toml explains a change of {name} that is noticed, or doesn't exist: {change}")
    return 1 if stale or total.survived else 0


def _print_row(name: str, result: Result) -> None:
    explained = len(result.explained)
    noticed = result.mutants - explained - result.survived
    print(f"{name:<24}{result.mutants:>8}{noticed:>8}{explained:>10}{result.survived:>9}")


if __name__ == "__main__":
    main()
