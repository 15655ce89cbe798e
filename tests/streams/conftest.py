"""Clients whose responses are read as they come: those of tests/clients."""

from tests.clients.conftest import kind, make_client, no_thread_left

__all__ = ["kind", "make_client", "no_thread_left"]
