"""The app and its configuration: what a beginner sees who has not found the right words for them."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

from tests.beginner.seeing import SETTINGS, SHOP, feature, seen

if TYPE_CHECKING:
    from tests.project import Project


def test_no_app(project: Project) -> None:
    """The line to add is shown."""
    files = {"features/orders.feature": feature(), "pyproject.toml": SETTINGS.replace("asgi_app", "# asgi_app")}
    expected = """\
-- It
No app is configured. Say where it is, in pyproject.toml:

    [tool.pytest.ini_options]
    asgi_app = "shop.main:app"

or on the command line (--asgi-app shop.main:app), or override the fixture asgi_app in conftest.py.

features/orders.feature:4, Scenario: It
       3 |   Scenario: It
  >    4 |     When I send a GET request to "/orders"
       5 |     Then the response status is 200
"""

    told = seen(project, files)

    assert told == expected


def test_no_app_in_a_project_with_a_pytest_ini(project: Project) -> None:
    """The line has to go there: pyproject.toml is not read then."""
    files = {"features/orders.feature": feature(), "pytest.ini": "[pytest]\naddopts = --strict-markers\n"}
    expected = """\
-- It
No app is configured. Say where it is, in pytest.ini:

    [pytest]
    asgi_app = shop.main:app

or on the command line (--asgi-app shop.main:app), or override the fixture asgi_app in conftest.py.

features/orders.feature:4, Scenario: It
       3 |   Scenario: It
  >    4 |     When I send a GET request to "/orders"
       5 |     Then the response status is 200
"""

    told = seen(project, files)

    assert told == expected


def test_an_app_below_src(project: Project) -> None:
    """Python does not look into src unless it is told to."""
    files = {
        "features/orders.feature": feature(),
        "src/cafe/main.py": SHOP,
        "pyproject.toml": SETTINGS.replace("shop:app", "cafe.main:app"),
    }
    expected = """\
-- It
The app's module "cafe.main" was not found: there is no "cafe" in (the project), nor anywhere else on sys.path. There is one in src: set pytest's option pythonpath to "src", or install the project (pip install -e .).

features/orders.feature:4, Scenario: It
       3 |   Scenario: It
  >    4 |     When I send a GET request to "/orders"
       5 |     Then the response status is 200
"""  # noqa: E501 - as it is printed

    told = seen(project, files)

    assert told == expected


def test_a_wrong_module(project: Project) -> None:
    """Where it was looked for is told."""
    files = {"features/orders.feature": feature(), "pyproject.toml": SETTINGS.replace("shop:app", "shopp:app")}
    expected = """\
-- It
The app's module "shopp" was not found: there is no "shopp" in (the project), nor anywhere else on sys.path.

features/orders.feature:4, Scenario: It
       3 |   Scenario: It
  >    4 |     When I send a GET request to "/orders"
       5 |     Then the response status is 200
"""

    told = seen(project, files)

    assert told == expected


def test_a_file_instead_of_a_module(project: Project) -> None:
    """An import has no .py."""
    files = {"features/orders.feature": feature(), "pyproject.toml": SETTINGS.replace("shop:app", "shop.py:app")}
    expected = """\
-- It
The app's module "shop.py" was not found: there is a "shop", but no "py" in it. Write it as an import does, without the ".py": "shop:…".

features/orders.feature:4, Scenario: It
       3 |   Scenario: It
  >    4 |     When I send a GET request to "/orders"
       5 |     Then the response status is 200
"""  # noqa: E501 - as it is printed

    told = seen(project, files)

    assert told == expected


def test_a_dot_instead_of_a_colon(project: Project) -> None:
    """The right form is shown."""
    files = {"features/orders.feature": feature(), "pyproject.toml": SETTINGS.replace("shop:app", "shop.app")}
    expected = """\
-- It
"shop.app" is not an app's location. Write "module:attribute", for example asgi_app = "shop.main:app", or "module:factory()".

features/orders.feature:4, Scenario: It
       3 |   Scenario: It
  >    4 |     When I send a GET request to "/orders"
       5 |     Then the response status is 200
"""  # noqa: E501 - as it is printed

    told = seen(project, files)

    assert told == expected


def test_a_wrong_attribute(project: Project) -> None:
    """The nearest names are told."""
    files = {"features/orders.feature": feature(), "pyproject.toml": SETTINGS.replace("shop:app", "shop:ap")}
    expected = """\
-- It
"shop" has no attribute "ap". The nearest names are: app.

features/orders.feature:4, Scenario: It
       3 |   Scenario: It
  >    4 |     When I send a GET request to "/orders"
       5 |     Then the response status is 200
"""

    told = seen(project, files)

    assert told == expected


def test_a_factory_that_is_not_called(project: Project) -> None:
    """The brackets are what is missing."""
    files = {"features/orders.feature": feature(), "pyproject.toml": SETTINGS.replace("shop:app", "shop:create_app")}
    expected = """\
-- It
"shop:create_app" is not an ASGI app, which is called with three arguments: scope, receive and send. It can be called without anything: if it makes the app, write "shop:create_app()".

