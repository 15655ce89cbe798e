"""A station's departures: staff announce delays, travellers look and listen."""

from dataclasses import dataclass, field

from litestar import Controller, Litestar, get, post
from litestar.channels import ChannelsPlugin
from litestar.channels.backends.memory import MemoryChannelsBackend
from litestar.connection import ASGIConnection
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.exceptions import NotAuthorizedException, NotFoundException
from litestar.handlers import BaseRouteHandler
from litestar.params import FromPath, FromQuery, JSONBody


@dataclass
class Train:
    """A train that leaves today."""

    number: str
    to: str
    platform: int
    delay: int = 0


@dataclass
class Delay:
    """What staff announce, in minutes."""

    minutes: int


@dataclass
class Timetable:
    """The day's trains."""

    trains: list[Train] = field(default_factory=lambda: [Train("IC 5", "Bern", 7), Train("S 2", "Zug", 3)])


def staff_only(connection: ASGIConnection, _: BaseRouteHandler) -> None:
    """Litestar's guard: who may announce."""
    if connection.headers.get("X-Badge") != "platform":
        raise NotAuthorizedException("Staff only.")


class Departures(Controller):
    """All about departures."""

    path = "/departures"

    @get()
    async def board(self, state: State, to: FromQuery[str | None] = None) -> list[Train]:
        """All trains, or those to one town."""
        return [train for train in state.timetable.trains if to in (None, train.to)]

    @post("/{number:str}/delay", guards=[staff_only])
    async def announce(
        self, number: FromPath[str], data: JSONBody[Delay], state: State, channels: NamedDependency[ChannelsPlugin]
    ) -> Train:
        """Tell it to the board and to all who listen."""
        for train in state.timetable.trains:
            if train.number == number:
                train.delay = data.minutes
                channels.publish({"train": number, "delay": data.minutes}, "delays")
                return train
        raise NotFoundException(f"No train {number} leaves today.")


def create_app() -> Litestar:
    """A new app, with a new timetable: each scenario starts with the same trains."""
    live = ChannelsPlugin(MemoryChannelsBackend(), channels=["delays"], create_ws_route_handlers=True)
    return Litestar([Departures], plugins=[live], state=State({"timetable": Timetable()}))
