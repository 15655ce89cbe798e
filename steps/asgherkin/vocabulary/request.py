"""Sentences that describe a request and send it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asgherkin.matching.documents import fill_json, fill_text
from asgherkin.session.header_values import basic_credentials
from asgherkin.session.requests import is_json
from asgherkin.vocabulary.arguments import Table, pairs, read_file
from asgherkin.vocabulary.decorators import given, when

if TYPE_CHECKING:
    from asgherkin.session.session import Session


@given("the request header {name:text} is {value:text}", example='the request header "X-Tenant" is "acme"')
def the_request_header(session: Session, name: str, value: str) -> None:
    """Send a header with every request of the scenario; a second value for its name takes the place of the first."""
    session.draft.set_header(name, value)


@given("the request headers are:", example="the request headers are:")
def the_request_headers(session: Session, datatable: Table) -> None:
    """Send headers with every request of the scenario: a table with `name` and `value`."""
    for name, value in pairs(datatable, session):
        session.draft.set_header(name, value)


@given("the query parameter {name:text} is {value:text}", example='the query parameter "q" is "milk"')
def the_query_parameter(session: Session, name: str, value: str) -> None:
    """Send a query parameter with every request of the scenario. The same name twice sends both."""
    session.draft.add_query([(name, value)])


@given("the query parameters are:", example="the query parameters are:")
def the_query_parameters(session: Session, datatable: Table) -> None:
    """Send query parameters with every request of the scenario: a table with `name` and `value`."""
    session.draft.add_query(pairs(datatable, session))


@given("the cookie {name:text} is {value:text}", example='the cookie "session" is "abc"')
def the_cookie(session: Session, name: str, value: str) -> None:
    """Send a cookie with every request of the scenario, until the app sets it anew."""
    session.set_cookie(name, value)


@given(
    "I am authenticated with the bearer token {token:text}",
    example='I am authenticated with the bearer token "t"',
)
def authenticated_by_token(session: Session, token: str) -> None:
    """Send the header `Authorization: Bearer t` with every request of the scenario (RFC 6750)."""
    session.redactor.learn(token)
    session.draft.set_header("Authorization", f"Bearer {token}")


@given(
    "I am authenticated as {user:text} with the password {password:text}",
    example='I am authenticated as "user" with the password "pw"',
)
def authenticated_by_password(session: Session, user: str, password: str) -> None:
    """Send the header `Authorization: Basic …` with every request of the scenario (RFC 7617)."""
    session.redactor.learn(password)
    session.draft.set_header("Authorization", f"Basic {basic_credentials(user, password)}")


@given("the request body is:", example="the request body is:")
def the_request_body(session: Session, docstring: str) -> None:
    """Send this body, a doc string, with the next request: of its media type; JSON if it parses and has none."""
    _set_body(session, docstring)


@given("the form field {name:text} is {value:text}", example='the form field "name" is "Ann"')
def the_form_field(session: Session, name: str, value: str) -> None:
    """Send a form field with the next request. The same name twice sends both."""
    session.draft.add_form([(name, value)])


@given("the form is:", example="the form is:")
def the_form(session: Session, datatable: Table) -> None:
    """Send form fields with the next request: a table with `name` and `value`."""
    session.draft.add_form(pairs(datatable, session))


@given(
    "the file {path:text} is attached as {name:text}",
    example='the file "fixtures/cat.png" is attached as "photo"',
)
def the_file_is_attached(session: Session, path: str, name: str) -> None:
    """Upload a file of the project with the next request. Its path starts at the feature file's folder."""
    session.draft.add_file(name, read_file(path, session))


@given(
    "a file {filename:text} is attached as {name:text} with the content:",
    example='a file "a.txt" is attached as "doc" with the content:',
)
def a_file_is_attached(session: Session, filename: str, name: str, docstring: str) -> None:
    """Upload a file with this name and content, a doc string, with the next request."""
    content = session.fill_text(docstring).encode()
    media_type = session.fill_text(getattr(docstring, "media_type", ""))
    session.draft.add_file(name, (filename, content, media_type) if media_type else (filename, content))


@given("redirects are not followed", example="redirects are not followed")
def redirects_are_not_followed(session: Session) -> None:
    """Look at a redirect itself instead of following it."""
    session.draft.follow_redirects = False


@when("I {method:method} {path:text}", example='I GET "/notes"')
def i_send_in_short(session: Session, method: str, path: str) -> None:
    """Send a request: the short form."""
    session.responses.send(method, path)


@when("I send a {method:method} request to {path:text}", example='I send a GET request to "/notes"')
def i_send(session: Session, method: str, path: str) -> None:
    """Send a request: the long form."""
    session.responses.send(method, path)


@when(
    "I send a {method:method} request to {path:text} with the body:",
    example='I send a POST request to "/notes" with the body:',
)
def i_send_a_body(session: Session, method: str, path: str, docstring: str) -> None:
    """Send a request with this body, a doc string, as in `the request body is:`."""
    _set_body(session, docstring)
    session.responses.send(method, path)


@when(
    "I send a {method:method} request to {path:text} with the form:",
    example='I send a POST request to "/notes" with the form:',
)
def i_send_a_form(session: Session, method: str, path: str, datatable: Table) -> None:
    """Send a request with these form fields: a table with `name` and `value`."""
    session.draft.add_form(pairs(datatable, session))
    session.responses.send(method, path)


@when(
    "I send a {method:method} request to {path:text} with the query:",
    example='I send a GET request to "/notes" with the query:',
)
def i_send_a_query(session: Session, method: str, path: str, datatable: Table) -> None:
    """Send a request with these query parameters, for this request only: a table with `name` and `value`."""
    session.responses.send(method, path, pairs(datatable, session))


@when(
    "I send {count:count} {method:method} requests to {path:text} at the same time",
    example='I send 20 GET requests to "/menu" at the same time',
)
def i_send_at_the_same_time(session: Session, count: int, method: str, path: str) -> None:
    """Send the same request several times, really at once, on the app's own loop."""
    session.responses.send_together(count, method, path)


@when(
    "I send {count:count} {method:method} requests to {path:text} at the same time with the body:",
    example='I send 20 POST requests to "/orders" at the same time with the body:',
)
def i_send_bodies_at_the_same_time(session: Session, count: int, method: str, path: str, docstring: str) -> None:
    """Send the same request several times, really at once, with this body each: a doc string."""
    _set_body(session, docstring)
    session.responses.send_together(count, method, path)


@when("I follow the redirect", example="I follow the redirect")
def i_follow_the_redirect(session: Session) -> None:
    """Send the request that the last response redirects to."""
    session.responses.follow_redirect()


def _set_body(session: Session, docstring: str) -> None:
    media_type = session.fill_text(getattr(docstring, "media_type", ""))
    text = str(docstring)
    kind = media_type.partition(";")[0].strip().lower()
    if kind.endswith("json"):
        body = fill_json(text, session.lookup)
    elif kind or not is_json(body := fill_json(text, session.lookup)):
        body = fill_text(text, session.lookup)
    session.draft.set_body(body, media_type)
