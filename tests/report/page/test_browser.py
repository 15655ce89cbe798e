"""The page in a real browser."""

from __future__ import annotations

import json
import shutil
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

import pytest

from asgherkin.report.page.page_html import write_page
from asgherkin.report.reading import read_report
from tests.report.page.hostile import PAYLOADS, hostile
from tests.report.page.shop import shop
from tests.report.page.streams import Outcome, Stream, attachment

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
CHROMIUM = shutil.which("chromium")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed")


class Opened(NamedTuple):
    """A page, with what it asked the network for and what the console says."""

    page: Page
    requests: list[str]
    console: list[str]

    def visible(self, selector: str = ".scenario > summary") -> list[str]:
        """The names of what can be seen."""
        found = self.page.locator(f"{selector}:visible").locator("h3, h4, h5, h6")
        return [text.strip() for text in found.all_text_contents()]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One browser for all tests."""
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def visit(browser: Browser, tmp_path: Path) -> Iterator[Callable[..., Opened]]:
    """Opens the page of a run: `fragment` is what stands in the address, the rest is the browser's settings."""
    contexts = []

    def opened(stream: Stream, fragment: str = "", **settings: object) -> Opened:
        path = tmp_path / "page.html"
        write_page(read_report(stream), path)
        context = browser.new_context(**settings)  # type: ignore[arg-type]
        contexts.append(context)
        page = context.new_page()
        requests: list[str] = []
        console: list[str] = []
        page.on("request", lambda request: requests.append(request.url))
        page.on("console", lambda message: console.append(message.text))
        page.on("pageerror", lambda error: console.append(str(error)))
        page.goto(path.as_uri() + fragment)
        return Opened(page, requests, console)

    yield opened
    for context in contexts:
        context.close()


def link_of(opened: Opened, name: str) -> str:
    """The id of a scenario."""
    scenarios = opened.page.locator(".scenario", has=opened.page.locator("summary", has_text=name))
    return str(scenarios.first.get_attribute("id"))


def test_the_first_screen_has_the_verdict_and_the_failures(visit: Callable[..., Opened]) -> None:
    """A product owner sees what it comes to without scrolling."""
    opened = visit(shop())

    assert opened.page.locator("h1").inner_text().startswith("2 of 14 scenarios failed")
    assert opened.page.locator(".failures .list a").all_inner_texts() == [
        "features/broken.feature",
        "An order has a price",
        "It cannot be cancelled",
        "Nothing is written here yet",
        "A gift card is redeemed",
    ]
    assert opened.page.locator(".failures").bounding_box()["y"] < 720  # type: ignore[index]


def test_what_differs_stands_in_the_list_of_failures(visit: Callable[..., Opened]) -> None:
    """On a line of its own; of an undefined step its text."""
    opened = visit(shop())

    assert opened.page.locator(".failures .first").all_inner_texts() == [
        '$.total: expected "7.00" (string), got "7.60" (string)',
        "When I redeem the gift card",
    ]


def test_the_bar_has_a_part_for_each_status(visit: Callable[..., Opened]) -> None:
    """As wide as there are scenarios of it; one of many can still be seen."""
    stream = Stream().started()
    scenarios = "".join(f"  Scenario: {number}\n    Given a\n" for number in range(400))
    for number, pickle in enumerate(stream.feature("f.feature", f"Feature: F\n{scenarios}")[:-100]):
        stream.run(pickle, Outcome("FAILED") if number == 7 else Outcome())

    parts = visit(stream.finished(success=False)).page.locator(".bar i")

    widths = [part.bounding_box()["width"] for part in parts.all()]  # type: ignore[index]
    assert [part.get_attribute("class") for part in parts.all()] == ["passed", "failed", "not-run"]
    assert 2.9 < widths[0] / widths[2] < 3.1
    assert 5 < widths[1] < 12


def test_headers_are_folded(visit: Callable[..., Opened]) -> None:
    """Most readers want the body; a click shows them."""
    opened = visit(shop())
    proof = opened.page.locator(".failure .proof").first

    assert proof.locator("pre").first.is_visible()
    assert not proof.locator(".headers").first.is_visible()
    proof.locator(".heads > summary").first.click()
    assert proof.locator(".headers").first.is_visible()


