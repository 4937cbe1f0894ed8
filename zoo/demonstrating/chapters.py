"""The chapters of the page: what each step did, in words, numbers and the command that does it."""

from __future__ import annotations

import numpy as np

from zoo.benching import count
from zoo.demonstrating.folder import DemoFolder
from zoo.demonstrating.shown import COLOURS, NAMES, STAGES, Shown
from zoo.metrics import to_db
from zoo.reports.charts import Axis, Curve, line_chart
from zoo.reports.markup import Markup, tag
from zoo.reports.page import facts, figure, items, paragraph, section, table

DECADES = (1e-4, 1e-3, 1e-2, 1e-1, 1.0)


def captured(shown: Shown) -> Markup:
    """The device, its knobs, and what a capture is."""
    from training.circuits import find_circuit

    circuit = find_circuit(shown.plan.circuit)
    said = (
        "A capture is two recordings: what goes into the device and what comes out. Here the guitarist is "
        f"synthesised and the {shown.kind} is a circuit whose equations are solved, part by part, so this "
        "page needed no gear. The last fifth of the playing was locked away: no training heard it, and every "
        "ESR here is measured on it."
    )
    knobs = ", ".join(f"{name} {value:g}" for name, value in circuit.settings().items())
    told = facts({
        "Device": circuit.family, "Knobs": knobs, "After": circuit.source,
        "Recording": f"{shown.capture.seconds:.0f} s at {shown.capture.sample_rate} Hz",
    })  # fmt: skip
    return section(f"1. Capture the {shown.kind}", paragraph(said), told, _command("zoo check capture.wav"))


def asked(shown: Shown) -> Markup:
    """Which model the zoo names, and why."""
    suggestion, first = shown.answer.suggestion, shown.answer.suggestion.parents[0]
    helps = suggestion.advice == "start from a parent"
    said = (
        "The zoo played your dry guitar through its nearest models and tuned the best of "
        f"{shown.answer.choice} for a moment. Models of a {shown.device} were left out: a zoo seldom has "
        "your very device. "
    )
    said += (
        f"The one to start from is {shown.parent.name}. Compared with the {shown.kind}:"
        if helps
        else "None of them promises to help by 1 dB, so its advice is to train from scratch. To show the "
        f"difference, the first of them, {shown.parent.name}, is tuned all the same. Compared with the "
        f"{shown.kind}:"
    )
    rows = [
        (
            str(parent.rank),
            shown.answer.models[parent.id].name,
            parent.gain_class,
            f"{parent.expected.esr:.2g}" if parent.expected else "",
        )
        for parent in suggestion.parents
    ]
    columns = ("rank", "model", "gain", "expected ESR")
    return section(
        "2. Ask the zoo where to start", paragraph(said), items(first.reasons),
        table(columns, rows, right=columns[3:]), _command("zoo suggest capture.wav"),
    )  # fmt: skip


def learnt(shown: Shown) -> Markup:
    """Two trainings over one another."""
    scratch, tuned = shown.esr("scratch"), shown.esr("tuned")
    gain = to_db(scratch) - to_db(tuned)
    said = (
        f"Two trainings of {shown.plan.epochs} epochs on the same seconds of playing: one begins with "
        f"random numbers, the other with {shown.parent.name}. On playing that neither heard, from scratch "
        f"ends at an ESR of {scratch:.2g} and from the parent at {tuned:.2g}: {abs(gain):.1f} dB "
        f"{'better' if gain >= 0 else 'worse'}. {_caught_up(shown)}"
    )
    curves = [_curve(shown, stage, NAMES[stage]) for stage in ("scratch", "tuned")]
    low, high = (f(float(f(c.y)) for c in curves) for f in (min, max))
    ticks = tuple(t for t in DECADES if low / 10 < t < high * 10)
    y = Axis("validation loss", min(ticks[0], low), max(ticks[-1], high), ticks, log=True)
    last = max(int(c.x[-1]) for c in curves)
    step = next((n for n in (1, 2, 5, 10, 20, 50, 100) if last <= 6 * n), 200)
    x = Axis("epoch", 0.0, float(last), tuple(range(0, last + 1, step)))
    chart = figure(
        line_chart(curves, x, y, title="validation loss over epochs"),
        f"Loss on the playing that decides when to stop: the lower, the nearer to the {shown.kind}. Epoch 0 "
        "of the parent is what the zoo's moment of tuning left.",
    )
    return section(
        "3. Train, with a head start", paragraph(said), chart, _command("zoo tune capture.wav --from auto")
    )


