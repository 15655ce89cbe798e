"""The page as a text: what stands where, in what words."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from asgherkin.report.page import page_html
from asgherkin.report.page.page_html import write_page
from asgherkin.report.reading import read_report
from asgherkin.report.verdicts import WORST_FIRST, Status
from tests.report.page.markup import Node, Shown, read, unpacked
from tests.report.page.shop import shop
from tests.report.page.streams import TWO, Outcome, Stream, attachment, by_text, failed, run_of


def page_of(stream: Stream, path: Path) -> str:
    """The text of the page."""
    write_page(read_report(stream), path / "page.html")
    return (path / "page.html").read_text(encoding="utf-8")


def test_what_was_left_out_is_listed_with_its_reason(tmp_path: Path) -> None:
    """A list for each kind: pending, skipped, not observable, not run."""
    stream = Stream().started()
    scenarios = "".join(f"  Scenario: {number}\n    Given a\n" for number in range(4))
    reasons = ("SKIPPED", "no ice"), ("PENDING", "some day"), ("SKIPPED", "not observable here: the queue")
    for pickle, outcome in zip(stream.feature("f.feature", f"Feature: F\n{scenarios}"), reasons, strict=False):
        stream.run(pickle, Outcome(*outcome))

    page = read(page_of(stream.finished(success=False), tmp_path)).first("main")

    lists = {one.first("h2").text: one.first("list") for one in page.all("more") if list(one.all("list"))}
    told = {
        title: [" ".join(one.text for one in item.all("p")) for item in one.all("li")] for title, one in lists.items()
    }
    assert told == {
        "Pending": ["F some day"],
        "Skipped": ["F no ice"],
        "Not observable here": ["F the queue"],
        "Specified, but not run": ["F"],
        "Slowest scenarios": ["F", "F", "F"],
    }


def test_a_run_that_broke_off_has_scenarios_without_a_result(tmp_path: Path) -> None:
    """Nobody knows whether one of them was running then."""
    stream = Stream().started()
    stream.feature("f.feature", TWO)

    shown = Shown(page_of(stream, tmp_path))

    assert shown.scenarios == {"one": "no result"}
    assert shown.totals == {"no result": 1}
    assert shown.verdict == "No scenario has passed: 1 is without a result; the run did not finish."


def test_the_words_of_the_page_are_explained(tmp_path: Path) -> None:
    """Those that it has, for who meets them for the first time."""
    stream = run_of(failed(), f"{TWO}  Scenario: two\n    Given a\n").finished(success=False)

    words = read(page_of(stream, tmp_path)).first("words")

    assert [one.text for one in words.all("mark")] == ["failed", "not run"]


def test_a_scenario_that_several_clients_ran_names_them(tmp_path: Path) -> None:
    """Beside its name, each run with its own result and link; brackets of another sort are the name's own."""
    stream = Stream().started()
    (pickle,) = stream.feature("f.feature", TWO)
    others = [{**pickle, "id": f"{pickle['id']}-{name}", "name": f"one [{name}]"} for name in ("live", "menu")]
    for one, outcome in zip(others, (Outcome(), failed()), strict=True):
        one["steps"] = [{**step, "id": f"{step['id']}-{one['name']}"} for step in pickle["steps"]]
        stream.envelopes.append({"pickle": one})
        stream.run(one, outcome)
    pickle["name"] = "one [async]"
    stream.run(pickle)
    stream.finished(success=False)

    text = page_of(stream, tmp_path)

    assert Shown(text).scenarios == {"one [async]": "passed", "one [live]": "passed", "one [menu]": "failed"}
    scenarios = list(read(text).first("main").all("scenario"))
    assert [[client.text for client in one.first("summary").all("client")] for one in scenarios] == [
        ["[async]"],
        ["[live]"],
        [],
    ]
    assert len({one.attributes["id"] for one in scenarios}) == 3


@pytest.mark.parametrize(
    ("name", "told"),
    [("set-up", "Before the first step"), ("tear-down", "After the last step"), ("wash", "Hook: wash")],
)
def test_hooks_are_told_in_words(tmp_path: Path, name: str, told: str) -> None:
    """Those of other tools by their names."""
    text = page_of(run_of(hooks={name: failed()}).finished(success=False), tmp_path)

    assert f"<i>{told}</i>" in text


def test_trouble_outside_of_scenarios_is_told(tmp_path: Path) -> None:
    """A hook of the run, or the run itself."""
    result = {"status": "FAILED", "message": "The server did not start."}
    passed = {"status": "PASSED"}
    stream = run_of()
    stream.envelopes += [{"testRunHookFinished": {"result": one}} for one in (result, passed)]
    stream.finished(success=False, message="stopping after 1 failure", exception={"type": "KeyboardInterrupt"})

    text = page_of(stream, tmp_path)

    assert "The server did not start." in text
    assert "KeyboardInterrupt" in text
    assert "stopping after 1 failure" in text


def test_evidence_of_the_run_is_shown(tmp_path: Path) -> None:
    """An attachment may belong to no scenario."""
    stream = run_of().finished()
    stream.envelopes.append({"attachment": {"mediaType": "text/plain", "body": "from the run", "fileName": "log.txt"}})

    text = page_of(stream, tmp_path)

    assert "from the run" in text
    assert "log.txt" in text


