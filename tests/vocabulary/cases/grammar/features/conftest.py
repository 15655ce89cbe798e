"""The sentences that this topic has, so that "the nearest" are the same whatever the vocabulary learns."""

from __future__ import annotations

from asgherkin.session.requests import send_again
from asgherkin.vocabulary import app, request, response
from asgherkin.vocabulary.decorators import given, then, when

given("the client is {client:text}", example='the client is "test"')(app.the_client_is)
when("I {method:method} {path:text}", example='I GET "/notes"')(request.i_send_in_short)
when("I send a {method:method} request to {path:text}", example='I send a GET request to "/notes"')(request.i_send)
then("the response status {expected:status}", example="the response status is 201", within=send_again)(
    response.the_response_status
)
then("the response text {expected:wording}", example='the response text contains "Hello"', within=send_again)(
    response.the_response_text
)
then("the response body is:", example="the response body is:", within=send_again)(response.the_response_body_is)
then(
    "the response body at {path:text} {expected:expected}",
    example='the response body at "$.lives" is 9',
    within=send_again,
)(response.the_response_body_at)
