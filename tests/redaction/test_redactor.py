"""What a redactor masks, and what it leaves alone."""

from __future__ import annotations

import json

import pytest

from asgherkin.errors import ConfigurationError
from asgherkin.redaction.redactor import Redactor


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("password=hunter2&q=milk", "password=[redacted]&q=milk"),
        ("PASSWORD: hunter2", "PASSWORD: [redacted]"),
        ("password: hunter2, user: ann", "password: [redacted], user: ann"),
        ('{"access_token": "a b", "id": 7}', '{"access_token": "[redacted]", "id": 7}'),
        ("{'api_key': 'a', 'id': 7}", "{'api_key': '[redacted]', 'id': 7}"),
        (r'"{\"secret\": \"a\", \"id\": 7}"', r'"{\"secret\": [redacted], \"id\": 7}"'),
        ('password: "never closed', "password: [redacted] closed"),
        ("my-credential-x = 5", "my-credential-x = [redacted]"),
        ('{"token": null, "secret": true}', '{"token": null, "secret": true}'),
        ("password={{env.PASSWORD}}", "password={{env.PASSWORD}}"),
        ('with the password "{text}"\'))', 'with the password "{text}"\'))'),
        ('the password "<password>"', 'the password "<password>"'),
        ("Authorization: Bearer abc def", "Authorization: [redacted]"),
        ("x-authorization: Bearer", "x-authorization: Bearer"),
        ("Cookie: a=b; c=d\nHost: x", "Cookie: [redacted]\nHost: x"),
        ('the form field "password" is "a"', 'the form field "password" is "[redacted]"'),
        ('with the password "a \\" b"', 'with the password "[redacted]"'),
        ('the response header "Authorization" is not "a"', 'the response header "Authorization" is not "[redacted]"'),
        ('the cookie "theme" is "a"', 'the cookie "theme" is "[redacted]"'),
        ('the response cookie "theme" exists', 'the response cookie "theme" exists'),
        ("| password | a b |", "| password | [redacted] |"),
        ("| $.user.token | a\\|b |", "| $.user.token | [redacted] |"),
        ("| name | token |", "| name | token |"),
        ('$.token: expected "a", got 5 (integer)', '$.token: expected "[redacted]", got [redacted] (integer)'),
        ('at "$..token" is "a" (string)', 'at "$..token" is "[redacted]" (string)'),
        ('at "$.token" is "abc… (300 characters), expected "d"', None),
        ('at "$.access_token" as "token"', 'at "$.access_token" as "token"'),
        ("nothing to hide here", "nothing to hide here"),
        ("no door for milk5 with token=milk5", "no door for [redacted] with token=[redacted]"),
        ("no door, milk-5, milk5: 'token': 'milk5'", "no door, milk-5, [redacted]: 'token': '[redacted]'"),
        ("a text, password: text", "a text, password: [redacted]"),
        ("None was found, token=None", "None was found, token=[redacted]"),
        ("\u017fecret=abc, to\u212aen=abc", "\u017fecret=[redacted], to\u212aen=[redacted]"),
        ("credent\u0131al=abc", "credent\u0131al=[redacted]"),
        ("t\u00f6ken=abc", "t\u00f6ken=abc"),
        ("GR\u00d6SSE=abc", "GR\u00d6SSE=[redacted]"),
    ],
)
def test_values_beside_their_names(text: str, expected: str | None) -> None:
    """A value is masked beside a secret name, in each way that texts have them."""
    redacted = Redactor(["gr\u00f6sse"]).redact(text)

    assert redacted == (expected or 'at "$.token" is "[redacted]"… (300 characters), expected "[redacted]"')


@pytest.mark.parametrize(
    ("name", "is_secret"),
    [
        ("Authorization", True),
        ("x-authorization", False),
        ("user[password]", True),
        ("NewPassword", True),
        ("passport", False),
        ("PIN", True),
        ("shipping", False),
    ],
)
def test_secret_names(name: str, *, is_secret: bool) -> None:
    """Names that contain a telling word are secret, headers and added names only as a whole."""
    assert Redactor(["Pin"]).is_secret(name) is is_secret


@pytest.mark.parametrize(
    ("header", "value", "secrets"),
    [
        ("Authorization", "Bearer abcdef", ["Bearer abcdef", "abcdef"]),
        ("Cookie", "session=abcdef; theme=ghijkl", ["abcdef", "ghijkl"]),
        ("set-cookie", "session=abcdef; Path=/welcome", ["abcdef"]),
        ("X-Api-Key", "abcdef", ["abcdef"]),
    ],
)
def test_headers_are_learned(header: str, value: str, secrets: list[str]) -> None:
    """Of a secret header, the bare credentials are known afterwards, and nothing else."""
    redactor = Redactor()

    redactor.learn_header(header, value)
    redactor.learn_header("X-Tenant", "acme-corp")

    for secret in secrets:
        assert redactor.redact(f"<{secret}>") == "<[redacted]>"
    assert redactor.redact("/welcome to acme-corp") == "/welcome to acme-corp"


