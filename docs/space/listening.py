"""What the Space does with a capture: the nearest models of one whole zoo on the Hub, tried and played.

No Gradio here; ``app.py`` draws it.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

import zoo
from registry import Filter, Registry
from zoo.api import pull_from_hub
from zoo.capture import Capture
from zoo.errors import BadRequest
from zoo.hub.address import Address, parse_address
from zoo.hub.client import HubClient
from zoo.hub.shelf_searching import Near, search_shelves
from zoo.hub.shelves import keep_shelf, shelf_models

NEAREST = 8  # fetched and tried
MOST_SECONDS = 300.0
LOUDEST = 0.9

Audio = tuple[int, npt.NDArray[np.int16]]


@dataclass(frozen=True)
class Heard:
    """A model that was suggested.

    Attributes:
        name, reasons: for people.
        played: the dry signal through it, at the wet signal's loudness; None for a wet-only capture.
    """

    name: str
    reasons: str
    played: Audio | None


class Listener:
    """One whole zoo, ready to be asked."""

    def __init__(self, registry: Registry, repo: str | None = None) -> None:
        """Fetch its list and vectors.

        Args:
            registry: an empty zoo, where the models that are named go.
            repo: owner/name, perhaps with @revision; the variable ``ZOO_REPO`` when absent.

        Raises:
            BadRequest: no repository is named, or there is no whole zoo in it.
            NetworkError: the Hub cannot be reached.
        """
        named = repo or os.environ.get("ZOO_REPO")
        if not named:
            raise BadRequest("no zoo is named; set the variable ZOO_REPO to owner/name")
        self.registry, self.client = registry, HubClient()
        self.address: Address = parse_address(named)
        self.models = keep_shelf(registry, self.client, self.address).models

    def listen(self, path: Path, dry: Path | None = None, count: int = 3) -> tuple[Audio, list[Heard]]:
        """The wet signal, and the models to start from, best first.

        Args:
            path: a stereo file (left dry, right wet), or the wet signal alone.
            dry: the dry signal, where it is a file of its own.
            count: how many models.

        Raises:
            ZooError: the recording cannot be used, or the models cannot be fetched.
        """
        capture = zoo.load_capture(dry=dry, wet=path) if dry else zoo.load_capture(path)
        if capture.wet.size > MOST_SECONDS * capture.sample_rate:
            raise BadRequest(f"the recording is longer than {MOST_SECONDS:.0f} s; a minute is plenty")
        near = search_shelves(
            self.registry, "", Filter(), repo=self.address.repo, capture=capture, limit=NEAREST
        )
        self._fetch(near)
        return _audio(capture.wet, capture.sample_rate), list(self._suggested(capture, count))

    def _fetch(self, near: list[Near]) -> None:
        wanted = {one.model.name for one in near if self.registry.get(one.model.id) is None}
        for name in sorted(wanted):
            pull_from_hub(shelf_models(self.client, self.address, name), registry=self.registry)

    def _suggested(self, capture: Capture, count: int) -> Iterator[Heard]:
        answer = zoo.suggest(capture, k=count, registry=self.registry, quick=True)
        for parent in answer.suggestion.parents:
            played = None
            if capture.dry is not None:
                model = self.registry.load(parent.id)
                played = _audio(_as_loud(zoo.render(model, capture.dry), capture.wet), capture.sample_rate)
            yield Heard(answer.models[parent.id].name, "; ".join(parent.reasons), played)


def _as_loud(signal: npt.NDArray[np.float32], target: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """A parent is told from the device by its sound and not by its volume."""
    own = float(np.sqrt(np.mean(signal**2)))
    scaled: npt.NDArray[np.float32] = signal * np.float32(np.sqrt(np.mean(target**2)) / max(own, 1e-9))
    return scaled


def _audio(signal: npt.NDArray[np.float32], rate: int) -> Audio:
    peak = float(np.max(np.abs(signal)))
    scaled = signal * (LOUDEST / peak if peak > LOUDEST else 1.0)
    return rate, np.round(scaled * 32767).astype(np.int16)
