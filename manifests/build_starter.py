"""Build what lies in ``zoo/starter/``: models, their catalogue ``manifests/starter.json``, the capture.

    python manifests/build_starter.py              everything that is missing
    python manifests/build_starter.py --again      all models anew
    python manifests/build_starter.py --capture    the example capture alone
    python manifests/build_starter.py --hear       the fingerprints alone, after the probe or features changed

TONEZOO_DATA must hold ``captures/boss-ds1``, the recording that `training.starter.pedal` names. Recordings of
circuits are kept in ``build/starter/``. Seeds are fixed: the same machine gives the same weights, another one
the same to rounding. On one core the circuits play for half an hour and each model trains for two minutes;
whatever is finished stays when it is interrupted, and the same command goes on.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from rich.console import Console
from rich.progress import Progress

from recommender import FINGERPRINT_KEY
from registry import Facts, Manifest, Registry
from registry.manifest import TrainingRecord, manifest_from_bytes
from training.data import Split
from training.starter import capture, pedal
from training.starter.material import SAMPLE_RATE, recorded
from training.starter.plan import PLAN
from training.starter.recipe import COURSES, LATER, Trained, settle, train
from training.trainer import Trainer
from training.tune import scores
from zoo.api import open_registry
from zoo.audio import write_audio
from zoo.errors import ZooError
from zoo.files import atomic_folder, write_atomically
from zoo.formats import read_model
from zoo.gate import admit
from zoo.gate.findings import MOST_DC
from zoo.snapshot import Metadata
from zoo.upkeep import update_fingerprints

ROOT = Path(__file__).resolve().parent.parent
STARTER = ROOT / "zoo" / "starter"
MODELS = STARTER / "models"
CATALOGUE = ROOT / "manifests" / "starter.json"
KEPT = ROOT / "build" / "starter"
RECORDING = Path("captures") / "boss-ds1"
MOST_EPOCHS = sum(settings.epochs for settings in COURSES)


def build(names: Sequence[str], data: Path, *, again: bool = False) -> None:
    """Train and store every one of these models that the catalogue does not have yet, in their order."""
    torch.set_num_threads(1)
    old = {} if again or not CATALOGUE.exists() else json.loads(CATALOGUE.read_bytes())
    catalogue = {name: old[name] for name in names if name in old}
    with Progress(console=Console(stderr=True)) as bar:
        whole = bar.add_task("models", total=len(names), completed=len(catalogue))
        for place, name in enumerate(names):
            if name in catalogue:
                continue
            task = bar.add_task(f"{name}: recording", total=MOST_EPOCHS)

            def show(what: str, trainer: Trainer, task: Any = task, name: str = name) -> None:
                lowest = min(v.validation for v in trainer.history)
                bar.update(task, description=f"{name}: from {what}, {lowest:.4f}", completed=trainer.epoch)

            metadata, units, split = _wanted(name, data)
            elders = [read_model(MODELS / catalogue[elder]["id"]) for elder in names[:place]]
            trained = train(metadata, units, split, elders, show)
            parent = trained.parent.digest if trained.parent else None
            catalogue[name] = _entry(trained, _store(trained, parent))
            _write({key: catalogue[key] for key in names if key in catalogue})
            bar.remove_task(task)
            bar.advance(whole)
            start = trained.parent.metadata.name if trained.parent else "scratch"
            bar.console.print(_sentence(name, f"from {start}", trained), highlight=False, soft_wrap=True)
    _remove_others({entry["id"] for entry in catalogue.values()})


def finish_all(data: Path) -> None:
    """Train every model on by `recipe.LATER`, until it is near enough and puts out no DC in silence.

    An elder changes by that: the catalogue keeps the ids it had "before", since its children's manifests name
    as parent what they were tuned from.
    """
    torch.set_num_threads(1)
    catalogue = json.loads(CATALOGUE.read_bytes())
    parents = {entry["parent"] for entry in catalogue.values()}
    for name in catalogue:
        for done, course, enough in LATER:
            entry = catalogue[name]
            if done in entry["courses"]:
                continue
            _, _, split = _wanted(name, data)
            at_first, restless = _read(entry["id"], split)
            if not restless and at_first.worse <= enough:
                continue
            trained = settle(at_first, split, lambda _what, _trainer: None, course)
            before = [*entry["before"], *parents.intersection({entry["id"]} - {trained.snapshot.digest})]
            manifest = _store(trained, entry["parent"], instead_of=name)
            catalogue[name] = _entry(trained, manifest, before, [*entry["courses"], done])
            _write(catalogue)
            sys.stderr.write(f"{_sentence(name, done, trained)}\n")
    _remove_others({entry["id"] for entry in catalogue.values()})


def _read(model: str, split: Split) -> tuple[Trained, bool]:
    """A model as it came from its training, but for its parent, and whether it puts out DC in silence."""
    manifest = manifest_from_bytes((MODELS / model / "zoo.json").read_bytes())
    snapshot, record = read_model(MODELS / model), manifest.training
    assert record is not None
    trained = Trained(
        snapshot=snapshot,
        parent=None,
        epochs=record.epochs or 0,
        data_seconds=record.data_seconds or 0.0,
        losses=record.losses,
        validation=scores(snapshot, split.validation),
        test=scores(snapshot, split.test),
    )
    return trained, manifest.quality is not None and abs(manifest.quality.dc) > MOST_DC


def hear() -> None:
    """Put a fingerprint beside every model, so that a first suggestion need not listen to them all."""
    with tempfile.TemporaryDirectory() as home, open_registry(home) as registry:
        for stale in MODELS.glob("*/fingerprint-*"):
            stale.unlink()
        update_fingerprints(registry)
        for folder in MODELS.iterdir():
            for path in registry.store.folder(folder.name).glob(f"fingerprint-{FINGERPRINT_KEY}*"):
                write_atomically(folder / path.name, path.read_bytes())


def build_capture() -> None:
    """Write the example capture."""
    write_audio(STARTER / capture.NAME, capture.example_capture(), SAMPLE_RATE, encoding="PCM_16")


def summarise() -> None:
    """Say on stdout how many models there are and how near they come to their devices."""
    catalogue = json.loads(CATALOGUE.read_bytes())
    for kind in ("test_esr", "test_emphasised_esr") if catalogue else ():
        errors = np.array([entry[kind] for entry in catalogue.values()])
        sys.stdout.write(
            f"{kind} of {errors.size} models: median {np.median(errors):.4f}, worst {errors.max():.4f}\n"
        )


def _wanted(name: str, data: Path) -> tuple[Metadata, int, Split]:
    """What the model says of itself, its size, and its material."""
    if name == pedal.NAME:
        return pedal.METADATA, pedal.UNITS, pedal.split(data / RECORDING)
    planned = next(planned for planned in PLAN if planned.name == name)
    split, gain_db = recorded(planned.device(), KEPT)
    return planned.metadata(gain_db), planned.units, split


def _store(trained: Trained, parent: str | None, instead_of: str | None = None) -> Manifest:
    """Let a registry that has the others examine the model and write its folder; copy that."""
    record = TrainingRecord(
        data_seconds=round(trained.data_seconds, 1),
        seed=COURSES[0].seed,
        epochs=trained.epochs,
        esr=round(trained.validation.esr, 6),
        test_esr=round(trained.test.esr, 6),
        test_emphasised_esr=round(trained.test.emphasised_esr, 6),
        test_mr_stft=round(trained.test.mr_stft, 4),
        losses=trained.losses,
    )
    with tempfile.TemporaryDirectory() as home, Registry(home) as registry:
        for folder in _folders(instead_of):
            registry.adopt(folder)
        manifest = admit(registry, trained.snapshot, facts=Facts(parent=parent, training=record))
        MODELS.mkdir(parents=True, exist_ok=True)
        with atomic_folder(MODELS / manifest.id) as folder:
            for path in registry.store.folder(manifest.id).iterdir():
                if not path.name.startswith("fingerprint-"):
                    shutil.copy2(path, folder / path.name)
    return manifest


def _folders(left_out: str | None) -> Iterator[Path]:
    if CATALOGUE.exists():
        for name, entry in json.loads(CATALOGUE.read_bytes()).items():
            if name != left_out and (MODELS / entry["id"]).exists():
                yield MODELS / entry["id"]


def _entry(
    trained: Trained, manifest: Manifest, before: Sequence[str] = (), courses: Sequence[str] = ()
) -> dict[str, Any]:
    """The model's line in the catalogue."""
    extra = trained.snapshot.metadata.extra
    return {
        "id": manifest.id,
        "device": manifest.device.model,
        **{key: extra.get(key) for key in ("circuit", "knobs", "recording_gain_db")},
        "gain_class": manifest.gain_class,
        "licence": manifest.licence,
        "architecture": manifest.architecture,
        "parent": manifest.parent,
        "before": list(before),
        "courses": list(courses),
        "test_esr": round(trained.test.esr, 6),
        "test_emphasised_esr": round(trained.test.emphasised_esr, 6),
        "files": {path: record.model_dump() for path, record in manifest.files.items()},
    }


