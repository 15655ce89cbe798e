"""What the documents say is so: their features run against the reference app, and no sentence or option is missing."""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path

import pytest

import app.main  # noqa: F401 - a nested run forgets what it imported, and SQLAlchemy cannot be imported twice
from asgherkin import fixtures
from asgherkin.capabilities import BUILT_IN, built_in
from asgherkin.commands.sentence_catalogue import in_order, with_tables
from asgherkin.gherkin.catalogue import listed
from asgherkin.matching.comparators import COMPARATORS
from asgherkin.options import OPTIONS
from tests.project import SETTINGS, Outcome, Project, without_times

ROOT = Path(__file__).parent.parent
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
SENTENCES = (ROOT / "docs" / "sentences.md").read_text(encoding="utf-8")
OPTIONS_AND_FIXTURES = (ROOT / "docs" / "options-and-fixtures.md").read_text(encoding="utf-8")


@dataclass
class Block:
    """What stands between two fences; `kind` is the text after the first one, without braces and dots.

    Blocks with a title are files of a page that tests/test_pages.py runs; their kind is none that is run here.
    """

    kind: str
    line: int
    lines: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """The whole block."""
        return "".join(f"{line}\n" for line in self.lines)

    @property
    def file(self) -> str:
        """The file that a block is, where its first line names one in a comment: `# conftest.py`."""
        found = re.match(r"# (\S+\.\w+)\n", self.text)
        return found[1] if found else ""

    @property
    def feature(self) -> str:
        """A gherkin block as a whole feature; "" where it is a part of a scenario."""
        if re.search(r"^Feature:", self.text, re.MULTILINE):
            return self.text
        return f"Feature: Example\n\n{self.text}" if re.match(r"(@.+\n)?Scenario( Outline)?:|Rule:", self.text) else ""


@dataclass
class Section:
    """A heading of a document, and the blocks below it, up to the next heading."""

    name: str
    blocks: list[Block] = field(default_factory=list)

    @property
    def files(self) -> dict[str, str]:
        """The files that its blocks are; blocks for one file follow each other in it."""
        files: dict[str, str] = {}
        for block in self.blocks:
            if block.file:
                files[block.file] = files.get(block.file, "") + block.text
        return files

    def features(self, kind: str) -> list[Block]:
        """The blocks of a kind that can be run."""
        return [block for block in self.blocks if block.kind == kind and block.feature]

    def text_below(self, block: Block) -> str:
        """The output that a document shows next after a block; "" where it shows none."""
        following = self.blocks[self.blocks.index(block) + 1 :][:1]
        return following[0].text if following and following[0].kind == "text" else ""


def sections(document: Path) -> list[Section]:
    """The sections of a document."""
    found = [Section(document.name)]
    block: Block | None = None
    for number, line in enumerate(document.read_text(encoding="utf-8").splitlines(), 1):
        if line.startswith("```"):
            block = None if block else Block(re.sub(r"[{}.]", "", line[3:]), number)
            if block:
                found[-1].blocks.append(block)
        elif block:
            block.lines.append(line)
        elif line.startswith("#"):
            found.append(Section(f"{document.name}: {line.lstrip('# ')}"))
    return found


ALL_SECTIONS = [section for document in DOCUMENTS for section in sections(document)]
PASSING = [section for section in ALL_SECTIONS if section.features("gherkin")]
FAILING = [(section, block) for section in ALL_SECTIONS for block in section.features("gherkin fails")]


def run(project: Project, section: Section, blocks: list[Block]) -> Outcome:
    """Run blocks of a section, with the section's other files around them."""
    project.write({"pyproject.toml": SETTINGS.replace("shop:app", "app.main:app")})
    project.write(section.files)
    but_features = shutil.ignore_patterns("*.feature", "__pycache__")
    shutil.copytree(ROOT / "features", project.root / "features", ignore=but_features, dirs_exist_ok=True)
    project.write({block.file or f"features/line_{block.line}.feature": block.feature for block in blocks})
    return project.run()


