"""Makes docs/images/report.png, the first screen of a report: `python .ci/screenshot.py`, with Debian's chromium.

It runs some of the reference features as a build would, with two expectations that do not hold and one sentence that
nobody has defined.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).parent.parent
IMAGE = ROOT / "docs" / "images" / "report.png"
SIZE = {"width": 1200, "height": 830}
BUILD = {
    "GITHUB_ACTIONS": "true",
    "GITHUB_SERVER_URL": "https://github.com",
    "GITHUB_REPOSITORY": "example/coffee-shop",
    "GITHUB_RUN_ID": "1",
    "GITHUB_SHA": "8d3f1a2c94b7",
    "GITHUB_REF": "refs/heads/main",
}
SETTINGS = """
[tool.pytest.ini_options]
asgi_app = "app.main:app"
pythonpath = ["."]
asyncio_default_fixture_loop_scope = "function"
"""
FEATURES = ("orders", "database", "live_orders", "sign_in", "board")
NEW = """\
  Scenario: An order is placed by telephone
    When I call the shop
    Then the response status is 201

  Scenario: Nobody hears himself
"""
CHANGES = (
    ("orders", '"total": "7.60", "status": "ordered"', '"total": "7.00", "status": "ordered"'),
    ("database", "| {{id}} | Ann      | latte | 2        |", "| {{id}} | Ann      | latte | 3        |"),
    ("live_orders", "  Scenario: Nobody hears himself\n", NEW),
)


def main() -> None:
    """Run, open, take the picture."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _project(folder)
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--asgi-report=report.html"]
        subprocess.run(command, cwd=folder, env={**os.environ, **BUILD}, stdout=subprocess.DEVNULL, check=False)
        IMAGE.parent.mkdir(exist_ok=True)
        _picture(folder / "report.html")


def _project(folder: Path) -> None:
    (folder / "pyproject.toml").write_text(SETTINGS, encoding="utf-8")
    shutil.copy(ROOT / "conftest.py", folder)
    but_features = shutil.ignore_patterns("__pycache__", "*.feature", "isolation")
    for part in ("app", "features"):
        shutil.copytree(ROOT / part, folder / part, ignore=but_features)
    texts = {name: (ROOT / "features" / f"{name}.feature").read_text(encoding="utf-8") for name in FEATURES}
    for name, old, new in CHANGES:
        if old not in texts[name]:
            raise SystemExit(f"features/{name}.feature has this no longer: {old}")
        texts[name] = texts[name].replace(old, new, 1)
    for name, text in texts.items():
        (folder / "features" / f"{name}.feature").write_text(text, encoding="utf-8")


def _picture(page: Path) -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        tab = browser.new_page(viewport=SIZE)  # type: ignore[arg-type]
        tab.goto(page.as_uri())
        tab.screenshot(path=IMAGE)
        browser.close()


if __name__ == "__main__":
    main()
