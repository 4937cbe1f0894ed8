"""NAM's ``metadata``: its keys, and its dates as objects of six numbers, which become ISO 8601 text here."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any

from zoo.formats.fields import Fields
from zoo.formats.metadata import metadata_document, metadata_from
from zoo.snapshot import Metadata

KEYS = {
    "name": "name",
    "author": "modeled_by",
    "make": "gear_make",
    "model": "gear_model",
    "kind": "gear_type",
    "tone": "tone_type",
    "licence": "license",
    "loudness_db": "loudness",
    "input_level_dbu": "input_level_dbu",
    "output_level_dbu": "output_level_dbu",
}
DATE_KEYS = ("year", "month", "day", "hour", "minute", "second")


def nam_metadata(root: Fields, without: Iterable[str]) -> Metadata:
    """The metadata of a document; fields beside ``metadata`` count as its own, but those of the network."""
    metadata = metadata_from(root.merged("metadata", without), {**KEYS, "date": "date"})
    extra = dict(metadata.extra)
    if date := _iso(extra.get("date")):
        del extra["date"]
        return replace(metadata, date=date, extra=extra)
    return metadata


def nam_metadata_document(metadata: Metadata) -> dict[str, Any]:
    """The inverse of `nam_metadata`."""
    date = {} if metadata.date is None else {"date": _numbers(metadata.date) or metadata.date}
    return {**metadata_document(metadata, KEYS), **date}


def _iso(date: Any) -> str | None:
    """``2023-05-29T15:55:21``; None where it is not the six whole numbers of a real date."""
    if (
        not isinstance(date, dict)
        or list(map(type, date.values())) != [int] * 6
        or set(date) != set(DATE_KEYS)
    ):
        return None
    try:
        return datetime(*(date[key] for key in DATE_KEYS)).isoformat()
    except (ValueError, OverflowError):
        return None


def _numbers(date: str) -> dict[str, int] | None:
    try:
        moment = datetime.strptime(date, "%Y-%m-%dT%H:%M:%S")
    except ValueError:
        return None
    return {key: getattr(moment, key) for key in DATE_KEYS}
