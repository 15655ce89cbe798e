"""Numbers, times, ids and descriptions, as a reader meets them."""

from __future__ import annotations

import pytest

from asgherkin.evidence.page_parts import counted, duration
from asgherkin.report.page.page_html import description_html, moment, visible
from asgherkin.report.reading import Links


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (None, ""),
        (0, "0 ms"),
        (0.00006, "0.1 ms"),
        (0.0004, "0.4 ms"),
        (0.007, "7 ms"),
        (0.0123, "12 ms"),
        (0.34, "340 ms"),
        (0.9996, "1.0 s"),
        (2.44, "2.4 s"),
        (59.96, "1 min 0 s"),
        (185, "3 min 5 s"),
        (7265, "2 h 1 min"),
    ],
)
def test_durations_are_short(seconds: float | None, text: str) -> None:
    """Two digits say enough."""
    assert duration(seconds) == text


@pytest.mark.parametrize(("seconds", "text"), [(None, ""), (1_795_381_966, "22 November 2026, 21:12 UTC"), (1e30, "")])
def test_moments_are_told_in_utc(seconds: float | None, text: str) -> None:
    """The same wherever the page is made."""
    assert moment(seconds) == text


def test_numbers_have_their_nouns() -> None:
    """One, and many."""
    assert [counted(1, "row"), counted(0, "row"), counted(1200, "row")] == ["1 row", "0 rows", "1,200 rows"]


def test_control_characters_are_shown() -> None:
    """A browser would drop them, or make lines of them."""
    assert visible("a\x00\x1b[1m\x7f\u2028\t\n") == "a␀␛[1m␡␤\t\n"


def test_links_are_readable_and_different() -> None:
    """Equal names are numbered, names without letters have a digest alone."""
    links = Links()

    made = [links.make("A latte!", "f", "A latte!"), links.make("A latte!", "f", "A latte!"), links.make("咖啡", "f")]

    assert made[0].startswith("a-latte-")
    assert made[1] == f"{made[0]}-2"
    assert len(made[2]) == 10


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("As a **guest**\n  I want _this_", "<p>As a <strong>guest</strong><br />\nI want <em>this</em></p>\n"),
        ("<script>alert(1)</script>", "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>\n"),
        ("a <b>b</b>", "<p>a &lt;b&gt;b&lt;/b&gt;</p>\n"),
        ("[a](https://x.example)", '<p><a href="https://x.example" rel="noopener noreferrer nofollow">a</a></p>\n'),
        ("[a](javascript:alert(1))", "<p>[a](javascript:alert(1))</p>\n"),
        ("[a](/orders)", "<p>[a](/orders)</p>\n"),
        (
            "![a](http://x.example/a.png)",
            '<p>!<a href="http://x.example/a.png" rel="noopener noreferrer nofollow">a</a></p>\n',
        ),
        ("# not a heading", "<p># not a heading</p>\n"),
        ("    not code", "<p>not code</p>\n"),
        ("```\n  code\n```", "<pre><code>  code\n</code></pre>\n"),
        ("- a\n- b", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>\n"),
    ],
)
def test_descriptions_are_a_safe_subset_of_markdown(text: str, html: str) -> None:
    """No HTML, no images, no headings; links to the web alone."""
    assert description_html(text) == html
