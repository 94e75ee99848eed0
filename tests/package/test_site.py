"""The site that `make docs` builds: its links, its reference, and what it loads."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urldefrag, urljoin, urlsplit

import pulumi_bedrock
import pytest
from package.conftest import PROVIDER
from package.environments import Environment, make_environment

TOP = PROVIDER.parent
BLOB, TREE = (f"https://github.com/pulumi-bedrock/pulumi-bedrock/{kind}/main/" for kind in ("blob", "tree"))


@dataclass
class Page(HTMLParser):
    """What a page links to, what a browser loads with it, and its anchors."""

    links: list[str] = field(default_factory=list)
    loaded: list[str] = field(default_factory=list)
    anchors: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        self.anchors |= {found[name] for name in ("id", "name") if name in found}
        if tag == "a" and "href" in found:
            self.links.append(found["href"])
        elif tag == "link" and found.get("rel") not in ("canonical", "prev", "next"):
            self.loaded.append(found["href"])
        elif "src" in found:
            self.loaded.append(found["src"])


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Environment:
    """What `make docs` installs."""
    folder = tmp_path_factory.mktemp("docs")
    return make_environment(folder / "venv", Path(sys.executable), "-r", str(TOP / "requirements-docs.txt"))


def build(environment: Environment, folder: Path, checkout: Path = TOP) -> subprocess.CompletedProcess[str]:
    return environment.run("python", str(checkout / "tools/build_docs.py"), str(folder))


@pytest.fixture(scope="module")
def site(environment: Environment, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Page]:
    """The pages by their paths; `reference/lookups/` is one."""
    folder = tmp_path_factory.mktemp("site")
    done = build(environment, folder / "built")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "No issues found" in done.stdout and "griffe" not in done.stdout
    pages = {}
    for file in (folder / "built/site").rglob("*.html"):
        page = Page()
        page.feed(file.read_text(encoding="utf-8"))
        pages[str(file.relative_to(folder / "built/site")).removesuffix("index.html")] = page
    # What isn't a page has no anchors.
    files = [path for path in (folder / "built/site").rglob("*") if path.is_file() and path.suffix != ".html"]
    return {**pages, **{str(path.relative_to(folder / "built/site")): Page() for path in files}}


def test_site_has_a_page_for_each_page_of_the_repository(site: dict[str, Page]) -> None:
    assert {f"{path.stem}/" for path in TOP.glob("docs/*.md")} <= set(site)
    assert {f"examples/{path.parent.name}/" for path in TOP.glob("examples/*/README.md")} <= set(site)
    assert {"", "changelog/", "contributing/", "security/", "reference/lookups/"} <= set(site)


def test_every_link_of_the_site_leads_somewhere(site: dict[str, Page]) -> None:
    dead = []
    for path, page in site.items():
        if path == "404.html":  # it is shown at any path, so its links are absolute
            continue
        for link in [*page.links, *page.loaded]:
            target, anchor = urldefrag(urljoin(f"site:///{path}".replace("site:", "http:"), link))
            if link.startswith((BLOB, TREE)):
                if not (TOP / target.removeprefix(BLOB).removeprefix(TREE)).exists():
                    dead.append((path, link))
            elif not urlsplit(link).scheme:
                found = site.get(unquote(urlsplit(target).path).lstrip("/"))
                if found is None or (anchor and anchor not in found.anchors):
                    dead.append((path, link))
    assert dead == []


def test_reference_has_every_public_name(site: dict[str, Page]) -> None:
    shown = set().union(*(page.anchors for path, page in site.items() if path.startswith("reference/")))

    names = [name for name in pulumi_bedrock.__all__ if f"pulumi_bedrock.{name}" not in shown]
    assert names == []
    assert "pulumi_bedrock.errors.ServiceQuotaExceeded" in shown
    assert "pulumi_bedrock.local.LocalBedrock.serve" in shown


def test_pages_load_nothing_from_other_sites(site: dict[str, Page]) -> None:
    loaded = {target for page in site.values() for target in page.loaded}

    assert "site.css" in {os.path.basename(target) for target in loaded}  # noqa: PTH119
    assert [target for target in loaded if urlsplit(target).netloc] == []


@pytest.mark.parametrize(
    ("link", "message"),
    [
        ("docs/scale.md#none", "anchor does not exist"),
        ("docs/none.md", "error: README.md links to docs/none.md, which doesn't exist"),
    ],
)
def test_dead_link_fails_the_build(environment: Environment, tmp_path: Path, link: str, message: str) -> None:
    checkout = tmp_path / "checkout"
    listed = subprocess.run(["git", "ls-files"], cwd=TOP, capture_output=True, text=True, check=True)
    for name in listed.stdout.splitlines():
        if (TOP / name).exists():
            (checkout / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(TOP / name, checkout / name)
    with (checkout / "README.md").open("a") as readme:
        readme.write(f"\n[dead]({link})\n")

    done = build(environment, tmp_path / "built", checkout)

    assert done.returncode != 0
    assert message in done.stdout + done.stderr