def test_nothing_is_fetched_and_the_console_is_silent(visit: Callable[..., Opened]) -> None:
    """The page is one file, and no rule of its policy is in its own way."""
    opened = visit(shop())
    opened.page.locator("#all").click()

    assert [url for url in opened.requests if not url.startswith(("file:", "data:"))] == []
    assert len([url for url in opened.requests if url.startswith("file:")]) == 1
    assert opened.console == []


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("latte", ["A paid order is brewed", "A latte costs 3.80"]),
        ("COSTS 3.10", ["A iced tea costs 3.10"]),
        ("paid rule-less", []),
    ],
)
def test_search_finds_words(visit: Callable[..., Opened], text: str, names: list[str]) -> None:
    """In names, steps, tables and doc strings; all words have to be there."""
    opened = visit(shop())

    opened.page.locator("#text").fill(text)

    assert opened.visible() == names
    assert opened.page.locator("#shown").inner_text() == f"{len(names)} of 14 scenarios"


@pytest.mark.parametrize(
    ("expression", "names"),
    [
        ("@smoke", ["A paid order is brewed", "An order has a price"]),
        ("@smoke and not @slow", ["A paid order is brewed"]),
        ("@cold or (@slow and @orders)", ["An order has a price", "A iced tea costs 3.10"]),
        ("not (@orders or @cold) and not @x\\(y\\)", None),
    ],
)
def test_tags_are_standard_expressions(visit: Callable[..., Opened], expression: str, names: list[str] | None) -> None:
    """With `and`, `or`, `not`, brackets, and backslashes before brackets that are meant."""
    opened = visit(shop())

    opened.page.locator("#tags").fill(expression)

    assert opened.visible() == names if names is not None else len(opened.visible()) == 6


@pytest.mark.parametrize(
    ("expression", "told"),
    [
        ("@smoke and", "These tags cannot be read: Something is missing at the end."),
        ("@smoke @slow", "These tags cannot be read: “@slow” is not expected here."),
        ("(@smoke", "These tags cannot be read: Something is missing at the end."),
    ],
)
def test_wrong_tags_are_told_and_hide_nothing(visit: Callable[..., Opened], expression: str, told: str) -> None:
    """A half-written expression is no empty page."""
    opened = visit(shop())

    opened.page.locator("#tags").fill(expression)

    assert opened.page.locator("#wrong").inner_text() == told
    assert len(opened.visible()) == 14


def test_statuses_are_buttons_and_the_address_keeps_the_state(visit: Callable[..., Opened]) -> None:
    """A search can be sent to somebody else."""
    opened = visit(shop())

    opened.page.get_by_role("button", name="failed").click()
    opened.page.get_by_role("button", name="not run").click()
    opened.page.locator("#text").fill("it")
    fragment = opened.page.evaluate("location.hash")

    again = visit(shop(), fragment)
    assert fragment == "#?q=it&status=failed%2Cnot-run"
    assert again.visible() == opened.visible() == ["It cannot be cancelled", "A paid order is brewed"]
    assert again.page.get_by_role("button", name="failed").get_attribute("aria-pressed") == "true"


def test_a_link_opens_what_it_leads_to(visit: Callable[..., Opened]) -> None:
    """Everything around it too, and a filter that hides it goes."""
    link = link_of(visit(shop()), "Orders are streamed")

    opened = visit(shop(), f"#{link}")

    assert opened.page.locator(f"#{link}").evaluate("one => one.open")
    opened.page.locator("#text").fill("latte")
    assert not opened.page.locator(f"#{link}").is_visible()
    opened.page.evaluate(f"location.hash = '#{link}'")
    opened.page.locator(f"#{link}").wait_for(state="visible")
    opened.page.locator(f"#{link} > summary:focus").wait_for()


def test_the_keyboard_is_enough(visit: Callable[..., Opened]) -> None:
    """Skip link, search by `/`, Escape, and the folds by Enter."""
    opened = visit(shop())
    keyboard = opened.page.keyboard

    keyboard.press("Tab")
    assert opened.page.evaluate("document.activeElement.textContent") == "Skip to the features"
    keyboard.press("/")
    keyboard.type("streamed")
    assert opened.visible() == ["Orders are streamed"]
    opened.page.locator(".scenario:visible > summary").focus()
    keyboard.press("Enter")
    assert opened.page.locator(".scenario:visible").evaluate("one => one.open")
    opened.page.locator("#text").focus()
    keyboard.press("Escape")
    assert len(opened.visible()) == 14


