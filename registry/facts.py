"""From a snapshot to its manifest: who says what, and who is believed.

Four sources speak of a device. The model file is believed first, then the user, then the collection it was
pulled from, then the file's name; only a model's display name is the user's to choose. A gain class that
nobody states is measured, and believed last. When the same sound was imported under several names,
a fact is taken from the names only if all that say anything agree: names lie.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from registry.devices import facts_from_name
from registry.manifest import (
    MAX_ORIGINS,
    FileRecord,
    Manifest,
    Origin,
    TrainingRecord,
    new_manifest,
)
from registry.quality import GainClass, Quality
from registry.stated import stated_facts, text_of, training_record

if TYPE_CHECKING:
    from zoo.snapshot import Snapshot

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Facts:
    """What a user or a collection says of a model; ``None`` is nothing.

    Fills what the model file does not state. ``source`` says who speaks.
    """

    name: str | None = None
    make: str | None = None
    model: str | None = None
    kind: str | None = None
    gain_class: GainClass | None = None
    licence: str | None = None
    author: str | None = None
    parent: str | None = None
    training: TrainingRecord | None = None
    source: Literal["user", "collection"] = "user"


def describe(
    snapshot: Snapshot,
    files: Mapping[str, FileRecord],
    origin: Origin | None = None,
    facts: Facts | None = None,
    quality: Quality | None = None,
) -> Manifest:
    """The manifest of a snapshot that consists of ``files``.

    Raises:
        BadRequest: a name or another fact is longer than a manifest holds.
    """
    facts = facts or Facts()
    origins = () if origin is None else (origin,)
    metadata, architecture = snapshot.metadata, snapshot.architecture
    measured = {"gain_class": quality.gain_class} if quality else {}
    spoken = _combine(stated_facts(metadata), {facts.source: _given(facts)}, _named(origins), measured)
    family = architecture.to_json()["type"]
    return new_manifest(
        id=snapshot.digest,
        name=spoken.pop("name") or str(architecture),
        device={key: spoken.pop(key) for key in ("make", "model", "kind")},
        architecture=str(architecture),
        family=family,
        hidden_size=getattr(architecture, "hidden_size", None),
        num_knobs=snapshot.num_knobs,
        num_parameters=snapshot.num_parameters,
        sample_rate=int(snapshot.sample_rate),
        sample_rate_assumed=snapshot.sample_rate_assumed,
        input_gain_db=float(snapshot.input_gain_db),
        output_gain_db=float(snapshot.output_gain_db),
        loudness_db=metadata.loudness_db,
        input_level_dbu=metadata.input_level_dbu,
        output_level_dbu=metadata.output_level_dbu,
        date=text_of(metadata.date),
        origins=origins,
        parent=facts.parent,
        training=facts.training or training_record(metadata),
        quality=quality,
        files=dict(files),
        **spoken,
    )


def merge(old: Manifest, new: Manifest) -> Manifest:
    """One manifest for a sound that was described twice: ``old`` is kept, ``new`` fills what was unknown."""
    origins = tuple(dict.fromkeys((*old.origins, *new.origins)))[:MAX_ORIGINS]
    stated = _fill(_facts_of(old, None), _facts_of(new, None))
    given = {
        "user": _fill(_facts_of(new, "user"), _facts_of(old, "user")),
        "collection": _fill(_facts_of(old, "collection"), _facts_of(new, "collection")),
    }
    quality = new.quality or old.quality
    heard = {"gain_class": quality.gain_class if quality else None}
    measured = _fill(_fill(_facts_of(old, "measured"), _facts_of(new, "measured")), heard)
    spoken = _combine(stated, given, _named(origins), measured)
    optional = ("loudness_db", "input_level_dbu", "output_level_dbu", "date", "parent", "training")
    filled = {key: getattr(new, key) for key in optional if getattr(old, key) is None}
    if old.parent in (None, new.parent) and old.parent_at is None:
        filled["parent_at"] = new.parent_at
    assumed = old.sample_rate_assumed and new.sample_rate_assumed
    return old.changed(
        name=spoken.pop("name") or old.name,
        device={key: spoken.pop(key) for key in ("make", "model", "kind")},
        origins=origins,
        sample_rate_assumed=assumed,
        quality=quality,
        **spoken,
        **filled,
    )


_KEYS = ("name", "make", "model", "kind", "gain_class", "tone", "licence", "author")


def _combine(
    stated: dict[str, Any],
    given: Mapping[str, dict[str, Any]],
    named: dict[str, Any],
    measured: dict[str, Any],
) -> dict[str, Any]:
    """Every fact once, with ``facts_from`` for those that the model file does not state."""
    if stated.get("make") or stated.get("model"):  # half a device from a name would contradict the other half
        named = {**named, "make": None, "model": None}
    if any(said.get("make") or said.get("model") for said in given.values()):
        named = {**named, "make": None, "model": None, "kind": None}
    user, collection = given.get("user", {}), given.get("collection", {})
    sources = {"model file": stated, "user": user, "collection": collection}
    sources |= {"file name": named, "measured": measured}
    facts: dict[str, Any] = {}
    said_by: dict[str, str] = {}
    for key in _KEYS:
        order = ("user", "model file", "collection", "file name") if key == "name" else tuple(sources)
        speaker = next((source for source in order if sources[source].get(key)), None)
        facts[key] = sources[speaker][key] if speaker else (() if key == "tone" else None)
        if speaker and speaker != "model file":
            said_by[key] = speaker
    return {**facts, "facts_from": said_by}


def _given(facts: Facts) -> dict[str, Any]:
    return {key: getattr(facts, key, None) for key in _KEYS}


def _named(origins: Iterable[Origin]) -> dict[str, Any]:
    """What the names of files say, as far as they do not contradict each other."""
    names = [origin.name for origin in origins]
    spoken = [facts_from_name(name) for name in names]
    devices = [(said.make, said.model, said.kind) for said in spoken if said.make or said.model]
    make, model, kind = _agreed(devices) or (None, None, _agreed(said.kind for said in spoken if said.kind))
    if len(set(devices)) > 1:
        kind = None
    return {
        "name": names[0] if names else None,
        "make": make,
        "model": model,
        "kind": kind,
        "gain_class": _agreed(said.gain_class for said in spoken if said.gain_class),
        "tone": _agreed(said.tone for said in spoken if said.tone) or (),
    }


def _agreed(claims: Iterable[T]) -> T | None:
    different = set(claims)
    return different.pop() if len(different) == 1 else None


def _facts_of(manifest: Manifest, source: str | None) -> dict[str, Any]:
    """The facts that one source gave: "user", "collection", "measured", or None for the model file."""
    values = {**dict(manifest), **dict(manifest.device)}
    if manifest.name == manifest.architecture:  # the name of a model that nobody named
        values["name"] = None
    return {key: values[key] for key in _KEYS if manifest.facts_from.get(key) == source}  # type: ignore[call-overload]


def _fill(first: dict[str, Any], second: dict[str, Any]) -> dict[str, Any]:
    return {**second, **{key: value for key, value in first.items() if value}}
