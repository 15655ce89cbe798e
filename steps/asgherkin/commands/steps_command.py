"""`asgherkin steps`: every sentence that a feature of this project can use, the project's own too."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from asgherkin.commands import add_command, say

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from asgherkin.commands import Commands
    from asgherkin.gherkin.catalogue import Listed

_DESCRIPTION = """\
Lists every sentence that pytest would find in this folder with this project's configuration: this toolkit's, those of
plugins, conftest.py files and test modules. Nothing is run.

With words it searches: by a whole step, by words in the sentence, its meaning and its example, and by words that are
nearly so.
"""
_CODES = """\
exit codes:
  0  sentences were listed, or files were written
  1  no sentence has the words; the nearest are shown
  2  the project cannot be collected, or a file cannot be written; the reason is told
"""


def add(commands: Commands) -> None:
    """Add the command to the command line."""
    steps = add_command(
        commands, run, "steps", "list the sentences that a feature can use, or search them", _DESCRIPTION, _CODES
    )
    steps.add_argument("words", nargs="*", help='what to search for: asgherkin steps "send a file"')
    output = steps.add_mutually_exclusive_group()
    output.add_argument("--json", action="store_true", help="for tools")
    output.add_argument("--markdown", type=Path, metavar="FILE", help="write the tables of sentences in FILE anew")
    output.add_argument(
        "--stubs", type=Path, metavar="FILE", help="write the sentences as Python that editors can read"
    )
    output.add_argument("--vscode", action="store_true", help="write them for VS Code, and print the settings to paste")


def run(chosen: argparse.Namespace) -> int:
    """List, search or write; returns the exit code.

    Raises CollectionError where pytest cannot collect the project, ConfigurationError where a file has other content
    than expected, and OSError where it cannot be written.
    """
    from asgherkin.commands.collect_only import collect
    from asgherkin.commands.sentence_catalogue import catalogue

    collected = collect(catalogue)
    for name, reason in collected.broken:
        say(f"asgherkin: {name} could not be read, and its sentences are missing here:\n{reason}\n", to_errors=True)
    if chosen.markdown:
        from asgherkin.commands.sentence_catalogue import write_tables

        say(write_tables(chosen.markdown, collected.found))
    elif chosen.stubs or chosen.vscode:
        from asgherkin.commands.editor_stubs import write_for_vscode, write_stubs

        say(write_stubs(chosen.stubs, collected.found) if chosen.stubs else write_for_vscode(collected.found))
    else:
        return _list(chosen, collected.found)
    return 0


def _list(chosen: argparse.Namespace, sentences: Sequence[Listed]) -> int:
    from asgherkin.commands.sentence_catalogue import as_json, as_text
    from asgherkin.gherkin.catalogue import most_alike, search

    text = " ".join(chosen.words)
    found = search(text, sentences) if text else sentences
    if chosen.json:
        say(as_json(found))
    elif found:
        say(as_text(found))
    else:
        say(f'No sentence has a word of "{text}". The nearest:\n')
        say(as_text(most_alike(text, sentences)))
    return 0 if found else 1
