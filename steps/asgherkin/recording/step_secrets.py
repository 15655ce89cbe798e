"""Secrets that are written in a feature: in tables and doc strings."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from asgherkin.gherkin.bdd import Step
    from asgherkin.redaction.redactor import Redactor


def learn_step(step: Step, redactor: Redactor) -> None:
    """Know the secrets in what stands under a step."""
    if step.docstring is not None:
        redactor.learn_body(step.docstring)
    if step.datatable is not None:
        learn_table([[str(cell) for cell in row] for row in step.datatable.raw()], redactor)


def learn_table(rows: Sequence[Sequence[str]], redactor: Redactor) -> None:
    """Know the cells below a secret name as secret, and those beside one in the first column."""
    for row in rows[1:]:
        for name, value in zip(rows[0], row, strict=True):
            redactor.learn_field(name, value)
    for row in rows:
        for name, value in pairwise(row[:2]):
            redactor.learn_field(name, value)
            redactor.learn_header(name, value)
