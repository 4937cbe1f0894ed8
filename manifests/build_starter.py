"""Build what lies in ``zoo/starter/``: models, their catalogue ``manifests/starter.json``, the capture.

    python manifests/build_starter.py              everything that is missing
    python manifests/build_starter.py --again      all models anew
    python manifests/build_starter.py --capture    the example capture alone
    python manifests/build_starter.py --hear       the fingerprints alone, after the probe or features changed

Seeds are fixed: the same machine gives the same weights, another one the same to rounding. One core, a few
minutes a model; what is finished stays when it is interrupted.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

import torch

from recommender import FINGERPRINT_KEY
from registry import Facts, Manifest, Registry
from registry.manifest import TrainingRecord
from training.devices import Device, devices
from training.starter import capture
from training.starter.material import SAMPLE_RATE
from training.starter.recipe import SETTINGS, Trained, train
from zoo.api import open_registry
from zoo.audio import write_audio
from zoo.files import atomic_folder, write_atomically
from zoo.upkeep import update_fingerprints

ROOT = Path(__file__).resolve().parent.parent
STARTER = ROOT / "zoo" / "starter"
CATALOGUE = ROOT / "manifests" / "starter.json"


def build(*, again: bool = False) -> None:
    """Train and store every model that the catalogue does not have yet."""
    torch.set_num_threads(1)
    catalogue = {} if again or not CATALOGUE.exists() else json.loads(CATALOGUE.read_bytes())
    wanted = {device.name: device for device in devices()}
    catalogue = {name: entry for name, entry in catalogue.items() if name in wanted}
    for name, device in wanted.items():
        if name in catalogue:
            continue
        trained = train(device)
        manifest = _store(trained)
        catalogue[name] = _entry(device, trained, manifest)
        sys.stderr.write(f"{name}: test ESR {trained.test_esr:.4f} after {trained.epochs} epochs\n")
        ordered = {key: catalogue[key] for key in wanted if key in catalogue}
        write_atomically(CATALOGUE, json.dumps(ordered, indent=2).encode() + b"\n")
    _remove_others({entry["id"] for entry in catalogue.values()})


def hear() -> None:
    """Put a fingerprint beside every model, so that a first suggestion need not listen to them all."""
    with tempfile.TemporaryDirectory() as home, open_registry(home) as registry:
        for stale in STARTER.glob("models/*/fingerprint-*"):
            stale.unlink()
        update_fingerprints(registry)
        for folder in (STARTER / "models").iterdir():
            for path in registry.store.folder(folder.name).glob(f"fingerprint-{FINGERPRINT_KEY}*"):
                write_atomically(folder / path.name, path.read_bytes())


def build_capture() -> None:
    """Write the example capture."""
    write_audio(STARTER / capture.NAME, capture.example_capture(), SAMPLE_RATE, encoding="PCM_16")


def _store(trained: Trained) -> Manifest:
    """Let a registry write the model's folder, and copy that."""
    record = TrainingRecord(
        data_seconds=trained.data_seconds,
        seed=SETTINGS.seed,
        epochs=trained.epochs,
        esr=round(trained.validation_esr, 6),
        test_esr=round(trained.test_esr, 6),
        losses=trained.losses,
    )
    with tempfile.TemporaryDirectory() as home, Registry(home) as registry:
        manifest, _ = registry.add(trained.snapshot, facts=Facts(training=record))
        (STARTER / "models").mkdir(parents=True, exist_ok=True)
        with atomic_folder(STARTER / "models" / manifest.id) as folder:
            shutil.copytree(registry.store.folder(manifest.id), folder, dirs_exist_ok=True)
    return manifest


def _entry(device: Device, trained: Trained, manifest: Manifest) -> dict[str, Any]:
    return {
        "id": manifest.id,
        "device": device.model,
        "gain_class": device.gain_class,
        "licence": manifest.licence,
        "architecture": manifest.architecture,
        "test_esr": round(trained.test_esr, 6),
        "files": {path: record.model_dump() for path, record in manifest.files.items()},
    }


def _remove_others(ids: set[str]) -> None:
    for folder in (STARTER / "models").iterdir():
        if folder.name not in ids:
            shutil.rmtree(folder)


def main() -> None:
    """Parse, build."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--again", action="store_true", help="train all models anew")
    parser.add_argument("--hear", action="store_true", help="make the fingerprints and nothing else")
    parser.add_argument("--capture", action="store_true", help="write the example capture and nothing else")
    arguments = parser.parse_args()
    if not arguments.hear:
        build_capture()
    if not (arguments.capture or arguments.hear):
        build(again=arguments.again)
    if not arguments.capture:
        hear()


if __name__ == "__main__":
    main()
