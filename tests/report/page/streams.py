"""Makes streams of Cucumber Messages: feature texts, and a word for what becomes of each step."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING, Any, Union

from gherkin.ast_builder import AstBuilder
from gherkin.parser import Parser
from gherkin.pickles.compiler import Compiler
from gherkin.stream.id_generator import IdGenerator

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

Message = dict[str, Any]
EXCHANGE = "application/vnd.asgherkin.exchange+json"
WEBSOCKET = "application/vnd.asgherkin.websocket+json"
STREAM = "application/vnd.asgherkin.stream+json"
QUERY = "application/vnd.asgherkin.query+json"
ROWS = "application/vnd.asgherkin.differing-rows+json"
CRASH = "application/vnd.asgherkin.crash+json"
TWO = "Feature: F\n  Scenario: one\n    Given a start\n    Then it works\n"
"""A scenario of two steps."""


@dataclass
class Outcome:
    """What becomes of a step."""

    status: str = "PASSED"
    message: str = ""
    exception: Message = field(default_factory=dict)
    evidence: tuple[Message, ...] = ()
    milliseconds: int = 3


Outcomes = Union["Callable[[Message, int], Outcome]", Outcome, None]
"""What becomes of the steps: all alike, or by the step and the number of the attempt."""


def attachment(kind: str, body: object) -> Message:
    """An attachment as the recording makes it."""
    return {"mediaType": kind, "contentEncoding": "IDENTITY", "body": json.dumps(body, ensure_ascii=False)}


def exchange(method: str = "GET", target: str = "/orders/1", answer: str = '{"id":1,"total":7.60}') -> Message:
    """A request for JSON, and its response."""
    request = {"method": method, "target": target, "headers": [["accept", "*/*"]], "body": None, "size": 0}
    response = {
        "status": 200,
        "phrase": "OK",
        "headers": [["content-type", "application/json"], ["content-length", str(len(answer))]],
        "body": answer,
        "size": len(answer.encode(errors="surrogatepass")),
        "complete": True,
    }
    return attachment(EXCHANGE, {"request": request, "response": response, "milliseconds": 12.3})


def failed(sentence: str = "The total is wrong.", differences: str = "", **more: Any) -> Outcome:
    """A failure as the recording tells it."""
    said = f"{sentence}\n{differences}".strip()
    whole = f"{said}\n\nfeatures/orders.feature:3, Scenario: one\n  >    3 | Then it works\n\nThe request\n  GET /"
    return Outcome("FAILED", whole, {"type": "Mismatch", "message": said, "stackTrace": "shop.py:3: in total"}, **more)


@dataclass
class Stream:
    """A run in the making; iterate over `envelopes` at the end."""

    start: int = 1_795_381_966
    ids: count[int] = field(default_factory=count)
    envelopes: list[Message] = field(default_factory=list)

    def meta(self, **ci: Any) -> Stream:
        """Where it ran."""
        about: Message = {
            "protocolVersion": "34.2.0",
            "implementation": {"name": "asgherkin", "version": "0.1.0"},
            "runtime": {"name": "CPython", "version": "3.11.9"},
            "os": {"name": "Linux"},
            "cpu": {"name": "x86_64"},
        }
        git = {"remote": "https://git.example/team/coffee-shop.git", "revision": "1a2b3c4d5e6f7a8b", "branch": "main"}
        about["ci"] = {"name": "Builder", "url": "https://ci.example/7", "buildNumber": "7", "git": git, **ci}
        self.envelopes.append({"meta": about})
        return self

    def started(self) -> Stream:
        """The run begins."""
        self.envelopes.append({"testRunStarted": {"id": "run", "timestamp": self._at(0)}})
        return self

    def finished(self, success: bool = True, **more: Any) -> Stream:
        """The run ends, four seconds later."""
        end = {"testRunStartedId": "run", "success": success, "timestamp": self._at(4000), **more}
        self.envelopes.append({"testRunFinished": end})
        return self

    def feature(self, uri: str, text: str) -> list[Message]:
        """A feature; its pickles are returned, to be run."""
        generator = IdGenerator()
        generator.get_next_id = lambda: str(next(self.ids))  # type: ignore[method-assign]
        document: Message = {**Parser(AstBuilder(generator)).parse(text), "uri": uri}
        source = {"uri": uri, "data": text, "mediaType": "text/x.cucumber.gherkin+plain"}
        pickles: list[Message] = list(Compiler(generator).compile(document))  # type: ignore[arg-type]
        self.envelopes += [{"source": source}, {"gherkinDocument": document}]
        self.envelopes += [{"pickle": pickle} for pickle in pickles]
        return pickles

    def broken(self, uri: str, message: str) -> None:
        """A feature file that cannot be read."""
        self.envelopes.append({"source": {"uri": uri, "data": "", "mediaType": "text/x.cucumber.gherkin+plain"}})
        self.envelopes.append({"parseError": {"source": {"uri": uri, "location": {"line": 1}}, "message": message}})

    def run(
        self,
        pickle: Message,
        outcomes: Outcomes = None,
        *,
        attempts: int = 1,
        hooks: Mapping[str, Outcome] | None = None,
        complete: bool = True,
    ) -> Message:
        """Runs a pickle: `outcomes` says for a step and an attempt what becomes of it."""
        ids = {"id": str(next(self.ids)), "pickleId": pickle["id"], "testRunStartedId": "run"}
        case: Message = {**ids, "testSteps": []}
        told: dict[str, Outcome] = {}
        for name, outcome in (hooks or {}).items():
            hook = str(next(self.ids))
            reference = {"uri": "conftest.py", "location": {"line": 1}}
            self.envelopes.append({"hook": {"id": hook, "name": name, "sourceReference": reference}})
            step: Message = {"id": str(next(self.ids)), "hookId": hook}
            told[step["id"]] = outcome
            case["testSteps"].append(step)
        by_id = {}
        for one in pickle["steps"]:
            step = {"id": str(next(self.ids)), "pickleStepId": one["id"], "stepDefinitionIds": []}
            by_id[step["id"]] = one
            case["testSteps"].append(step)
        self.envelopes.append({"testCase": case})
        for attempt in range(attempts):
            self._attempt(case, attempt, attempts, by_id, told, outcomes, complete)
        return case

    def _attempt(
        self,
        case: Message,
        attempt: int,
        attempts: int,
        by_id: Mapping[str, Message],
        told: Mapping[str, Outcome],
        outcomes: Outcomes,
        complete: bool,
    ) -> None:
        started, at = str(next(self.ids)), 100 + 1000 * attempt
        begin = {"id": started, "testCaseId": case["id"], "attempt": attempt, "timestamp": self._at(at)}
        self.envelopes.append({"testCaseStarted": begin})
        for step in case["testSteps"]:
            outcome = told.get(step["id"]) or self._outcome(outcomes, by_id.get(step["id"]), attempt)
            both = {"testCaseStartedId": started, "testStepId": step["id"]}
            self.envelopes.append({"testStepStarted": {**both, "timestamp": self._at(at)}})
            self.envelopes += [{"attachment": {**both, **one}} for one in outcome.evidence]
            at += outcome.milliseconds
            result: Message = {"status": outcome.status, "duration": _span(outcome.milliseconds)}
            result |= {"message": outcome.message} if outcome.message else {}
            result |= {"exception": outcome.exception} if outcome.exception else {}
            self.envelopes.append({"testStepFinished": {**both, "testStepResult": result, "timestamp": self._at(at)}})
        if complete:
            end = {"testCaseStartedId": started, "timestamp": self._at(at), "willBeRetried": attempt < attempts - 1}
            self.envelopes.append({"testCaseFinished": end})

    @staticmethod
    def _outcome(outcomes: Outcomes, step: Message | None, attempt: int) -> Outcome:
        if callable(outcomes) and step is not None:
            return outcomes(step, attempt)
        return outcomes if isinstance(outcomes, Outcome) else Outcome()

    def _at(self, milliseconds: int) -> Message:
        return {"seconds": self.start + milliseconds // 1000, "nanos": milliseconds % 1000 * 1_000_000}

    def __iter__(self) -> Iterator[Message]:
        return iter(self.envelopes)


def _span(milliseconds: int) -> Message:
    return {"seconds": milliseconds // 1000, "nanos": milliseconds % 1000 * 1_000_000}


def by_text(**outcomes: Outcome) -> Callable[[Message, int], Outcome]:
    """Outcomes by a word that the step's text has in it; the other steps pass."""

    def of(step: Message, attempt: int) -> Outcome:
        return next((outcome for word, outcome in outcomes.items() if word in step["text"]), Outcome())

    return of


def run_of(outcome: object = None, text: str = TWO, **more: object) -> Stream:
    """A run of the first scenario of a feature."""
    stream = Stream().meta().started()
    pickles = stream.feature("features/f.feature", text)
    stream.run(pickles[0], outcome, **more)  # type: ignore[arg-type]
    return stream
