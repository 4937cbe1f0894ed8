"""``zoo suggest``: which models to start from for a capture."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from zoo.cli.filters import (
    ArchOption,
    DeviceOption,
    GainOption,
    HiddenOption,
    LicenceOption,
    RateOption,
)
from zoo.cli.output import (
    JsonOption,
    QuietOption,
    RayOption,
    print_json,
    print_remark,
    print_table,
    printable,
    progress,
    remarks,
    steps,
)

if TYPE_CHECKING:
    from recommender.suggestion import Parent
    from registry.manifest import Manifest
    from zoo.suggesting import Answer

_COLUMNS = ("rank", "id", "name", "device", "gain", "architecture", "rate", "licence")
_PAIRED = ("expected ESR", "likely range", "tuned ESR", "head ESR", "input gain")
_PIPED_ONLY = ("device", "rate", "tuned ESR", "head ESR", "input gain")
_LEAST = ("licence", "architecture", "likely range")
_WET_ONLY = ("distance",)


def suggest(
    capture: Annotated[
        Path | None, typer.Argument(help="Stereo file (left dry, right wet), folder of takes, or wet alone.")
    ] = None,
    dry: Annotated[Path | None, typer.Option(help="What went into the device.")] = None,
    wet: Annotated[Path | None, typer.Option(help="What came out of it.")] = None,
    count: Annotated[int, typer.Option("--count", "-k", min=1, help="How many parents to show.")] = 5,
    device: DeviceOption = None,
    gain: GainOption = None,
    arch: ArchOption = None,
    hidden: HiddenOption = None,
    rate: RateOption = None,
    licence: LicenceOption = None,
    quick: Annotated[
        bool, typer.Option("--quick", help="Do not tune the most promising for a moment; less sure.")
    ] = False,
    report: Annotated[
        Path | None, typer.Option(help="Write a page to hear and see why (one .html file).")
    ] = None,
    ray: RayOption = None,
    as_json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Suggest models to start from: those that fine-tune best to the captured device.

    With dry and wet, the nearest models are tried on your own playing, and the best of them tuned for a
    moment, as a network from scratch is; `zoo tune --from auto` goes on from there. With the wet signal
    alone the answer is a guess by sound. "expected ESR" is the error to expect after fine-tuning (0 is a
    perfect copy). --report writes players, spectra, transfer curves and a map of the zoo into one file
    that needs no network. With --ray the machines of a cluster listen to models that are new to the zoo.

    Example: zoo suggest --dry dry.wav --wet wet.wav --arch LSTM
    """
    from registry.filters import Filter
    from zoo.api import open_registry, write_report
    from zoo.api import suggest as ask
    from zoo.capture import load_capture
    from zoo.reports.page import check_page_path

    if report is not None:
        check_page_path(report)
    wanted = Filter(device=device, gain=gain, arch=arch, hidden=hidden, rate=rate, licence=licence)
    sound = load_capture(capture, dry=dry, wet=wet)
    with open_registry(remark=remarks(quiet)) as registry, progress(quiet=quiet) as bar:
        answer = ask(
            sound, k=count, wanted=wanted, registry=registry, progress=steps(bar), quick=quick, ray=ray
        )
        if report is not None:
            write_report(answer, report, registry=registry)
    if report is not None:
        print_remark(f"the report is {report}", quiet=quiet)
    for finding in sound.findings:
        if finding.severity.value == "warning":
            print_remark(f"{finding.sentence}", quiet=quiet)
    if as_json:
        print_json(answer.to_json())
        return
    _print(answer, quiet)


def _print(answer: Answer, quiet: bool) -> None:
    """The table, then how each parent differs, then the advice; hints are remarks."""
    suggestion = answer.suggestion
    if not suggestion.parents:
        print_remark(_nothing(answer), quiet=quiet)
        return
    scores = _PAIRED if suggestion.way == "paired" else _WET_ONLY
    rows = [(*_facts(parent, answer.models[parent.id]), *_scores(parent)) for parent in suggestion.parents]
    columns, right = (*_COLUMNS, *scores), ("rank", "rate", *scores)
    print_table(columns, rows, right=right, piped_only=_PIPED_ONLY, least=_LEAST)
    sound = f"{suggestion.gain_class} sound" if suggestion.way == "paired" else "recording"
    for parent in suggestion.parents:
        print(printable(f"{parent.rank}. compared with your {sound}: {'; '.join(parent.reasons)}"))
        if parent.tried:
            print(printable(f"   {parent.tried}"))
    print(_advice(answer))
    for hint in suggestion.hints:
        print_remark(hint, quiet=quiet)


def _facts(parent: Parent, model: Manifest) -> tuple[object, ...]:
    gain = model.gain_class or f"{parent.gain_class} (measured)"
    licence = model.licence or "unknown"
    return (
        parent.rank,
        model.short_id,
        model.name,
        model.device,
        gain,
        model.architecture,
        model.sample_rate,
        licence,
    )


def _scores(parent: Parent) -> tuple[str, ...]:
    if parent.trial is None or parent.expected is None:
        return (f"{parent.distance:.1f}",)
    expected = parent.expected
    knob = "" if parent.trial.knob is None else f", knobs at {parent.trial.knob:g}"
    return (
        f"{expected.esr:.2g}",
        f"{expected.low:.2g} to {expected.high:.2g}",
        "-" if parent.trial.tuned_esr is None else f"{parent.trial.tuned_esr:.2g}",
        f"{parent.trial.esr:.2g}",
        f"{parent.trial.input_gain_db:+.1f} dB{knob}",
    )


def _advice(answer: Answer) -> str:
    suggestion = answer.suggestion
    if suggestion.advice == "train from scratch":
        return "Train from scratch: no parent is expected to help by 1 dB."
    first = answer.models[suggestion.parents[0].id]
    confidence = f"Confidence in this order: {suggestion.confidence}."
    return f"Start from {printable(first.name)} ({first.short_id}). {confidence}"


def _nothing(answer: Answer) -> str:
    if answer.choice == 0:
        return "no model in the zoo fits these conditions; `zoo list` shows what there is"
    return "none of the models that fit could be heard yet; `zoo verify` says what is wrong with them"
