"""The card of a model on the Hub, from its manifest: the front matter and the page.

Everything that a manifest says may be a stranger's words; see `zoo.hub.text`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from registry.manifest import Manifest
from zoo.hub.text import hub_licence, markdown, tag, yaml

LIBRARY = "tonezoo"

# File in the repository -> how it is played.
_PLAYERS = {
    "exports/proteus.json": "**Proteus**: put `exports/proteus.json` into the tones folder and choose it.",
    "exports/aidax.json": "**AIDA-X**: load `exports/aidax.json` with the file button.",
    "exports/rtneural.json": "**RTNeural**: `RTNeural::json_parser` reads `exports/rtneural.json`.",
    "exports/model.nam": "**Neural Amp Modeler**: load `exports/model.nam` as the model.",
}


@dataclass(frozen=True)
class Told:
    """What a card tells beside the manifest.

    Attributes:
        repo: owner/name.
        files: all paths that are pushed.
        parent: the parent's repository on the Hub, if it has one.
        parent_name: the parent's name, if it is in the zoo.
        capture_seconds: length of the capture whose excerpt is among the samples; None: no capture was given.
        capture_esr: on that capture as a whole.
    """

    repo: str
    files: Sequence[str]
    parent: str | None = None
    parent_name: str | None = None
    capture_seconds: float | None = None
    capture_esr: float | None = None


def tags_of(manifest: Manifest) -> tuple[str, ...]:
    """The tags that `zoo search` filters by: device, gain class, architecture, family, sample rate."""
    kind = (manifest.device.kind or "").lower()
    sort = "guitar-pedal" if "pedal" in kind and "amp" not in kind else "guitar-amp" if "amp" in kind else ""
    words = (
        sort, manifest.device.make, manifest.device.model, manifest.gain_class, *manifest.tone,
        manifest.family, manifest.architecture, f"{manifest.sample_rate}-hz",
    )  # fmt: skip
    return tuple(dict.fromkeys(filter(None, (tag(word) for word in words if word))))


def front_matter(manifest: Manifest, told: Told) -> str:
    """YAML lines, without the fences."""
    licence = manifest.licence or ""
    word = hub_licence(licence)
    lines = [f"library_name: {LIBRARY}", "pipeline_tag: audio-to-audio", f"license: {word or 'other'}"]
    if word is None:
        lines.append(f"license_name: {yaml(tag(licence) or 'see-card')}")
    lines += ["tags:", *(f"- {yaml(word)}" for word in tags_of(manifest))]
    if told.parent:
        lines += [f"base_model: {yaml(told.parent)}", "base_model_relation: finetune"]
    return "\n".join([*lines, *_model_index(manifest)]) + "\n"


def _model_index(manifest: Manifest) -> Iterator[str]:
    esr = manifest.training.test_esr if manifest.training else None
    if esr is None:
        return
    yield "model-index:"
    yield f"- name: {yaml(manifest.name)}"
    yield "  results:"
    yield "  - task: {type: audio-to-audio}"
    yield "    dataset: {name: held-out part of the capture, type: capture}"
    yield f"    metrics: [{{type: esr, name: ESR, value: {esr:.6g}}}]"


def page(manifest: Manifest, told: Told) -> str:
    """The card's text, in Markdown."""
    parts = (
        f"# {markdown(manifest.name)}",
        _summary(manifest),
        _table(("", ""), _facts(manifest, told)),
        _errors(manifest, told),
        _pictures(told),
        _samples(told),
        _usage(manifest, told),
    )
    return "\n\n".join(part for part in parts if part) + "\n"


def _summary(manifest: Manifest) -> str:
    device = markdown(str(manifest.device)) if str(manifest.device) != "unknown" else "an unnamed device"
    gain = f", {markdown(manifest.gain_class)}" if manifest.gain_class else ""
    return f"A neural model ({markdown(manifest.architecture)}) of {device}{gain}, shared with `zoo push`."


