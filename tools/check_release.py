"""Check that a release's tag, version, changelog and repository agree: check_release.py TAG REPOSITORY."""

from __future__ import annotations

import re
import sys
from pathlib import Path

__all__ = ["disagreements"]

TOP = Path(__file__).resolve().parent.parent


def disagreements(tag: str, repository: str) -> list[str]:
    """Return what doesn't agree, a line each."""
    project = (TOP / "provider/pyproject.toml").read_text()
    version, named = _value("version", project), _value("Repository", project)
    released = re.search(r"^## (\d\S*) - (\d{4}-\d\d-\d\d)$", (TOP / "CHANGELOG.md").read_text(), re.MULTILINE)
    found = []
    if tag != f"v{version}":
        found.append(f"the tag is {tag}, but provider/pyproject.toml has version {version}")
    if released is None or released[1] != version:
        found.append(f"CHANGELOG.md has no newest section `## {version} - <date>`")
    if repository != named:
        found.append(f"the repository is {repository}, but provider/pyproject.toml names {named}")
    return found


def _value(key: str, project: str) -> str:
    found = re.search(rf'^{key} = "(.+)"$', project, re.MULTILINE)
    if found is None:
        sys.exit(f"error: provider/pyproject.toml has no {key}")
    return found[1]


def main() -> None:
    """Exit with an error for each disagreement."""
    if len(sys.argv) != 3:
        sys.exit(f"usage: {Path(sys.argv[0]).name} TAG REPOSITORY")
    found = disagreements(*sys.argv[1:])
    if found:
        sys.exit("\n".join(f"error: {line}." for line in found))


if __name__ == "__main__":
    main()