@pytest.mark.parametrize(
    "body",
    [
        '{"a": [{"token": "abcdef"}]}',
        '{"token": {"b": ["abcdef", 5, null, true]}}',
        '{"token": 1234567, "secret": "abcdef"}',
        '{"pass\\u0077ord": "abcdef"}',
        "a=b&token=abcdef",
        "pass%77ord=abcdef",
        '--x\r\nContent-Disposition: form-data; name="token"\r\nContent-Type: text/plain\r\n\r\nabcdef\r\n--x--',
    ],
)
def test_bodies_are_learned(body: str) -> None:
    """The values of secret fields are known afterwards: of JSON at any depth, of both kinds of forms."""
    redactor = Redactor()

    redactor.learn_body(body)

    assert redactor.redact("it is abcdef") == "it is [redacted]"


@pytest.mark.parametrize("body", ["", "no form", "[" * 100_000, '{"a": ' * 900 + "1" + "}" * 900, "\ud800=1"])
def test_hostile_bodies_are_no_matter(body: str) -> None:
    """A body that is neither, or nested too deeply, teaches nothing and breaks nothing."""
    redactor = Redactor(["$..pin"])

    redactor.learn_body(body)

    assert redactor.redact("as it was") == "as it was"


@pytest.mark.parametrize(
    "shown",
    [
        'ab"ü\n/?&x',
        'ab\\"ü\\n/?&x',
        'ab\\"\\u00fc\\n/?&x',
        'ab\\\\\\"ü\\\\n/?&x',
        "ab%22%C3%BC%0A%2F%3F%26x",
        "ab%22%C3%BC%0A/%3F%26x",
        "/?&x",
    ],
)
def test_a_secret_in_other_spellings(shown: str) -> None:
    """A secret is found as JSON, in an address, and line by line."""
    redactor = Redactor()

    redactor.learn('ab"ü\n/?&x')

    assert redactor.redact(f"[{shown}]") == "[[redacted]]"


def test_a_secret_that_no_encoding_holds() -> None:
    """A lone surrogate can be a secret as any other text."""
    redactor = Redactor()

    redactor.learn("secret \ud800")

    assert redactor.redact("a secret \ud800!") == "a [redacted]!"


def test_short_values() -> None:
    """A short credential is masked as a word; a short value of a field only beside its name; an empty one never."""
    redactor = Redactor()

    redactor.learn("pw")
    redactor.learn("")
    redactor.learn_field("token", "abc")

    assert redactor.redact("pw, pwned, don't-pw, abc") == "[redacted], pwned, don't-pw, abc"


def test_pieces_of_a_long_secret() -> None:
    """What is left of a secret that was cut short is masked too, from a dozen characters on."""
    redactor = Redactor()

    redactor.learn("0123456789abcdefghij" + "x" * 300)

    assert redactor.redact('"0123456789abcdef… (320 characters), 0123456789') == (
        '"[redacted]… (320 characters), 0123456789'
    )


def test_a_document_is_masked_in_place() -> None:
    """Texts and numbers of secret fields are masked, null and booleans tell nothing."""
    document = {"a": [{"token": {"b": [1, "x", None, True]}}], "id": 7}

    masked = Redactor().masked(document)

    assert masked == {"a": [{"token": {"b": ["[redacted]", "[redacted]", None, True]}}], "id": 7}


def test_values_at_a_path() -> None:
    """A JSONPath names values that are secret wherever they turn up, short ones as words."""
    redactor = Redactor(["$.user.pin", "$.none"])

    redactor.learn_body(json.dumps({"user": {"pin": 42}}))

    assert redactor.redact("pin 42 of 142") == "pin [redacted] of 142"


def test_a_bad_path() -> None:
    """A JSONPath that is none is refused at once."""
    with pytest.raises(ConfigurationError) as caught:
        Redactor(["$["])

    assert str(caught.value) == (
        'asgi_redact: "$[" is not a valid JSONPath (RFC 9535): something is missing at the end. '
        "For example: $.items[0].name"
    )


def test_a_long_text_is_searched_quickly_enough() -> None:
    """A text without end, of letters that names are made of, is no trouble."""
    text = "a-" * 50_000

    assert Redactor().redact(text) == text
