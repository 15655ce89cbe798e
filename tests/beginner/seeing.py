"""What a beginner sees of a run: the terminal's text, without what pytest says of every run."""

from __future__ import annotations

import re
import textwrap
from typing import TYPE_CHECKING

from tests.project import without_times

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.project import Project

SETTINGS = """
[tool.pytest.ini_options]
asgi_app = "shop:app"
asyncio_default_fixture_loop_scope = "function"
"""
SHOP = """
from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.routing import Route

async def orders(request):
    return JSONResponse({"orders": []})

def create_app():
    return Starlette(routes=[Route("/orders", orders)])

app = create_app()
"""
ASK = """
When I send a GET request to "/orders"
Then the response status is 200
"""


def feature(steps: str = ASK, heading: str = "Scenario: It") -> str:
    """A feature file with one scenario."""
    return f"Feature: Orders\n\n  {heading}\n{textwrap.indent(textwrap.dedent(steps).strip(), '    ')}\n"


def seen(project: Project, files: Mapping[str, str], *arguments: str) -> str:
    """What pytest says of a project with the shop's app: its failures and what follows them, times as N ms."""
    project.write({"pyproject.toml": SETTINGS, "shop.py": SHOP, **files})
    output = without_times(project.run(*arguments).output)
    body = re.split(r"^=+ (?:FAILURES|ERRORS) =+\n|^collected 0 items\n", output, maxsplit=1, flags=re.MULTILINE)[-1]
    body = re.split(r"^=+ (?:short test summary|no tests ran)", body, maxsplit=1, flags=re.MULTILINE)[0]
    body = re.sub(r"^[=_]{2,} (.*?) [=_]{2,}$", r"-- \1", body, flags=re.MULTILINE)
    return body.replace(str(project.root), "(the project)").strip("\n") + "\n"
