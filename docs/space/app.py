"""A page that suggests models of one zoo on the Hub for a capture, and plays them. See README.md."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import gradio as gr
from listening import Listener

from registry import Registry
from zoo.errors import ZooError

COUNT = 3


def page(listener: Listener) -> gr.Blocks:
    """The page for one zoo."""

    def ask(wet: str | None, dry: str | None) -> list[Any]:
        if not wet:
            raise gr.Error("Give a recording first.", print_exception=False)
        try:
            audio, heard = listener.listen(Path(wet), Path(dry) if dry else None, COUNT)
        except ZooError as error:
            raise gr.Error(str(error).replace(str(Path(wet).parent), ""), print_exception=False) from error
        shown: list[Any] = [gr.Audio(audio, visible=True)]
        for rank in range(COUNT):
            one = heard[rank] if rank < len(heard) else None
            words = f"### {rank + 1}. {_plain(one.name)}\n{_plain(one.reasons)}" if one else ""
            played = one.played if one else None
            shown += [gr.Markdown(words), gr.Audio(played, visible=played is not None)]
        return shown

    with gr.Blocks(title="Which model should your amp start from?") as blocks:
        gr.Markdown(
            "# Which model should your amp start from?\n"
            f"{listener.models} models of **{_plain(listener.address.repo)}**. Give a capture: one stereo "
            "file (left dry, right wet), two files, or the wet one alone, which makes the answer a guess."
        )
        with gr.Row():
            wet = gr.Audio(type="filepath", sources=["upload"], label="Capture, or its wet side")
            dry = gr.Audio(type="filepath", sources=["upload"], label="Dry side, if it is a file of its own")
        button = gr.Button("Suggest", variant="primary")
        outputs: list[Any] = [gr.Audio(label="Your device", visible=False)]
        for rank in range(COUNT):
            outputs += [
                gr.Markdown(),
                gr.Audio(label=f"Suggestion {rank + 1}, before any tuning", visible=False),
            ]
        button.click(ask, [wet, dry], outputs, api_name="suggest")
    return blocks


def _plain(text: str) -> str:
    """Names and words of strangers without Markdown or HTML of their own."""
    return "".join(f"\\{c}" if c in "\\`*_{}[]()#+-.!|<>&~" else c for c in text if c.isprintable())


def main() -> None:
    """Serve it, as a Space does."""
    with tempfile.TemporaryDirectory() as home, Registry(home) as registry:
        page(Listener(registry)).launch()


if __name__ == "__main__":
    main()
