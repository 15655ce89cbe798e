"""The request that a scenario is about to send."""

from __future__ import annotations

from asgherkin.redaction.redactor import Redactor
from asgherkin.session.requests import Draft


def test_a_header_is_sent_once_whatever_its_case() -> None:
    """The second value takes the place of the first."""
    draft = Draft(Redactor())
    draft.set_header("X-Tenant", "acme")
    draft.set_header("Accept", "text/plain")

    draft.set_header("x-tenant", "globex")

    assert draft.headers == [("Accept", "text/plain"), ("x-tenant", "globex")]
