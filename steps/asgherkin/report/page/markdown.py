"""Descriptions: a safe subset of Markdown. No HTML, no images, no headings; links to http and https alone."""

from __future__ import annotations

from functools import cache, lru_cache
from typing import TYPE_CHECKING

from markupsafe import Markup

if TYPE_CHECKING:
    from collections.abc import MutableMapping, Sequence

    from markdown_it import MarkdownIt
    from markdown_it.renderer import RendererHTML
    from markdown_it.token import Token
    from markdown_it.utils import OptionsDict

# Headings would stand between those of the page; indentation is Gherkin's, not a code block's.
_LEFT_OUT = ("html_block", "html_inline", "image", "heading", "lheading", "code", "reference")


def _link(
    renderer: RendererHTML,
    tokens: Sequence[Token],
    index: int,
    options: OptionsDict,
    env: MutableMapping[str, object],
) -> str:
    tokens[index].attrSet("rel", "noopener noreferrer nofollow")
    return renderer.renderToken(tokens, index, options, env)


@cache
def _parser() -> MarkdownIt:
    from markdown_it import MarkdownIt  # many a page has no description, and this takes longer than all the rest

    parser = MarkdownIt("commonmark", {"html": False, "breaks": True}).enable("table").disable(list(_LEFT_OUT))
    parser.validateLink = lambda url: url.lower().startswith(("https://", "http://"))  # type: ignore[method-assign]
    parser.add_render_rule("link_open", _link)
    return parser


@lru_cache(maxsize=1024)
def to_html(description: str) -> Markup:
    """A description as HTML that can do no harm."""
    text = "\n".join(line.strip() if "```" not in description else line for line in description.split("\n"))
    return Markup(_parser().render(text))  # noqa: S704 - the parser escapes all that it does not know