def _caught_up(shown: Shown) -> str:
    """When the start from scratch was where the parent had begun."""
    begun = shown.losses("tuned")[0][1]
    epochs = [epoch for epoch, loss in shown.losses("scratch") if loss <= begun]
    if not epochs:
        return "In all its epochs, scratch did not come as near as the parent was before its first."
    return f"Scratch needed {epochs[0]} epochs to come as near as the parent was before its first."


def _curve(shown: Shown, stage: str, name: str) -> Curve:
    epochs, losses = np.array(shown.losses(stage), dtype=np.float64).T
    return Curve(name, epochs, losses, COLOURS[stage])


def smaller(shown: Shown) -> Markup:
    """Sizes and errors, before and after."""
    counts = {stage: count(shown.models[stage]) for stage in STAGES}
    share = counts["pruned"].macs / counts["tuned"].macs
    change = to_db(shown.esr("pruned")) - to_db(shown.esr("tuned"))
    said = (
        "Not every unit of the network earns its keep. Those that matter least were taken out, a few at a "
        f"time, and what was left was trained again. It does {share:.0%} of the work for every sample, and "
        f"the error {'grew' if change >= 0 else 'shrank'} by {abs(change):.1f} dB."
    )
    rows = [
        (
            NAMES[stage], _unbroken(shown.manifests[stage].architecture), f"{shown.esr(stage):.2g}",
            f"{counts[stage].parameters:,}", f"{counts[stage].weight_bytes / 1000:.1f} kB",
            f"{counts[stage].macs:,}",
        )
        for stage in STAGES
    ]  # fmt: skip
    columns = ("model", "network", "ESR", "parameters", "weights", "multiplications a sample")
    return section(
        "4. Prune it for a small board", paragraph(said), table(columns, rows, right=columns[2:]),
        _command(f"zoo prune MODEL capture.wav --units --target-hidden {shown.plan.hidden}"),
    )  # fmt: skip


def _unbroken(architecture: str) -> str:
    return architecture.replace("-", "\N{NON-BREAKING HYPHEN}")


def files(shown: Shown, place: DemoFolder) -> Markup:
    """What lies beside the page."""
    said = {
        "dry.wav": "the playing",
        "capture.wav": "the capture, left dry, right wet",
        "scratch": "the model from scratch",
        "tuned": "the model from a parent",
        "pruned": "the pruned model, and its search",
        "zoo": "the zoo that all of this happened in; yours was not touched",
    }
    rows = list(said.items())
    for exported in shown.exports:
        name = exported.path.relative_to(place.path).as_posix()
        rows.append((name, f"for {exported.player}, with a test vector; {exported.architecture}"))
    return section(
        "5. Take it with you", paragraph("These files lie beside this page."),
        table(("file", "what it is"), rows), _command("zoo export MODEL --to nam"),
    )  # fmt: skip


def yours() -> Markup:
    """The commands for one's own gear."""
    return section(
        "Now yours",
        paragraph(
            "Play the signal of the first command through your amp or pedal and record what comes out; the "
            "others are what this page has just done."
        ),
        items([
            tag("code", "zoo signal signal.wav"), tag("code", "zoo check take.wav"),
            tag("code", "zoo tune take.wav --from auto --out my-amp"),
            tag("code", "zoo export my-amp --to nam"),
        ]),
    )  # fmt: skip


def _command(line: str) -> Markup:
    return paragraph("The command: ", tag("code", line), class_="note")
