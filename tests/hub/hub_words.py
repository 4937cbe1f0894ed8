"""Two words that tests of pulling need: where from, and what became of it."""

from __future__ import annotations

from collections.abc import Iterable

from registry.entering import Imported
from zoo.hub.address import parse_address
from zoo.hub.pulling import Sought


def at(*addresses: str) -> list[Sought]:
    return [Sought(parse_address(address)) for address in addresses]


def statuses(verdicts: Iterable[Imported]) -> list[str]:
    return [verdict.status for verdict in verdicts]
