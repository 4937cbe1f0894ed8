"""The folder of a demonstration: what each step leaves, and how far it has come.

A step whose result is there is not done again, so that a demonstration goes on after any interruption.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from registry.manifest import Manifest, manifest_from_bytes
from zoo.errors import BadRequest, StoreError, WriteError
from zoo.files import write_atomically
from zoo.tuning.folder import MANIFEST

PLAN = "demo.json"


@dataclass(frozen=True)
class Plan:
    """What is shown.

    Attributes:
        circuit: the virtual device that is captured.
        epochs: of each training, at most.
        seconds: of playing, about.
        hidden: units that the pruned model has at most.
    """

    circuit: str = "british-preamp"
    epochs: int = 30
    seconds: float = 40.0
    hidden: int = 12

    @property
    def device(self) -> str:
        """The device, as one says it."""
        return self.circuit.replace("-", " ")


@dataclass(frozen=True)
class DemoFolder:
    """A demonstration on disk.

    Attributes:
        path: the folder.
    """

    path: Path

    @property
    def dry(self) -> Path:
        """The playing."""
        return self.path / "dry.wav"

    @property
    def capture(self) -> Path:
        """Dry and wet."""
        return self.path / "capture.wav"

    @property
    def zoo(self) -> Path:
        """The zoo that all of this happens in."""
        return self.path / "zoo"

    @property
    def page(self) -> Path:
        """The story."""
        return self.path / "index.html"

    @property
    def exports(self) -> Path:
        """Models for players."""
        return self.path / "export"

    def model(self, name: str) -> Path:
        """The folder of one of the models: "scratch", "tuned" or "pruned"."""
        return self.path / name

    def manifest(self, name: str) -> Manifest:
        """What is known of one of the models.

        Raises:
            BadRequest: its manifest is damaged.
        """
        return manifest_from_bytes((self.model(name) / MANIFEST).read_bytes())

    def begin(self, plan: Plan) -> None:
        """Make the folder for ``plan``, or find that it was made for the same plan.

        Raises:
            BadRequest: it holds something else.
            StoreError: it cannot be made.
        """
        record = self.path / PLAN
        if record.is_file():
            if self._plan() != plan:
                raise BadRequest(
                    f"{self.path} holds a demonstration with other options; choose another --out"
                )
            return
        if self.path.exists() and (not self.path.is_dir() or any(self.path.iterdir())):
            raise BadRequest(f"{self.path} exists and holds no demonstration; choose another --out")
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            write_atomically(record, (json.dumps(asdict(plan), indent=2) + "\n").encode())
            self.exports.mkdir(exist_ok=True)
        except (OSError, WriteError) as error:
            reason = getattr(error, "strerror", None) or getattr(error, "reason", error)
            raise StoreError(f"{self.path} cannot be made ({reason}); choose another --out") from error

    def _plan(self) -> Plan | None:
        try:
            return Plan(**json.loads((self.path / PLAN).read_bytes()))
        except (OSError, ValueError, TypeError):
            return None