features/orders.feature:4, Scenario: It
       3 |   Scenario: It
  >    4 |     When I send a GET request to "/orders"
       5 |     Then the response status is 200
"""  # noqa: E501 - as it is printed

    told = seen(project, files)

    assert told == expected


def test_a_wsgi_app(project: Project) -> None:
    """Flask's app, or the wrong one of Django's two files."""
    files = {"features/orders.feature": feature(), "shop.py": "def app(environ, start_response): ...\n"}
    expected = """\
-- It
"shop:app" is not an ASGI app, which is called with three arguments: scope, receive and send. It takes two, as a WSGI app does: Flask, or Django's wsgi.py (asgi.py has its ASGI app).

features/orders.feature:4, Scenario: It
       3 |   Scenario: It
  >    4 |     When I send a GET request to "/orders"
       5 |     Then the response status is 200
"""  # noqa: E501 - as it is printed

    told = seen(project, files)

    assert told == expected


def test_an_app_that_cannot_be_imported(project: Project) -> None:
    """The project's own line is shown, and what it lacks."""
    files = {"features/orders.feature": feature(), "shop.py": "import fastapy\n"}
    expected = """\
-- It
The app's module "shop" imports "fastapy", which was not found:
  shop.py:1 in <module>
    import fastapy
ModuleNotFoundError: No module named 'fastapy'

features/orders.feature:4, Scenario: It
       3 |   Scenario: It
  >    4 |     When I send a GET request to "/orders"
       5 |     Then the response status is 200
"""

    told = seen(project, files)

    assert told == expected


def test_no_database(project: Project) -> None:
    """The line to add is shown."""
    files = {"features/orders.feature": feature('Then the table "orders" has 0 rows')}
    expected = """\
-- It
No database is configured. Say where it is, in pyproject.toml:

    [tool.pytest.ini_options]
    asgi_database = "sqlite+aiosqlite:///shop.db"

or on the command line (--asgi-database URL), or in the scenario:

    Given the database is "sqlite+aiosqlite:///shop.db"

or override the fixture database in conftest.py, to give the engine that the app itself uses.

features/orders.feature:4, Scenario: It
       3 |   Scenario: It
  >    4 |     Then the table "orders" has 0 rows
"""

    told = seen(project, files)

    assert told == expected


def test_a_table_that_is_not_there(project: Project) -> None:
    """A database that nobody has filled yet."""
    files = {
        "features/orders.feature": feature('Then the table "orders" has 0 rows'),
        "pyproject.toml": SETTINGS + 'asgi_database = "sqlite+aiosqlite:///shop.db"\n',
    }
    expected = """\
-- It
The database sqlite+aiosqlite:///shop.db has no table "orders": it has no tables at all. Has the app made them?

features/orders.feature:4, Scenario: It
       3 |   Scenario: It
  >    4 |     Then the table "orders" has 0 rows
"""

    told = seen(project, files)

    assert told == expected


def test_a_column_that_is_not_there(project: Project) -> None:
    """The nearest one is told."""
    with closing(sqlite3.connect(project.root / "shop.db")) as database:
        database.execute("create table orders (id integer, drink text)")
    files = {
        "features/orders.feature": feature('Then the table "orders" contains:\n  | drinks |\n  | latte  |'),
        "pyproject.toml": SETTINGS + 'asgi_database = "sqlite+aiosqlite:///shop.db"\n',
    }
    expected = """\
-- It
The table "orders" has no column "drinks". The nearest: "drink".

features/orders.feature:4, Scenario: It
       3 |   Scenario: It
  >    4 |     Then the table "orders" contains:
       5 |       | drinks |
       6 |       | latte  |
"""

    told = seen(project, files)

    assert told == expected


def test_a_database_driver_that_is_not_installed(project: Project) -> None:
    """What to install is told."""
    files = {
        "features/orders.feature": feature('Then the table "orders" has 0 rows'),
        "pyproject.toml": SETTINGS + 'asgi_database = "mysql+aiomysql://localhost/shop"\n',
    }
    expected = """\
-- It
The database needs the package aiomysql, which is not installed: pip install aiomysql

features/orders.feature:4, Scenario: It
       3 |   Scenario: It
  >    4 |     Then the table "orders" has 0 rows
"""

    told = seen(project, files)

    assert told == expected


def test_a_feature_in_a_folder_that_is_not_looked_at(project: Project) -> None:
    """Alone, pytest would say that no tests ran."""
    files = {
        "features/orders.feature": feature(),
        "pyproject.toml": SETTINGS + 'testpaths = ["tests"]\n',
        "tests/__init__.py": "",
    }
    expected = """\
Not looked at: features/orders.feature
Name their folder: pytest features, or add it to testpaths in pyproject.toml.
"""

    told = seen(project, files)

    assert told == expected


def test_a_feature_file_with_another_ending(project: Project) -> None:
    """Alone, pytest would say that no tests ran."""
    files = {"features/orders.features": feature()}
    expected = """\
No feature: features/orders.features
The name of a feature file ends in .feature: rename it.
"""

    told = seen(project, files)

    assert told == expected
