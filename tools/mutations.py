"""Change a module in small ways, one at a time, with mutmut's list of changes."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.machinery import ModuleSpec, SourceFileLoader
from importlib.util import spec_from_file_location
from pathlib import Path
from typing import Any

import libcst as cst
from mutmut.mutation.mutators import mutation_operators

__all__ = ["Changed", "Mutant", "mutants"]

PACKAGE = Path(__file__).resolve().parent.parent / "provider/pulumi_bedrock"


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


def mutants(module: str, parts: Sequence[str]) -> Iterator[Mutant]:
    """Yield the mutants of a module.

    :param parts: The names at the module's top level to change; all if empty.
    :raises ValueError: when the module lacks one of them.
    """
    source = (PACKAGE / f"{module}.py").read_text(encoding="utf-8")
    tree = cst.parse_module(source)
    if missing := set(parts) - {_name(statement) for statement in tree.body}:
        raise ValueError(f"{module} has no {', '.join(sorted(missing))}")
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


class Changed(SourceFileLoader):
    """Imports one module with changed code, as a member of `sys.meta_path`."""

    def __init__(self, mutant: Mutant) -> None:
        self._mutant = mutant
        super().__init__(f"pulumi_bedrock.{mutant.module.replace('/', '.')}", str(PACKAGE / f"{mutant.module}.py"))

    def find_spec(self, fullname: str, *_: object) -> ModuleSpec | None:
        """Find the changed module, and no other."""
        return spec_from_file_location(fullname, self.path, loader=self) if fullname == self.name else None

    def get_code(self, _fullname: str) -> Any:
        """Return the changed code, which no cache has."""
        return compile(self._mutant.code, self.path, "exec")
