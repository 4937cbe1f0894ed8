"""``zoo show``: all that is known of one model."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from zoo.cli.output import JsonOption, QuietOption, print_json, print_table, remarks

if TYPE_CHECKING:
    from registry.manifest import Fact, Manifest, Origin
    from registry.quality import Quality


def show(
    model: Annotated[str, typer.Argument(help="Name, id, or the first digits of an id (4 at least).")],
    as_json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Show everything that is known of a model, what is unknown, and where each fact comes from.

    Example: zoo show american-preamp-drive-3
    """
    from zoo.api import open_registry

    with open_registry(remark=remarks(quiet)) as registry:
        manifest = registry.find(model)
        folder = registry.store.folder(manifest.id)
    if as_json:
        print_json(manifest.model_dump(mode="json"))
        return
    print_table(("field", "value"), [*_rows(manifest), ("folder", folder)])


def _rows(manifest: Manifest) -> Iterator[tuple[str, object]]:
    device = manifest.device
    yield "id", manifest.id
    yield "name", _fact(manifest, "name", manifest.name)
    yield "other names", ", ".join(manifest.names[1:]) or "none"
    yield "make", _fact(manifest, "make", device.make)
    yield "model", _fact(manifest, "model", device.model)
    yield "kind", _fact(manifest, "kind", device.kind)
    yield "gain class", _fact(manifest, "gain_class", manifest.gain_class)
    yield "tone", _fact(manifest, "tone", ", ".join(manifest.tone) or None)
    yield "architecture", manifest.architecture
    yield "parameters", manifest.num_parameters
    yield "knobs", manifest.num_knobs
    assumed = " (assumed: the file does not say)" if manifest.sample_rate_assumed else ""
    yield "sample rate", f"{manifest.sample_rate} Hz{assumed}"
    yield "input gain", f"{manifest.input_gain_db:g} dB"
    yield "output gain", f"{manifest.output_gain_db:g} dB"
    yield "loudness", _unit(manifest.loudness_db, "dB")
    yield "input level", _unit(manifest.input_level_dbu, "dBu")
    yield "output level", _unit(manifest.output_level_dbu, "dBu")
    yield "licence", _fact(manifest, "licence", manifest.licence)
    yield "author", _fact(manifest, "author", manifest.author)
    yield "date", manifest.date or "unknown"
    at = f" ({manifest.parent_at.repository} {manifest.parent_at.commit})" if manifest.parent_at else ""
    yield "parent", f"{manifest.parent}{at}" if manifest.parent else "unknown"
    training = (
        manifest.training.model_dump(exclude_none=True, exclude={"losses"}) if manifest.training else {}
    )
    yield "training", ", ".join(f"{key} {value}" for key, value in training.items()) or "unknown"
    yield from _quality(manifest.quality)
    for origin in manifest.origins:
        yield "origin", _origin(origin)
    for path, record in manifest.files.items():
        yield "file", f"{path} ({record.bytes} bytes, sha256 {record.sha256})"


def _quality(quality: Quality | None) -> Iterator[tuple[str, object]]:
    if quality is None:
        yield "measured", "no"
        return
    measured = {
        "loudness": _unit(quality.loudness_db, "dB"),
        "peak": _unit(quality.peak_db, "dB"),
        "silence": _unit(quality.silence_db, "dB"),
        "DC": f"{quality.dc:g}",
        "latency": _unit(quality.latency_samples, "samples"),
        "gain class": quality.gain_class or "unknown",
    }
    yield "measured", ", ".join(f"{what} {value}" for what, value in measured.items())
    for sentence in quality.sentences:
        yield "finding", sentence


def _fact(manifest: Manifest, fact: Fact, value: str | None) -> str:
    if value is None:
        return "unknown"
    said_by = {
        "file name": " (from the file's name)",
        "user": " (given by hand)",
        "collection": " (from its collection)",
        "measured": " (measured)",
    }
    return value + said_by.get(manifest.facts_from.get(fact, ""), "")


def _unit(value: float | None, unit: str) -> str:
    return "unknown" if value is None else f"{value:g} {unit}"


def _origin(origin: Origin) -> str:
    where = " ".join(part for part in (origin.repository, origin.commit, origin.path) if part)
    details = [origin.format, where, origin.sha256 and f"sha256 {origin.sha256}"]
    return f"{origin.file} ({', '.join(detail for detail in details if detail) or 'nothing more is known'})"