def _facts(manifest: Manifest, told: Told) -> Iterator[tuple[str, str]]:
    device, training = manifest.device, manifest.training
    yield "device", markdown(str(device)) + (f" ({markdown(device.kind)})" if device.kind else "")
    yield "gain class", markdown(manifest.gain_class or "unknown")
    yield "tone", markdown(", ".join(manifest.tone) or "unknown")
    yield "captured", _captured(manifest, told)
    yield "parent", _parent(manifest, told)
    yield "architecture", f"{markdown(manifest.architecture)}, {manifest.num_parameters} parameters"
    yield "knobs", str(manifest.num_knobs)
    assumed = " (assumed)" if manifest.sample_rate_assumed else ""
    yield "sample rate", f"{manifest.sample_rate} Hz{assumed}"
    if training and training.epochs is not None:
        yield "epochs", str(training.epochs)
    if training and training.seed is not None:
        yield "seed", str(training.seed)
    if manifest.quality and manifest.quality.loudness_db is not None:
        yield "loudness", f"{manifest.quality.loudness_db:g} dB"
    yield "author", markdown(manifest.author or "unknown")
    yield "licence", markdown(manifest.licence or "unknown")
    yield "id", f"`{manifest.id}`"


def _captured(manifest: Manifest, told: Told) -> str:
    training = manifest.training
    if training and training.data_seconds is not None:
        return f"dry and wet recordings, {training.data_seconds:.1f} s of them for training"
    if told.capture_seconds is not None:
        return f"dry and wet recordings, {told.capture_seconds:.0f} s"
    return "unknown"


def _parent(manifest: Manifest, told: Told) -> str:
    if manifest.parent is None:
        return "none: trained from scratch, or unknown"
    name = markdown(told.parent_name or manifest.parent[:12])
    if not told.parent:
        return f"{name} (not on the Hub)"
    at = f"/tree/{manifest.parent_at.commit}" if manifest.parent_at else ""
    return f"[{name}](https://huggingface.co/{told.parent}{at})"


def _errors(manifest: Manifest, told: Told) -> str:
    training = manifest.training
    known = (
        ("ESR on held-out audio", training and training.test_esr),
        ("the same after pre-emphasis", training and training.test_emphasised_esr),
        ("multi-resolution STFT distance, held-out", training and training.test_mr_stft),
        ("ESR on validation audio", training and training.esr),
        ("ESR on the whole capture that the samples are from", told.capture_esr),
    )
    rows = [(what, f"{value:.4g}") for what, value in known if value is not None]
    return "## Error\n\n" + _table(("measure", "value"), rows) if rows else ""


def _pictures(told: Told) -> str:
    alt = {
        "plots/learning.png": "validation loss over epochs",
        "plots/response.png": "output over input for a sine",
    }
    return "\n".join(f"![{words}]({path})" for path, words in alt.items() if path in told.files)


def _samples(told: Told) -> str:
    what = {"dry": "what goes in", "wet": "the device", "prediction": "the model"}
    rows = [
        f"- {words}: <audio controls src="
        f'"https://huggingface.co/{told.repo}/resolve/main/samples/{name}.flac"></audio>'
        for name, words in what.items()
        if f"samples/{name}.flac" in told.files
    ]
    return "## Listen\n\n" + "\n".join(rows) if rows else ""


def _usage(manifest: Manifest, told: Told) -> str:
    plugins = [f"- {line}" for path, line in _PLAYERS.items() if path in told.files]
    shell = f"```bash\nzoo pull {told.repo}\nzoo render {manifest.short_id} in.wav out.wav\n```"
    python = (
        f'```python\nimport zoo\n\nmodel = zoo.Snapshot.from_pretrained("{told.repo}")\n'
        "wet = zoo.render(model, dry)\n```"
    )
    return "\n\n".join(["## Play", *(["\n".join(plugins)] if plugins else []), shell, python])


def _table(head: tuple[str, str], rows: Iterator[tuple[str, str]] | Sequence[tuple[str, str]]) -> str:
    lines = [f"| {head[0]} | {head[1]} |", "|---|---|", *(f"| {key} | {value} |" for key, value in rows)]
    return "\n".join(lines)
