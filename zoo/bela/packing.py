"""Makes a bank of snapshots: each one measured, checked against what the board can do, and proved.

Mono float32, full scale = 1.0. A board runs at 44.1 kHz.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from zoo.architecture import Recurrent, WaveNet
from zoo.bela import cost
from zoo.bela.bank import BUDGET, BankModel, Floats
from zoo.bela.levels import trim_db
from zoo.bela.networks import MAX_HISTORY, history, shape_words, start_state, with_state
from zoo.bela.rest import rest_state
from zoo.engine import render
from zoo.engine.flat import flat_weights
from zoo.engine.reference import render_reference
from zoo.errors import SnapshotError
from zoo.playing.sweep import rising_sweep
from zoo.snapshot import Snapshot

BOARD_RATE = 44_100  # Hz
TEST_SAMPLES = 2048
TOLERANCE = 1e-3  # of the larger of full scale and the test's peak
ROUNDING = 10.0  # and no less than so many times what single precision costs here

GAIN_CLASSES = {
    "clean": "clean", "crunch": "crunch", "overdrive": "crunch", "distortion": "high", "high": "high",
    "high gain": "high", "hi_gain": "high", "fuzz": "fuzz",
}  # fmt: skip


class TooHeavy(SnapshotError):
    """A model that the board cannot run in time."""


class WrongRate(SnapshotError):
    """A model for another sample rate than the board's."""


@dataclass(frozen=True)
class Wishes:
    """How strict packing is.

    Attributes:
        budget: instructions of a Cortex-A8 that one model may take for one sample.
        force: pack what is beyond it.
        any_rate: pack models for other sample rates; they play too dark or too bright.
        count: count instructions where the cross tools are, rather than estimate them.
    """

    budget: int = BUDGET
    force: bool = False
    any_rate: bool = False
    count: bool = True


@dataclass(frozen=True)
class Packed:
    """A model for a bank, and what a person should know of it."""

    model: BankModel
    remarks: tuple[str, ...] = ()


def pack_model(
    snapshot: Snapshot,
    *,
    name: str | None = None,
    device: str | None = None,
    gain_class: str | None = None,
    wishes: Wishes = Wishes(),
) -> Packed:
    """A snapshot as a bank holds it.

    Args:
        snapshot: without knobs (see `zoo.knobs.with_knobs_fixed`); of a slimmable one the largest size that
            the budget allows is taken.
        name: by default its own.
        device: by default what its metadata say, or the name.
        gain_class: of the registry's or of NAM's words; by default what its metadata say.
        wishes: how strict to be.

    Raises:
        TooHeavy: beyond the budget.
        WrongRate: not the board's sample rate.
        SnapshotError: it has knobs, or its output is not finite.
    """
    facts = snapshot.metadata
    name = name or facts.name or snapshot.digest[:8]
    device = device or " ".join(filter(None, (facts.make, facts.model))) or name
    if snapshot.num_knobs:
        raise SnapshotError(f"{name} has {snapshot.num_knobs} knobs; fix them before it is packed")
    remarks: list[str] = []
    _check_rate(snapshot, name, wishes, remarks)
    played, instructions, counted = _within_budget(snapshot, name, wishes, remarks)
    forced = instructions > wishes.budget
    rested, start = _at_rest(played, name, remarks)
    test_in = rising_sweep(TEST_SAMPLES)
    test_out, tolerance = _test(rested, name, test_in)
    trim, wanted = trim_db(lambda dry: render(rested, dry), snapshot.sample_rate)
    if trim != wanted:
        remarks.append(f"{name} would need {wanted:+.0f} dB to be as loud as the others; it gets {trim:+.0f}")
    a = played.architecture
    recurrent = isinstance(a, Recurrent)
    model = BankModel(
        name, device, snapshot.digest, a.cell if isinstance(a, Recurrent) else "WaveNet",
        GAIN_CLASSES.get((gain_class or facts.tone or "").strip().lower(), ""), snapshot.sample_rate,
        residual=isinstance(a, Recurrent) and a.residual, counted=counted, forced=forced,
        in_gain=_gain(played.input_gain_db), out_gain=_gain(played.output_gain_db), trim_db=trim,
        instructions=instructions,
        hidden=a.hidden_size if isinstance(a, Recurrent) else _wavenet(a).arrays[0].channels,
        layers=a.num_layers if isinstance(a, Recurrent) else len(_wavenet(a).arrays),
        frame=1, tolerance=tolerance, weights=flat_weights(rested), test_in=test_in, test_out=test_out,
        **({"start": start} if recurrent else {"shape": shape_words(_wavenet(a))}),
    )  # fmt: skip
    return Packed(model, tuple(remarks))


