"""Cuts a capture into training, validation and test parts that share no sample, note or fragment.

A long take is cut in time. Short takes, such as single notes (EGFxSet) or loose fragments of a track, go
whole to one part; fragments that continue each other have been put together before, by
`zoo.capture.fragments`.
"""

from __future__ import annotations

from training.data import Split, require_dry, spans_in_time, split_at
from training.datasets.pitch import pitch_of
from training.datasets.whole_takes import in_blocks, order_of_use, spread
from zoo.capture import Capture, Take

MAX_NOTE_SECONDS = 10.0  # a take of one note that is no longer than this stays whole ...
MAX_FRAGMENT_SECONDS = 3.0  # ... and so does any other that is no longer than this
MIN_WHOLE_TAKES = 3  # fewer cannot fill three parts
MIN_NOTE_SHARE = 0.8  # of the short takes must be single notes to be dealt by pitch


def split_capture(
    capture: Capture, *, seconds: float | None = None, validation: float = 0.2, test: float = 0.2
) -> Split:
    """Cut long takes in time, deal short ones whole; the same capture gives the same split.

    Single notes are dealt by pitch: a note, its octaves and the same note on another string or pickup go to
    one part, and every part hears all registers. Other short takes are dealt in blocks, in the order of their
    names, so that what lay side by side in a track stays together.

    Args:
        capture: with its dry signal.
        seconds: how much to train on; all that the other parts leave by default.
        validation: share of the whole capture; of whole takes, as near to it as they come.
        test: likewise.

    Raises:
        CaptureError: there is no dry signal, a part is shorter than half a second, or a part is silent.
    """
    require_dry(capture)
    assert capture.dry is not None
    pitches = {take: _note(capture, take) for take in capture.takes}
    whole = [take for take, pitch in pitches.items() if _stays_whole(capture, take, pitch)]
    if len(whole) < MIN_WHOLE_TAKES:
        return split_at(capture, *spans_in_time(capture.takes, validation, test), seconds=seconds)
    signals = [capture.dry[take.start : take.stop] for take in whole]
    notes = [pitches[take] for take in whole]
    are_notes = sum(pitch is not None for pitch in notes) >= MIN_NOTE_SHARE * len(notes)
    shares = (1.0 - validation - test, validation, test)
    parts = spread(signals, notes, shares) if are_notes else in_blocks(signals, shares)
    in_time = spans_in_time([take for take in capture.takes if take not in whole], validation, test)
    train_spans, validation_spans, test_spans = (
        [*spans, *((whole[i].start, whole[i].stop) for i in part)]
        for spans, part in zip(in_time, (order_of_use(parts[0]), *parts[1:]), strict=True)
    )
    counts = "/".join(str(len(part)) for part in parts)
    how = f"{counts} whole {'notes' if are_notes else 'takes'} are for training/validation/test"
    return split_at(capture, train_spans, validation_spans, test_spans, seconds=seconds, how=how)


def _note(capture: Capture, take: Take) -> float | None:
    """The pitch of a short take of one note, in semitones; None for any other."""
    if capture.dry is None or take.stop - take.start > MAX_NOTE_SECONDS * capture.sample_rate:
        return None
    return pitch_of(capture.dry[take.start : take.stop], capture.sample_rate)


def _stays_whole(capture: Capture, take: Take, pitch: float | None) -> bool:
    return pitch is not None or take.stop - take.start <= MAX_FRAGMENT_SECONDS * capture.sample_rate


__all__ = ["split_capture"]
