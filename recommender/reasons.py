"""Says in a guitarist's words how a parent differs from a capture, with the numbers behind the words."""

from __future__ import annotations

from dataclasses import dataclass

from recommender.halving import Moment
from recommender.traits import Traits


@dataclass(frozen=True, slots=True)
class _Scale:
    """Words for a trait: which way, from which difference on it is heard, and what a "clear" one is.

    ``sign`` of the number beside the words: the more a device compresses, the *smaller* its spread of levels.
    """

    more: str
    less: str
    audible: float
    clear: float
    unit: str
    sign: float = 1.0


_SCALES = {
    "gain": _Scale("more gain", "less gain", 1.5, 5.0, " dB of distortion"),
    "treble": _Scale("brighter above 3 kHz", "darker above 3 kHz", 2.0, 6.0, " dB"),
    "bass": _Scale("more bass below 200 Hz", "less bass below 200 Hz", 2.0, 6.0, " dB"),
    "middle": _Scale("more middle around 700 Hz", "scooped around 700 Hz", 1.5, 4.0, " dB"),
    "compression": _Scale("more compressed", "more dynamic", 1.0, 3.0, " dB of level spread", -1.0),
    "asymmetry": _Scale("more asymmetric clipping", "more symmetric clipping", 0.15, 0.4, " of skew"),
}
MOST = 3


def reasons(target: Traits, parent: Traits, *, tolerance: float = 1.0) -> tuple[str, ...]:
    """What a player would hear, the largest difference first; one sentence of comfort when there is none.

    Args:
        target: traits of the capture.
        parent: traits of the parent, on the same playing if possible.
        tolerance: multiplies what counts as audible, where the playing was not the same.
    """
    said = []
    for name, scale in _SCALES.items():
        difference = getattr(parent, name) - getattr(target, name)
        size = abs(difference) / (scale.audible * tolerance)
        if size >= 1.0:
            said.append((-size, _sentence(scale, difference, tolerance)))
    if not said:
        return ("no difference in gain, tone or dynamics that stands out",)
    return tuple(sentence for _, sentence in sorted(said)[:MOST])


def _sentence(scale: _Scale, difference: float, tolerance: float) -> str:
    words = scale.more if difference > 0 else scale.less
    much = "clearly " if abs(difference) >= scale.clear * tolerance else "a little "
    digits = 2 if scale.audible < 1.0 else 0
    shown = abs(difference) if scale.unit == " of skew" else scale.sign * difference
    return f"{much}{words} ({shown:+.{digits}f}{scale.unit})"


def tried(head_esr: float, moment: Moment | None, scratch: Moment | None) -> str:
    """What was tried with a parent, and what came of it: the ground that its rank stands on.

    Args:
        head_esr: of a fitted head.
        moment: of tuning it; None when it was not tuned.
        scratch: the same from scratch; None when nothing was tuned.
    """
    if moment is None:
        said = f"a fitted output layer leaves ESR {head_esr:.2g} on held-out playing"
        return f"{said}; not tuned, so less sure" if scratch else said
    effort = moment.effort
    passes = "one pass" if effort.epochs == 1 else f"{effort.epochs} passes"
    said = f"{passes} over {effort.seconds:.0f} s of your playing lead to ESR {moment.esr:.2g} on the rest"
    if scratch is not None and scratch.effort == effort:
        said += f", from scratch to {scratch.esr:.2g}"
    return said


def promised(ahead_db: float, *, measured: bool, nearest: bool) -> str:
    """Why a parent is chosen that could not be tried.

    Args:
        ahead_db: how much better than the average parent it ends, whatever the device.
        measured: training has shown that on other devices; else it is how such networks tune.
        nearest: of all parents it sounds most like the recording.
    """
    way = "better" if ahead_db > 0.0 else "worse"
    much = f"{abs(ahead_db):.0f} dB {way} than" if abs(ahead_db) >= 0.5 else "like"
    known = (
        f"fine-tuned to other devices, it ended {much} the average parent"
        if measured
        else f"never measured; as it is built, it should end {much} the average parent"
    )
    return f"the nearest of all by sound, maybe the device itself; {known}" if nearest else known