def _check_rate(snapshot: Snapshot, name: str, wishes: Wishes, remarks: list[str]) -> None:
    rate = snapshot.sample_rate
    if rate == BOARD_RATE:
        return
    assumed = ", as is assumed where a file does not say" if snapshot.sample_rate_assumed else ""
    if not wishes.any_rate:
        raise WrongRate(
            f"{name} is a model for {rate} Hz{assumed}, and the board runs at {BOARD_RATE} Hz: tune one from "
            f"it with a capture at {BOARD_RATE} Hz, or let it play {_colour(rate)} than meant "
            "(zoo bela pack --any-rate)"
        )
    remarks.append(f"{name} is a model for {rate} Hz{assumed}: on the board it plays {_colour(rate)}")


def _colour(rate: int) -> str:
    """How a model for another rate sounds: its filters move with the rate."""
    return "darker" if rate > BOARD_RATE else "brighter"


def _within_budget(
    snapshot: Snapshot, name: str, wishes: Wishes, remarks: list[str]
) -> tuple[Snapshot, int, bool]:
    """The largest size within the budget, its instructions and whether they were counted."""
    sizes = [snapshot.at_size(size) for size in (1.0, 0.5, 0.0)]  # all one, unless it is slimmable
    for played in sizes:
        instructions, counted = cost.instructions(played, count=wishes.count)
        if instructions <= wishes.budget:
            break
    else:
        if not wishes.force:
            raise TooHeavy(
                f"{name}, a {played.architecture}, takes {'' if counted else 'about '}{instructions} "
                f"instructions for a sample, and the budget is {wishes.budget}: prune it (zoo prune), or "
                "take it all the same (zoo bela pack --force)"
            )
        remarks.append(f"{name} takes {instructions} instructions of {wishes.budget}: it may well stutter")
    if played is not sizes[0]:
        remarks.append(f"of the sizes in {name}, the board gets {played.architecture}")
    if isinstance(played.architecture, WaveNet) and history(played.architecture) > MAX_HISTORY:
        raise TooHeavy(f"{name} remembers more than {MAX_HISTORY} numbers, which is too much for a board")
    return played, instructions, counted


def _at_rest(played: Snapshot, name: str, remarks: list[str]) -> tuple[Snapshot, Floats]:
    """The same network from its state of rest, and the state that it started from."""
    if not isinstance(played.architecture, Recurrent):
        return played, np.zeros(0, np.float32)
    rest, still = rest_state(played)
    if not still:
        remarks.append(f"{name} does not come to rest in silence; switching to it may be heard")
    return with_state(played, rest), start_state(played)


def _test(rested: Snapshot, name: str, test_in: Floats) -> tuple[Floats, float]:
    """What must come out, in double precision, and how far off a board may be."""
    exact, here = render_reference(rested, test_in), render(rested, test_in)
    if not (np.isfinite(exact).all() and np.isfinite(here).all()):
        raise SnapshotError(f"{name} does not put out finite numbers; it is damaged")
    rounding = float(np.abs(here - exact).max())
    tolerance = max(TOLERANCE * max(1.0, float(np.abs(exact).max())), ROUNDING * rounding)
    return exact.astype(np.float32), tolerance


def _wavenet(architecture: object) -> WaveNet:
    assert isinstance(architecture, WaveNet)
    return architecture


def _gain(db: float) -> float:
    return float(10.0 ** (db / 20.0))