def test_without_javascript_everything_is_there(visit: Callable[..., Opened]) -> None:
    """Folds are the browser's own; what needs a script is not shown."""
    opened = visit(shop(), java_script_enabled=False)

    assert not opened.page.locator(".search").is_visible()
    assert opened.page.locator(".failure .sentence").first.is_visible()
    latte = opened.page.locator(".scenario", has_text="A latte costs 3.80")
    latte.locator("> summary").click()
    assert latte.get_by_text("I order a latte").is_visible()


@pytest.mark.parametrize("script", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_on_paper_everything_is_open(visit: Callable[..., Opened], script: bool) -> None:
    """With JavaScript the folds are opened, without it the style shows what is in them."""
    opened = visit(shop(), java_script_enabled=script)
    opened.page.emulate_media(media="print")
    if script:
        opened.page.evaluate("dispatchEvent(new Event('beforeprint'))")

    for text in ("SELECT id, name, note", "brewing", "I order a latte"):
        assert opened.page.get_by_text(text).last.is_visible()
    if script:
        assert opened.page.locator("details:not([open])").count() == 0
        opened.page.evaluate("dispatchEvent(new Event('afterprint'))")
        assert opened.page.locator("details:not([open])").count() > 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("stream", [shop, partial(hostile, packed=False)], ids=["a shop", "hostile text"])
def test_axe_finds_nothing(visit: Callable[..., Opened], stream: Callable[[], Stream], scheme: str) -> None:
    """Neither by day nor by night, everything open."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright")
    opened = visit(stream(), color_scheme=scheme)
    opened.page.locator("#all").click()
    opened.page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")
    opened.page.locator(".proof").last.wait_for()

    results = axe.Axe().run(opened.page)

    assert results.response["violations"] == [], results.generate_report()


def test_dark_mode_is_dark(visit: Callable[..., Opened]) -> None:
    """As the reader's system has it."""
    colours = [
        visit(shop(), color_scheme=scheme).page.evaluate("getComputedStyle(document.body).backgroundColor")
        for scheme in ("light", "dark")
    ]

    assert colours == ["rgb(251, 251, 249)", "rgb(21, 24, 28)"]


@pytest.mark.parametrize("packed", [False, True], ids=["plain", "packed"])
def test_hostile_text_is_shown_as_it_is(visit: Callable[..., Opened], packed: bool) -> None:
    """Nothing runs, nothing is fetched, no text is lost."""
    opened = visit(hostile(packed=packed))
    opened.page.locator("#all").click()
    sync_api.expect(opened.page.locator(".evidence[data-packed]")).to_have_count(0)

    text = opened.page.locator("body").evaluate("body => body.textContent")

    missing = [payload for payload in PAYLOADS if payload not in text]
    assert missing == []
    assert opened.page.evaluate("window.hacked") is None
    assert opened.page.locator("img, iframe, object, embed, video, style ~ style, svg").count() == 0
    assert opened.page.locator("script").count() == 1
    assert opened.page.locator(".rows").count() == 1
    assert [url for url in opened.requests if not url.startswith(("file:", "data:"))] == []
    assert opened.console == []


def test_packed_evidence_opens(visit: Callable[..., Opened]) -> None:
    """It is unpacked when it is asked for."""
    stream = Stream().started()
    (pickle,) = stream.feature("f.feature", "Feature: F\n  Scenario: one\n    Given a\n")
    body = json.dumps({"words": "much " * 140_000})
    stream.run(pickle, Outcome(evidence=(attachment("application/json", {}) | {"body": body},)))
    opened = visit(stream.finished())
    opened.page.locator(".scenario > summary").click()
    opened.page.locator(".evidence > summary").click()

    opened.page.locator(".proof").wait_for()

    assert "much much" in opened.page.locator(".proof pre").inner_text()
    assert "Cut here, after 16,000 of" in opened.page.locator(".proof .note").inner_text()
    assert opened.console == []
