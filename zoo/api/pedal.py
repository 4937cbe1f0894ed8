"""The Bela pedal: models packed into a bank."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from registry import Registry
from zoo.api.home import opened
from zoo.errors import BadRequest
from zoo.snapshot import Snapshot
from zoo.upkeep import Progress

if TYPE_CHECKING:
    from registry.manifest import Manifest
    from zoo.bela.bank import Bank, Cab, Floats
    from zoo.bela.packing import Packed, Wishes

# Cabinets of the project's own that every bank brings: name, size of the box, place of the microphone.
OWN_CABS = (("Small 1x12", 0.2, 0.5), ("Large 4x12", 0.9, 0.4))


def pack_bank(
    models: Iterable[str | Path | Snapshot],
    out: str | Path,
    *,
    name: str | None = None,
    cabs: Iterable[str | Path] = (),
    wishes: Wishes | None = None,
    registry: Registry | None = None,
    remark: Callable[[str], None] = lambda _: None,
    progress: Progress | None = None,
) -> Bank:
    """Write models as a bank for the pedal, or nothing at all.

    Args:
        models: snapshots, or what `load_model` takes; ``MODEL@0.7,0.3`` sets knobs, which else stand at 0.5.
        out: the file.
        name: of the bank; the file's by default.
        cabs: impulse responses, WAV or what else libsndfile reads.
        wishes: how strict to be.
        registry: the user's own zoo when absent.
        remark: hears what a person should know.
        progress: hears of every model.

    Raises:
        BadRequest: there is no model, too many, or knobs that a model does not have.
        TooHeavy, WrongRate: a model that the board cannot play; nothing is written.
        AudioError: a cabinet cannot be read.
        WriteError: the disk is full, or the place may not be written.
    """
    from zoo.bela.bank import Bank
    from zoo.bela.layout import encode
    from zoo.bela.packing import Wishes
    from zoo.files import write_atomically

    asked, out, wishes = list(models), Path(out), wishes or Wishes()
    if not asked:
        raise BadRequest("a bank of no models makes no sound; name a model at least")
    packed = []
    with opened(registry) as zoo:
        for done, model in enumerate(asked):
            if progress is not None:
                progress("packing", done, len(asked))
            one = _packed(model, zoo, wishes, remark)
            for sentence in one.remarks:
                remark(sentence)
            packed.append(one.model)
    bank = Bank(name or out.stem, tuple(packed), (*_own_cabs(), *_cabs(cabs, remark)), wishes.budget)
    write_atomically(out, encode(bank))
    return bank


def read_bank(path: str | Path) -> Bank:
    """The bank in a file, every value checked; see `zoo.bela.reading.read_bank`."""
    from zoo.bela.reading import read_bank as read

    return read(path)


def deploy_bank(
    bank: str | Path,
    *,
    host: str | None = None,
    boot: bool = False,
    zip_file: str | Path | None = None,
    dry_run: bool = False,
    ssh_config: Path | None = None,
    page_port: int = 5555,
    tell: Callable[[str], None] = lambda _: None,
) -> dict[str, Any]:
    """Bring the pedal and a bank to a board, or write both as a ZIP for Bela's IDE.

    Args:
        bank: the file.
        host: ``[user@]host[:port]``; else the first usual address that answers.
        boot: start at every power-on.
        zip_file: written instead; no board is asked.
        dry_run: do nothing, only say the steps.
        ssh_config: of OpenSSH, if not the user's own.
        page_port: of the pedal's WebSocket.
        tell: hears of each step before it is done.

    Returns:
        ``steps``; then ``zip``, or ``page``, ``name`` and ``models`` as the pedal says them; None where not
        done.

    Raises:
        ModelFileError: the bank is damaged.
        BoardError: no board, or a step failed; the old pedal stays.
        WriteError: the ZIP cannot be written.
    """
    from zoo.bela.board import find_board
    from zoo.bela.deploying import deploy, steps
    from zoo.bela.project import NAME, project_files, write_zip

    read_bank(bank)
    done: dict[str, Any] = {"steps": [], "zip": None, "page": None, "name": None, "models": None}
    files = project_files(Path(bank).read_bytes())
    if zip_file is not None:
        if not dry_run:
            write_zip(files, Path(zip_file))
        return {**done, "zip": str(zip_file)}
    done["steps"] = list(steps(boot=boot))
    if dry_run:
        return done
    board = find_board(host, ssh_config)
    said = deploy(board, files, boot=boot, page_port=page_port, tell=tell)
    return {**done, **said, "page": f"http://{board.host}/projects/{NAME}/main.html"}


def _packed(
    model: str | Path | Snapshot, zoo: Registry, wishes: Wishes, remark: Callable[[str], None]
) -> Packed:
    from zoo.bela.packing import pack_model

    snapshot, manifest, knobs = _loaded(model, zoo)
    name, device, gain_class = snapshot.metadata.name, None, snapshot.metadata.tone
    if manifest is not None:
        name, device = manifest.name, str(manifest.device) if manifest.device.model else None
        gain_class = manifest.gain_class or (manifest.quality.gain_class if manifest.quality else None)
    elif name is None and isinstance(model, (str, Path)):
        name = Path(str(model).partition("@")[0]).stem
    if snapshot.num_knobs:
        snapshot, name = _turned(snapshot, name or snapshot.digest[:8], knobs, remark)
    elif knobs:
        raise BadRequest(f"{name} has no knobs, but {len(knobs)} values were given; leave @ out")
    return pack_model(
        snapshot, name=name, device=device, gain_class=gain_class or _heard(snapshot), wishes=wishes
    )


def _loaded(
    model: str | Path | Snapshot, zoo: Registry
) -> tuple[Snapshot, Manifest | None, tuple[float, ...]]:
    """The snapshot, its manifest if it is in the zoo, and the knobs that were asked for."""
    from zoo.api.models import load_model

    if isinstance(model, Snapshot):
        return model, None, ()
    query, knobs = _split(str(model))
    if Path(query).exists():
        return load_model(query, registry=zoo), None, knobs
    manifest = zoo.find(query)
    return zoo.load(manifest.id), manifest, knobs


def _split(asked: str) -> tuple[str, tuple[float, ...]]:
    """``MODEL@0.7,0.3`` in its parts; a file of the whole name comes first."""
    query, at, values = asked.rpartition("@")
    if not at or Path(asked).exists():
        return asked, ()
    try:
        return query, tuple(float(value) for value in values.split(","))
    except ValueError:
        raise BadRequest(
            f"{asked}: {values!r} are no knobs; values from 0 to 1, as in MODEL@0.7,0.3"
        ) from None


def _turned(
    snapshot: Snapshot, name: str, knobs: tuple[float, ...], remark: Callable[[str], None]
) -> tuple[Snapshot, str]:
    """The model at one position of its knobs, and a name that says which."""
    from zoo.engine import DEFAULT_KNOB
    from zoo.knobs import with_knobs_fixed

    count = snapshot.num_knobs
    if not knobs:
        knobs = (DEFAULT_KNOB,) * count
        remark(f"{name} has knobs, {count} of them: they stand at {DEFAULT_KNOB} ({name}@0.7 sets them)")
        return with_knobs_fixed(snapshot, knobs), name
    return with_knobs_fixed(snapshot, knobs), f"{name} {' '.join(f'{knob:g}' for knob in knobs)}"


def _heard(snapshot: Snapshot) -> str | None:
    """The gain class as measured."""
    from zoo.gate.hearing import hear

    heard = hear(snapshot)
    return heard.gain_class if heard else None


def _own_cabs() -> Iterator[Cab]:
    import numpy as np

    from training.circuits.devices.cabinet import speaker
    from zoo.bela.levels import cabinet
    from zoo.bela.packing import BOARD_RATE

    for name, size, tone in OWN_CABS:
        taps = speaker({"size": size, "tone": tone}, BOARD_RATE).astype(np.float32)
        yield cabinet(name, taps, BOARD_RATE)


def _cabs(files: Iterable[str | Path], remark: Callable[[str], None]) -> Iterator[Cab]:
    from zoo.audio import read_audio, resample
    from zoo.bela.levels import MOST_TAPS, cabinet
    from zoo.bela.packing import BOARD_RATE

    for path in files:
        audio = read_audio(path)
        taps: Floats = audio.mono()
        if audio.sample_rate != BOARD_RATE:
            taps = resample(taps, audio.sample_rate, BOARD_RATE)
            remark(f"{path} is resampled from {audio.sample_rate} to {BOARD_RATE} Hz")
        cab = cabinet(Path(path).stem, taps, BOARD_RATE)
        if cab.taps.size == MOST_TAPS < taps.size:
            remark(f"{path} is shortened to {MOST_TAPS} samples, {1000 * MOST_TAPS / BOARD_RATE:.0f} ms")
        yield cab
