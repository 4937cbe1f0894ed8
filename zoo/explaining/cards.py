"""A card for every parent: where it stands and why, what it is, where it comes from, its licence."""

from __future__ import annotations

from recommender.suggestion import Expected, Parent
from registry import Manifest, Registry
from zoo.explaining.neighbourhood import colour_of
from zoo.explaining.parts import Drawn, Subject, three
from zoo.metrics import to_db
from zoo.reports.charts import Axis, interval
from zoo.reports.markup import Markup, Part
from zoo.reports.page import card, facts, items, paragraph, table
from zoo.suggesting import Answer

ERROR = Axis("ESR", 1e-4, 1.0, (1e-4, 0.001, 0.01, 0.1, 1.0), log=True)
MOST_ANCESTORS = 8


def advice_of(answer: Answer) -> str:
    """What to do, in a sentence or two."""
    suggestion = answer.suggestion
    if not suggestion.parents:
        return f"Nothing to choose from: {answer.choice} models fit, and none of them could be heard."
    if suggestion.advice == "train from scratch":
        return f"Train from scratch: of {answer.choice} models none is expected to help by 1 dB."
    first = answer.models[suggestion.parents[0].id]
    return (
        f"Start from {first.name} ({first.short_id}), the first of {answer.choice} models. "
        f"Confidence in this order: {suggestion.confidence}."
    )


def candidate(parent: Parent, subject: Subject, registry: Registry) -> Markup:
    """The card of a parent."""
    answer, model = subject.answer, subject.answer.models[parent.id]
    first = answer.suggestion.parents[0]
    played, body = subject.played.get(parent.id), list[Part]()
    body.append(paragraph(f"Compared with your {answer.suggestion.gain_class} sound:"))
    body.append(items(parent.reasons))
    if parent.tried:
        body.append(paragraph(f"{parent.tried[0].upper()}{parent.tried[1:]}."))
    if parent.expected is not None:
        body.append(_expectation(parent, parent.expected, first))
    body.append(facts(_facts(parent, model, registry)))
    if played is not None:
        colour = colour_of(parent.rank)
        versions: list[Drawn] = [("as it is", played.before.signal, colour, "dashed")]
        if played.after is not None:
            versions.append(("after a moment of tuning", played.after.signal, colour, "plain"))
        body.append(three(subject.stretch, versions))
    helps = answer.suggestion.advice == "start from a parent" and parent is first
    return card(
        subject.name(parent), *body, badge="start here" if helps else "", class_="first" if helps else ""
    )


def _expectation(parent: Parent, expected: Expected, first: Parent) -> Markup:
    """The error to expect, as a sentence and drawn; how far behind the first it is."""
    span = f"{expected.low:.2g} to {expected.high:.2g}"
    said = f"Expected after fine-tuning: ESR {expected.esr:.2g}, likely {span}"
    if parent is not first and first.expected is not None:
        behind = to_db(expected.esr) - to_db(first.expected.esr)
        said += f"; {abs(behind):.1f} dB {'behind' if behind >= 0 else 'better than'} the first"
    drawn = interval(expected.low, expected.esr, expected.high, ERROR, colour=colour_of(parent.rank))
    return paragraph(f"{said}.", drawn)


def _facts(parent: Parent, model: Manifest, registry: Registry) -> dict[str, Part]:
    trial = parent.trial
    return {
        "Device": str(model.device),
        "Gain class": f"{parent.gain_class} (measured)",
        "Architecture": f"{model.architecture}, {model.num_parameters:,} parameters",
        "Sample rate": f"{model.sample_rate} Hz" + (" (assumed)" if model.sample_rate_assumed else ""),
        "Best input gain": f"{trial.input_gain_db:+.1f} dB" if trial else "",
        "Knobs at": f"{trial.knob:g}" if trial and trial.knob is not None else "",
        "Fitted head": f"ESR {trial.esr:.2g}" if trial else "",
        "Distance": f"{parent.distance:.1f}",
        "Licence": model.licence or "unknown: ask before you share what comes of it",
        "Author": model.author or "unknown",
        "Lineage": lineage(model, registry),
        "From": _origin(model),
        "Sounds the same": _twins(model, registry),
        "Id": model.short_id,
    }


def lineage(model: Manifest, registry: Registry) -> str:
    """The ancestors that are known, the nearest first."""
    names, seen = list[str](), {model.id}
    while model.parent is not None and model.parent not in seen and len(names) < MOST_ANCESTORS:
        seen.add(model.parent)
        ancestor = registry.get(model.parent)
        names.append(
            f"{ancestor.name} ({ancestor.short_id})" if ancestor else f"{model.parent[:12]} (not here)"
        )
        if ancestor is None:
            break
        model = ancestor
    return " \N{LEFTWARDS ARROW} ".join(names) or "no ancestor is known"


def _origin(model: Manifest) -> str:
    if not model.origins:
        return ""
    origin = model.origins[0]
    at = f", commit {origin.commit[:12]}" if origin.commit else ""
    return f"{origin.file} in {origin.repository}{at}" if origin.repository else origin.file


def _twins(model: Manifest, registry: Registry) -> str:
    twins = [registry.get(twin.id) for twin in model.quality.twins] if model.quality else []
    return ", ".join(twin.name for twin in twins if twin)


def numbers(answer: Answer) -> Markup:
    """All numbers behind the order, scratch among them."""
    paired = answer.suggestion.way == "paired"
    scores = (
        ("expected ESR", "likely range", "tuned ESR", "head ESR", "input gain") if paired else ("distance",)
    )
    columns = ("rank", "name", "gain", "architecture", "licence", *scores)
    rows = [_row(parent, answer.models[parent.id]) for parent in answer.suggestion.parents]
    scratch = answer.suggestion.scratch
    if scratch is not None:
        expected = scratch.expected
        span = f"{expected.low:.2g} to {expected.high:.2g}"
        tuned, head = f"{scratch.tuned_esr:.2g}", answer.suggestion.scratch_esr
        alone = "" if head is None else f"{head:.2g}"
        rows.append(("", "from scratch", "", "", "", f"{expected.esr:.2g}", span, tuned, alone, ""))
    return table(columns, rows, right=scores)


def _row(parent: Parent, model: Manifest) -> tuple[str, ...]:
    known = (str(parent.rank), model.name, parent.gain_class, model.architecture, model.licence or "unknown")
    trial, expected = parent.trial, parent.expected
    if trial is None or expected is None:
        return (*known, f"{parent.distance:.1f}")
    return (
        *known,
        f"{expected.esr:.2g}",
        f"{expected.low:.2g} to {expected.high:.2g}",
        "-" if trial.tuned_esr is None else f"{trial.tuned_esr:.2g}",
        f"{trial.esr:.2g}",
        f"{trial.input_gain_db:+.1f} dB",
    )
