"""Manners: what a server asks for is granted to all connections, and patience has an end."""

from __future__ import annotations

from datetime import datetime, timezone

import pytest

from registry.courtesy import Courtesy, Stopped, seconds_asked
from zoo.errors import NetworkError

NOON = datetime(2024, 5, 1, 12, 0, 0, tzinfo=timezone.utc)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        (None, None),
        ("0", 0.0),
        (" 12 ", 12.0),
        ("Wed, 01 May 2024 12:00:30 GMT", 30.0),
        ("Wed, 01 May 2024 11:00:00 GMT", 0.0),
        ("Wed, 01 May 2024 12:00:30", 30.0),
        ("-5", None),
        ("soon", None),
        ("", None),
        ("9" * 400, float("inf")),
    ],
)
def test_retry_after_is_seconds_or_a_date(header: str | None, seconds: float | None) -> None:
    assert seconds_asked(header, lambda: NOON) == seconds


def test_one_connections_failure_makes_all_wait() -> None:
    waits: list[float] = []
    courtesy = Courtesy(lambda s: bool(waits.append(s)), now=lambda: 100.0)
    courtesy.turn()
    courtesy.failed(0, 9.0)
    courtesy.failed(0, 3.0)
    courtesy.turn()
    assert waits == [9.0]


def test_waits_double_and_have_a_bound() -> None:
    waits: list[float] = []
    courtesy = Courtesy(lambda s: bool(waits.append(s)), now=lambda: sum(waits))
    for attempt in range(12):
        courtesy.failed(attempt, None)
        courtesy.turn()
    assert all(0.5 * 2**n <= wait <= 0.625 * 2**n for n, wait in enumerate(waits[:6]))
    assert max(waits) <= 37.5


def test_who_is_stopped_while_waiting_gives_up() -> None:
    courtesy = Courtesy(lambda _: True, now=lambda: 0.0)
    courtesy.failed(0, None)
    with pytest.raises(Stopped):
        courtesy.turn()


def test_a_success_forgives_the_failures_before() -> None:
    courtesy = Courtesy(now=lambda: 0.0)
    courtesy.gave_up()
    courtesy.gave_up()
    courtesy.succeeded()
    courtesy.gave_up()
    courtesy.turn()
    courtesy.gave_up()
    courtesy.gave_up()
    with pytest.raises(NetworkError, match="not tried"):
        courtesy.turn()
