"""Build the site: the pages of the repository, and the reference that is made from the docstrings.

The pages are written for GitHub. They are copied, with links that lead to pages of the site, or else to the repository,
and with lists that Python-Markdown reads as GitHub does.
"""

from __future__ import annotations

import argparse
import ast
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

__all__ = ["build"]

TOP = Path(__file__).resolve().parent.parent
SITE = TOP / "tools/site"
PACKAGE = TOP / "provider/pulumi_bedrock"
REPOSITORY = "https://github.com/pulumi-bedrock/pulumi-bedrock"
GUIDES = (
    "configuration",
    "toolchains",
    "replacement",
    "what-you-see",
    "failure-modes",
    "pull-requests",
    "testing",
    "scale",
    "aws",
)
ABOUT = (
    *("docs/architecture.md", "docs/assumptions.md", "docs/limits.md"),
    *("CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md"),
)

Pages = dict[str, str]
"""Where the site has a file of the repository: `docs/scale.md` -> `scale.md`."""


def build(folder: Path) -> Path:
    """Build the site in a folder, which is made new, and return where its pages are.

    :raises FileNotFoundError: when a page links to a file that the repository doesn't have.
    :raises subprocess.CalledProcessError: when a page links to a heading that isn't there.
    """
    shutil.rmtree(folder, ignore_errors=True)
    pages = _pages()
    for source, target in pages.items():
        _write(folder / "pages" / target, _page(source, pages))
    reference = dict(_reference())
    for target, text in reference.items():
        _write(folder / "pages" / target, text)
    for image in (*TOP.glob("docs/*.svg"), *TOP.glob("benchmarks/results/*.svg")):
        shutil.copy(image, folder / "pages" / image.name)
    shutil.copy(SITE / "site.css", folder / "pages")
    settings = (SITE / "zensical.toml").read_text()
    settings = settings.replace("[project]\n", f"[project]\n{_navigation(pages, reference)}", 1)
    settings = settings.replace('paths = ["provider"]', f'paths = ["{TOP / "provider"}"]')
    _write(folder / "zensical.toml", settings)
    command = [str(Path(sys.executable).with_name("zensical")), "build", "--strict"]
    run = subprocess.run(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    # griffe looks for the parameters of overloads in the implementation.
    print(re.sub(r"^griffe: .*: No matching parameter for .*\n", "", run.stdout, flags=re.M), end="")
    run.check_returncode()
    return folder / "site"


def _pages() -> Pages:
    examples = sorted(TOP.glob("examples/*/README.md"))
    return {
        "README.md": "index.md",
        **{f"docs/{name}.md": f"{name}.md" for name in GUIDES},
        **{path: Path(path).name.lower() for path in ABOUT},
        "examples/README.md": "examples/index.md",
        **{str(path.relative_to(TOP)): f"examples/{path.parent.name}.md" for path in examples},
    }


def _page(source: str, pages: Pages) -> str:
    """Return a page with the links and lists that the site needs. What stands in a code block isn't changed."""
    parts = re.split(r"^( *```.*?^ *```$)", (TOP / source).read_text(encoding="utf-8"), flags=re.M | re.S)
    for number, part in enumerate(parts):
        if number % 2:
            parts[number] = re.sub(r"^(?= )", " ", part, flags=re.M)  # a block in a list, which GitHub indents by 3
            continue
        part = re.sub(r"(?<=\]\()(?!\w+:)([^)\s]+)", lambda found: _link(found[1], source, pages), part)
        part = part.replace("<details>", '<details markdown="1">')
        part = re.sub(r"^(?!- |\d+\. | |\|)(.+)\n(?=- )", r"\1\n\n", part, flags=re.M)  # a list after a paragraph
        parts[number] = re.sub(r"^( {2,3})(?=\S)", "    ", part, flags=re.M)  # what belongs to an item of a list
    return "".join(parts)


def _link(target: str, source: str, pages: Pages) -> str:
    """Return where a link of a page leads in the site."""
    path, mark, anchor = target.partition("#")
    if not path:
        return target
    found = os.path.normpath(Path(source).parent / path)
    if not (TOP / found).exists():
        raise FileNotFoundError(f"{source} links to {target}, which doesn't exist")
    inside = pages.get(found) or pages.get(f"{found}/README.md")
    if inside is None and found.endswith(".svg"):
        inside = Path(found).name
    if inside is None:
        return f"{REPOSITORY}/{'tree' if (TOP / found).is_dir() else 'blob'}/main/{found}{mark}{anchor}"
    return f"{os.path.relpath(inside, Path(pages[source]).parent)}{mark}{anchor}"


def _reference() -> Iterator[tuple[str, str]]:
    """Return the pages of the reference: all names of `pulumi_bedrock.__all__`, and the local Bedrock's."""
    names = _listed(PACKAGE / "__init__.py")
    lookups = [name for name in names if re.search(r"^[a-z]+_|Result$|Summary$", name)]
    others = [name for name in names if name not in lookups and name != "errors"]
    resources = [name for name in others if not name.endswith(("Args", "ArgsDict"))]
    resource_of = {name: max((each for each in resources if name.startswith(each)), key=len) for name in others}
    for resource in resources:
        yield f"reference/{resource}.md", _objects(resource, [name for name in others if resource_of[name] == resource])
    yield "reference/lookups.md", _objects("Lookups", sorted(lookups, key=str.lower))
    errors = [f"errors.{name}" for name in _listed(PACKAGE / "errors.py") if name[0].isupper() and not name.isupper()]
    yield "reference/errors.md", _objects("Errors", ["errors", *errors])
    yield "reference/local.md", _objects("Local Bedrock", ["local.LocalBedrock"])


def _objects(title: str, names: list[str]) -> str:
    """Return a page with these objects. The fields of arguments are their parameters, and errors have none to use."""
    alone = "    options:\n      members: false\n"
    return f"# {title}\n\n" + "\n".join(
        f"::: pulumi_bedrock.{name}\n{alone if name.endswith('Args') or name.startswith('errors') else ''}"
        for name in names
    )


def _listed(module: Path) -> list[str]:
    """Return a module's `__all__`, without importing what it imports."""
    for node in ast.parse(module.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__":
            names: list[str] = ast.literal_eval(node.value)
            return names
    raise ValueError(f"{module} has no __all__")


def _navigation(pages: Pages, reference: dict[str, str]) -> str:
    def listed(*sources: str) -> str:
        return ", ".join(f'"{pages[source]}"' for source in sources)

    first, *examples = [target for target in pages.values() if target.startswith("examples/")]
    named = ", ".join(f'{{ "{Path(target).stem}" = "{target}" }}' for target in examples)
    return f"""nav = [
  {{ "Home" = "index.md" }},
  {{ "Guides" = [{listed(*(f"docs/{name}.md" for name in GUIDES))}] }},
  {{ "Reference" = [{", ".join(f'"{target}"' for target in reference)}] }},
  {{ "Examples" = ["{first}", {named}] }},
  {{ "About" = [{listed(*ABOUT)}] }},
]
"""


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def main() -> None:
    """Build the site in the folder that the command line names."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("folder", type=Path)
    try:
        site = build(parser.parse_args().folder.absolute())
    except FileNotFoundError as error:
        sys.exit(f"error: {error}")
    except subprocess.CalledProcessError as error:
        sys.exit(error.returncode)
    shown = os.path.relpath(site)
    print(f"The site is in {shown}. To read it: python3 -m http.server -d {shown}")


if __name__ == "__main__":
    main()
