"""Build the manifests of the public collections from their lists of files.

    python manifests/build_collections.py [DATA]

DATA holds ``collections/*.csv`` (path, bytes, sha256, format, architecture of every file) and some of the
files themselves under ``models/``, found by their hash; default: TONEZOO_DATA, then ../shared/data. Facts
are read from a file's contents where it is at hand, else from its name; what neither says is left out. The
same DATA gives the same bytes.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import os
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from registry.collections import Collection, CollectionFile
from registry.devices import facts_from_name
from registry.facts import describe, merge
from registry.manifest import Manifest, Origin
from zoo.files import write_atomically
from zoo.formats import read_with_format

ROOT = Path(__file__).resolve().parent.parent
HOST = "raw.githubusercontent.com"


class Source(NamedTuple):
    """Where a collection lies."""

    title: str
    repository: str
    commit: str
    licence: str


# All four repositories carry the text of the GPL, version 3, and no file that says otherwise.
SOURCES = {
    "automated-guitar-amp-modelling": Source(
        "Models of the paper's toolchain: an HT-1 amp and a Big Muff, LSTM and GRU",
        "Alec-Wright/Automated-GuitarAmpModelling",
        "e3146386b0fd0b562bc393231be3a5938cf9feac",
        "GPL-3.0-only",
    ),
    "guitarml-tone-library": Source(
        "GuitarML's tone library for Proteus and NeuralPi",
        "GuitarML/ToneLibrary",
        "d32a73f59501713923a6e28cca3343db3470a9b8",
        "GPL-3.0-only",
    ),
    "mod-neural-amp": Source(
        "MOD Audio's amps for AIDA-X, small enough for a pedalboard",
        "mod-audio/mod-neural-amp",
        "67dea1c98184b4c4f48fb57a85be4471c2b522e7",
        "GPL-3.0-only",
    ),
    "pelennor-nam-models": Source(
        "NAM captures that players shared, collected by pelennor2170",
        "pelennor2170/NAM_models",
        "944ca6718581c60cc5365586d2f378d740e181f3",
        "GPL-3.0-only",
    ),
}
FORMATS = {"GuitarML": "proteus", "AIDA-X/RTNeural": "aidax", "NAM 0.5.0": "nam"}
ASSUMED_RATES = {"proteus": 44_100, "nam": 48_000}  # the formats' own conventions


def build(data: Path) -> dict[str, bytes]:
    """Name -> content of every manifest."""
    contents = {hashlib.sha256(path.read_bytes()).hexdigest(): path for path in _files(data / "models")}
    return {name: _collection(name, data, contents).to_bytes() for name in SOURCES}


def _files(folder: Path) -> Iterator[Path]:
    return (path for path in sorted(folder.rglob("*")) if path.suffix in (".json", ".nam"))


def _collection(name: str, data: Path, contents: Mapping[str, Path]) -> Collection:
    source = SOURCES[name]
    with (data / "collections" / f"{name}.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    read = {row["path"]: _read(row, contents) for row in rows if row["sha256"] in contents}
    sounds = _agreed(read.values())
    entries = [_entry(row, sounds.get(read[row["path"]].id) if row["path"] in read else None) for row in rows]
    return Collection(
        name=name,
        title=source.title,
        repository=source.repository,
        commit=source.commit,
        licence=source.licence,
        url=f"https://{HOST}/{source.repository}/{source.commit}/",
        hosts=(HOST,),
        files=tuple(sorted(entries, key=lambda entry: entry.path)),
    )


def _read(row: Mapping[str, str], contents: Mapping[str, Path]) -> Manifest:
    """What a file at hand says of itself and is called."""
    snapshot, _ = read_with_format(contents[row["sha256"]])
    return describe(snapshot, {}, Origin(file=Path(row["path"]).name, path=row["path"]))


def _agreed(manifests: Any) -> dict[str, Manifest]:
    """One manifest for each sound: where its names contradict each other, neither is believed."""
    sounds: dict[str, Manifest] = {}
    for manifest in manifests:
        sounds[manifest.id] = merge(sounds[manifest.id], manifest) if manifest.id in sounds else manifest
    return sounds


def _entry(row: Mapping[str, str], manifest: Manifest | None) -> CollectionFile:
    known = {"path": row["path"], "bytes": int(row["bytes"]), "sha256": row["sha256"]}
    format_name = FORMATS[row["format"]]
    if manifest is None:
        return CollectionFile.model_validate({**known, "format": format_name, **_from_list(row)})
    listed = _from_list(row)
    fields = ("architecture", "family", "hidden_size", "sample_rate", "sample_rate_assumed")
    if different := [key for key in fields if getattr(manifest, key) != listed[key]]:
        raise SystemExit(f"{row['path']}: the list and the file disagree about {', '.join(different)}")
    facts = {key: getattr(manifest, key) for key in (*fields, "device", "gain_class", "tone", "licence")}
    sources = {fact: said for fact, said in manifest.facts_from.items() if fact != "name"}
    return CollectionFile(**known, format=format_name, **facts, facts_from=sources, id=manifest.id)


def _from_list(row: Mapping[str, str]) -> dict[str, Any]:
    """What the list and the file's name say."""
    family, _, size = row["architecture"].partition("-")
    family = {"lstm": "LSTM", "gru": "GRU"}.get(family.lower(), family)
    knobs = int(row["inputs"]) - 1
    with_knobs = f" with {knobs} knob{'s' * (knobs > 1)}" if knobs else ""
    rate = int(float(row["sample_rate"])) if row["sample_rate"] else None
    said = facts_from_name(Origin(file=Path(row["path"]).name, path=row["path"]).name)
    facts = {"make": said.make, "model": said.model, "kind": said.kind}
    spoken = {**facts, "gain_class": said.gain_class, "tone": said.tone}
    return {
        "architecture": f"{family}-{size}{with_knobs}",
        "family": family,
        "hidden_size": int(size) if family in ("LSTM", "GRU") else None,
        "sample_rate": rate or ASSUMED_RATES[FORMATS[row["format"]]],
        "sample_rate_assumed": rate is None,
        "device": facts,
        "gain_class": said.gain_class,
        "tone": said.tone,
        "facts_from": {fact: "file name" for fact, value in spoken.items() if value},
    }


def main() -> None:
    """Parse, build, write."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    default = os.environ.get("TONEZOO_DATA", ROOT.parent / "shared" / "data")
    parser.add_argument("data", nargs="?", type=Path, default=Path(default))
    for name, content in build(parser.parse_args().data).items():
        write_atomically(ROOT / "manifests" / f"{name}.json", content)
        sys.stderr.write(f"{name}: {len(content)} bytes\n")


if __name__ == "__main__":
    main()
