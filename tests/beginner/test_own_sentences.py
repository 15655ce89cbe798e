"""Own sentences in Python: what a beginner sees who has put them wrongly."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tests.beginner.seeing import feature, seen

if TYPE_CHECKING:
    from tests.project import Project


def test_sentences_in_a_folder_of_steps(project: Project) -> None:
    """As behave has it; pytest does not load them."""
    files = {
        "features/orders.feature": feature("Given a paid order"),
        "features/steps/orders.py": 'from asgherkin import given\n\n@given("a paid order")\ndef paid_order(): ...\n',
    }
    expected = """\
-- It
No sentence fits this Given step.
To write it yourself, put this into conftest.py:

    from asgherkin import given


    @given("a paid order")
    def a_paid_order() -> None:
        raise NotImplementedError

features/orders.feature:4, Scenario: It
       3 |   Scenario: It
  >    4 |     Given a paid order
-- undefined steps
Given a paid order
  features/orders.feature:4

Not loaded, and with step definitions: features/steps/orders.py
pytest loads conftest.py and test modules by itself. In the conftest.py of the project's root, write:

    pytest_plugins = ["features.steps.orders"]

To write them yourself, put this into conftest.py:

    from asgherkin import given


    @given("a paid order")
    def a_paid_order() -> None:
        raise NotImplementedError
"""

    told = seen(project, files)

    assert told == expected


def test_sentences_in_a_folder_of_steps_are_found_as_it_was_told(project: Project) -> None:
    """The line that is shown is enough."""
    files = {
        "features/orders.feature": feature("Given a paid order"),
        "features/steps/orders.py": 'from asgherkin import given\n\n@given("a paid order")\ndef paid_order(): ...\n',
    }
    line = re.search(r"^ +(pytest_plugins = .*)$", seen(project, files), re.MULTILINE)
    assert line
    project.write({"conftest.py": f"{line[1]}\n"})

    outcome = project.run()

    assert outcome.counts == {"passed": 1}, outcome.output


def test_a_slot_that_nothing_parses(project: Project) -> None:
    """The line to write is shown."""
    files = {
        "features/orders.feature": feature("Given 3 paid orders"),
        "conftest.py": 'from asgherkin import given\n\n@given("{number:d} paid orders")\ndef orders(number): ...\n',
    }
    expected = """\
-- It
No sentence fits this Given step.
The nearest sentences:
  Given {number:d} paid orders
The {…} of conftest.py:3 is plain text: write parsers.parse("{number:d} paid orders") for a slot.
To write it yourself, put this into conftest.py:

    from asgherkin import given
    from pytest_bdd import parsers


    @given(parsers.parse("{number:d} paid orders"))
    def paid_orders(number: int) -> None:
        raise NotImplementedError

features/orders.feature:4, Scenario: It
       3 |   Scenario: It
  >    4 |     Given 3 paid orders
-- undefined steps
Given 3 paid orders
  features/orders.feature:4

To write them yourself, put this into conftest.py:

    from asgherkin import given
    from pytest_bdd import parsers


    @given(parsers.parse("{number:d} paid orders"))
    def paid_orders(number: int) -> None:
        raise NotImplementedError
"""

    told = seen(project, files)

    assert told == expected


def test_two_definitions_that_are_the_same(project: Project) -> None:
    """Both places are told."""
    files = {
        "features/orders.feature": feature("Given a paid order"),
        "conftest.py": "from asgherkin import given\n"
        '\n@given("a paid order")\ndef paid_order(): ...\n'
        '\n@given("a paid order")\ndef order(): ...\n',
    }
    expected = """\
-- It
2 step definitions fit this step equally well:
  conftest.py:3: given a paid order
  conftest.py:6: given a paid order
Change the text of one, or move one nearer to the feature: the nearest conftest.py wins.

features/orders.feature:4, Scenario: It
       3 |   Scenario: It
  >    4 |     Given a paid order
"""

    told = seen(project, files)

    assert told == expected


def test_an_argument_that_is_no_fixture(project: Project) -> None:
    """In behave each step is handed a context; pytest has fixtures."""
    files = {
        "features/orders.feature": feature("Given a paid order"),
        "conftest.py": 'from asgherkin import given\n\n@given("a paid order")\ndef paid_order(context): ...\n',
    }
    expected = """\
-- It
The step function at conftest.py:3 asks for "context", which is neither a slot of its sentence 'a paid order' nor a fixture that is known here.

features/orders.feature:4, Scenario: It
       3 |   Scenario: It
  >    4 |     Given a paid order
"""  # noqa: E501 - as it is printed

    told = seen(project, files)

    assert told == expected


def test_an_async_step_under_pytest_bdds_own_decorator(project: Project) -> None:
    """pytest-bdd would never await it; here its failure is one."""
    files = {
        "features/orders.feature": feature("Given a paid order"),
        "conftest.py": "from pytest_bdd import given\n\n"
        '@given("a paid order")\nasync def paid_order():\n    raise LookupError(1)\n',
    }
    expected = """\
-- It
LookupError: 1

features/orders.feature:4, Scenario: It
       3 |   Scenario: It
  >    4 |     Given a paid order

Where it was raised
conftest.py:5: in paid_order
    raise LookupError(1)
E   LookupError: 1
"""

    told = seen(project, files)

    assert told == expected