def test_the_same_input_makes_the_same_bytes(tmp_path: Path) -> None:
    """And nothing is left beside the page."""
    write_page(read_report(shop()), tmp_path / "new" / "a.html")
    write_page(read_report(shop()), tmp_path / "new" / "b.html")

    a, b = (tmp_path / "new" / name for name in ("a.html", "b.html"))
    assert a.read_bytes() == b.read_bytes()
    assert sorted(path.name for path in a.parent.iterdir()) == ["a.html", "b.html"]


@pytest.mark.skipif(not Path("/dev/null").exists(), reason="there is no such file")
def test_what_is_no_file_stays_what_it_is() -> None:
    """The page is written into it, as into a pipe: nothing takes its place."""
    write_page(read_report(shop()), Path("/dev/null"))

    assert not Path("/dev/null").is_file()
    assert not Path("/dev/null.part").exists()


def test_without_meta_the_page_is_whole(tmp_path: Path) -> None:
    """The least that a stream may have. It has no tiles for what is rare."""
    text = page_of(Stream(), tmp_path)

    assert "<h1>No scenario was run; the run did not finish.</h1>" in text
    assert 'class="tile unseen' not in text


def test_the_first_screen_says_what_ran_when_and_on_which_commit(tmp_path: Path) -> None:
    """And how long it took, and where the build is."""
    top = read(page_of(shop(), tmp_path)).first("top")

    assert top.first("eyebrow").text == "coffee-shop · Behaviour report"
    assert [one.text for one in top.first("about").all("span")] == [
        "Ran on 22 November 2026, 21:12 UTC",
        "Took 4.0 s",
        "Commit 1a2b3c4d5e6f on main",
        "Builder 7",
        "4 features, 14 scenarios",
    ]


def test_features_stand_in_their_folders(tmp_path: Path) -> None:
    """Each folder once, with its features below it."""
    section = list(read(page_of(shop(), tmp_path)).first("main").all("section"))[-1]

    told = [(one.classes[0], one.text if one.tag == "p" else one.first("h3").text) for one in section.inside
            if isinstance(one, Node) and one.classes[:1] in (["folder"], ["feature"])]  # fmt: skip
    assert told == [
        ("folder", "features"),
        ("feature", "broken.feature"),
        ("feature", "Live updates"),
        ("feature", "Stock"),
        ("folder", "features / shop"),
        ("feature", "Orders"),
    ]


def test_steps_scenarios_and_features_have_their_durations(tmp_path: Path) -> None:
    """A step of less than a millisecond has none: it says nothing."""
    stream = run_of(by_text(start=Outcome(milliseconds=340), works=Outcome(milliseconds=0))).finished()

    feature = read(page_of(stream, tmp_path)).first("main").first("feature")

    assert [one.text for one in feature.all("status")] == ["passed, 340 ms", "passed"]
    assert [one.text for one in feature.all("time")] == ["340 ms", "340 ms"]


@pytest.mark.parametrize("status", list(Status))
def test_each_status_has_a_sign_and_a_word(status: str) -> None:
    """Nobody has to tell colours apart."""
    style = (Path(page_html.__file__).parent / "page.css").read_text(encoding="utf-8")

    signs = re.findall(r"(?m)^((?:\.[\w-]+(?:, )?)+) \{ --tone: [^;]+; --sign: \"(.)\"; \}$", style)

    assert len({sign for _, sign in signs}) == len(signs) == len(WORST_FIRST)
    assert [sign for names, sign in signs if f".{status}" in names.split(", ")] != []


def test_a_build_links_to_the_web_alone(tmp_path: Path) -> None:
    """Any other address is no link."""
    stream = Stream().meta(url="javascript:alert(1)").started()

    text = page_of(stream, tmp_path)

    assert "Builder 7" in text
    assert "javascript:alert" not in text


@pytest.mark.parametrize(
    ("start", "shown"), [("\x1b[31m", "␛[31m"), ("\ud800", r"\ud800")], ids=["control characters", "a lone surrogate"]
)
def test_what_is_packed_is_written_as_anywhere_else(tmp_path: Path, start: str, shown: str) -> None:
    """Control characters as symbols; half characters, which no file can hold, as their numbers."""
    stream = Stream().started()
    (pickle,) = stream.feature("f.feature", "Feature: F\n  Scenario: one\n    Given a\n")
    stream.run(pickle, Outcome(evidence=(attachment("text/plain", {}) | {"body": start + "é" * 700_000},)))

    assert f"{shown}ééé" in unpacked(page_of(stream.finished(), tmp_path))


def test_much_evidence_of_what_passed_is_packed(tmp_path: Path) -> None:
    """That of a failure stays readable as it is."""
    stream = Stream().started()
    scenarios = "".join(f"  Scenario: {number}\n    Given a\n" for number in range(70))
    pickles = stream.feature("f.feature", f"Feature: F\n{scenarios}")
    for pickle in pickles[1:]:
        stream.run(pickle, Outcome(evidence=(attachment("text/plain", "x" * 10_000),)))
    stream.run(pickles[0], failed(evidence=(attachment("text/plain", "what failed"),)))
    stream.feature("g.feature", TWO)

    text = page_of(stream.finished(success=False), tmp_path)

    assert "x" * 100 not in text
    assert "what failed" in text
    assert text.count('<template class="packed">') == 1
    assert text.count("Packed, to keep this page small: it opens with JavaScript.") == 69
    assert len(text) < 150_000