@pytest.mark.parametrize("section", PASSING, ids=lambda section: section.name)
def test_what_a_document_shows_passes(project: Project, section: Section) -> None:
    """Each feature or scenario in a document passes against the reference app, with the section's own files."""
    outcome = run(project, section, section.features("gherkin"))

    assert outcome.failures == {}
    assert outcome.counts.keys() == {"passed"}, outcome.output


@pytest.mark.parametrize(
    ("section", "block"), FAILING, ids=[f"{section.name}, line {block.line}" for section, block in FAILING]
)
def test_what_a_document_shows_as_failing_fails(project: Project, section: Section, block: Block) -> None:
    """Each scenario in a block marked as failing fails, with the text that the document shows below it."""
    outcome = run(project, section, [block])

    assert outcome.counts.keys() == {"failed"}, outcome.output
    told = "\n".join(outcome.failures.values()).replace(f"{ROOT}/", "")
    shown = without_times(section.text_below(block)).splitlines()
    assert [line for line in shown if line not in told.splitlines()] == [], told


def test_the_reference_is_written_from_the_catalogue(request: pytest.FixtureRequest) -> None:
    """docs/sentences.md has each sentence of the vocabulary in one table, as `asgherkin steps --markdown` writes it."""
    ours = [one for one in in_order(listed(request.session)) if not one.is_own]

    written = with_tables(SENTENCES, ours, "docs/sentences.md")

    assert written == SENTENCES, "It is stale. Write it anew: asgherkin steps --markdown docs/sentences.md"
    rows = re.findall(r"^\| [GWTa][\w, ]+ \| (`.+?`) \| ", SENTENCES, re.MULTILINE)
    sentences = [one.strip("`") for row in rows for one in row.split("<br>")]
    assert sorted(sentences) == sorted({one.example for one in ours})


def test_the_reference_has_every_comparator() -> None:
    """docs/sentences.md has a row for each comparator."""
    listed = re.findall(r"^\| `([^`]+?)(?: …)?` \|", SENTENCES, re.MULTILINE)

    written = {one.replace("has items", "has 2 items") for one in COMPARATORS}

    assert written <= set(listed)


def test_the_reference_has_every_option() -> None:
    """docs/options-and-fixtures.md has a row for each option, with its ini key, its flag and its default."""
    expected = {
        (
            f"`{option.name}`" if option.ini else "",
            f"`{option.flag} {option.metavar}`".replace(" `", "`"),
            option.default,
        )
        for option in (*OPTIONS, *(one for capability in built_in() for one in capability.options))
    }

    rows = re.findall(r"^\| (`asgi_\w+`)? ?\| (`--asgi[^`]+`) \| `?([^`|]*?)`? \|", OPTIONS_AND_FIXTURES, re.MULTILINE)

    assert {(ini, flag, "" if default == "none" else default) for ini, flag, default in rows} == expected


def test_the_reference_has_every_fixture() -> None:
    """docs/options-and-fixtures.md has a row for each public fixture."""
    plugins = [name for package in BUILT_IN for name in import_module(package).pytest_plugins]
    modules = [fixtures, *map(import_module, plugins)]
    named = {name: value for module in modules for name, value in vars(module).items() if name.isidentifier()}
    every = {name for name, value in named.items() if isinstance(value, type(fixtures.client))}
    public = {name for name in every if not name.startswith("_")}

    rows = re.findall(r"^\| `(\w+)` \|", OPTIONS_AND_FIXTURES, re.MULTILINE)

    assert public == {one for one in rows if not one.startswith("asgi_")} | {"asgi_app"}
    assert "asgi_app" in rows


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(document: Path) -> None:
    """Each relative link of a document leads to a file, and to a heading of it where it names one."""
    links = re.findall(r"\]\((?!https?:)([^)#]*)(?:#([^)]+))?\)", document.read_text(encoding="utf-8"))

    broken = [
        (path, anchor)
        for path, anchor in links
        if not (target := document.parent / path if path else document).exists()
        or (anchor and anchor not in _anchors(target))
    ]

    assert broken == []


def _anchors(document: Path) -> set[str]:
    names = (section.name.partition(": ")[2].lower() for section in sections(document))
    return {re.sub(r"[^\w -]", "", name).replace(" ", "-") for name in names}
