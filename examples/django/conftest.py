"""Django's tables, made once a run, and its host, who may show entries."""

import guestbook.asgi  # noqa: F401 - sets Django up
import pytest
from asgherkin import given
from asgiref.sync import sync_to_async
from django.contrib.auth import get_user_model
from django.core.management import call_command


@pytest.fixture(scope="session", autouse=True)
def tables():
    call_command("migrate", run_syncdb=True, verbosity=0)


@given('the host is Ann, with the password "green tea"')
async def the_host():
    """Made by Django itself, which hashes the password; its ORM runs in a thread of its own."""
    users = get_user_model().objects
    await users.all().adelete()
    await sync_to_async(users.create_user)("Ann", password="green tea")