def _sentence(name: str, how: str, trained: Trained) -> str:
    test = trained.test
    return f"{name}: {how}, test ESR {test.esr:.4f}, pre-emphasised {test.emphasised_esr:.4f}"


def _write(catalogue: dict[str, Any]) -> None:
    write_atomically(CATALOGUE, json.dumps(catalogue, indent=2).encode() + b"\n")


def _remove_others(ids: set[str]) -> None:
    for folder in MODELS.iterdir():
        if folder.name not in ids:
            shutil.rmtree(folder)


def main() -> int:
    """Parse, build."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--again", action="store_true", help="train all models anew")
    parser.add_argument("--hear", action="store_true", help="make the fingerprints and nothing else")
    parser.add_argument("--capture", action="store_true", help="write the example capture and nothing else")
    arguments = parser.parse_args()
    alone = arguments.hear or arguments.capture
    data = Path(os.environ.get("TONEZOO_DATA", ""))
    if not alone and not (data / RECORDING).is_dir():
        parser.error(f"there is no folder {data / RECORDING}; set TONEZOO_DATA to where {RECORDING} is")
    try:
        if not arguments.hear:
            build_capture()
        if not alone:
            build([*(planned.name for planned in PLAN), pedal.NAME], data, again=arguments.again)
            finish_all(data)
        if not arguments.capture:
            hear()
        summarise()
    except ZooError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    except KeyboardInterrupt:
        sys.stderr.write("interrupted; the finished models stay, and the same command goes on\n")
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
