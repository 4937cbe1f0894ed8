"""What a batch of trainings consists of: a file that is written once, before the first training begins.

The folder of a batch holds ``batch.json``, the parents, and a folder for each job. How far a job is stands in
its own folder (`zoo.tuning.folder`), so there is no state that a kill could leave wrong.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from zoo.capture.takes import find_takes
from zoo.errors import BadRequest, ModelFileError, StoreError
from zoo.files import write_atomically
from zoo.formats import native
from zoo.snapshot import Snapshot
from zoo.tuning.folder import TrainingFolder, Wish

BATCH, PARENTS = "batch.json", "parents"
VERSION = 1
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,150}")
_DIGEST = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class Request:
    """What was asked for.

    Attributes:
        captures: files and folders, as `zoo.capture.load_capture` takes them.
        parents: "scratch", "auto", or what `zoo.api.load_model` takes.
        count: how many suggestions "auto" stands for.
        settings: as `training.settings.Settings.to_json` gives them.
        wish: what the children should be.
    """

    captures: tuple[str, ...]
    parents: tuple[str, ...]
    count: int
    settings: dict[str, Any]
    wish: Wish = field(default_factory=Wish)

    def __post_init__(self) -> None:
        if not self.captures:
            raise BadRequest("give a capture: stereo files (left dry, right wet) or folders of takes")


@dataclass(frozen=True)
class Job:
    """One training.

    Attributes:
        name: of its folder.
        child: of the model that it makes.
        capture: file or folder.
        audio: sha-256 of the capture's files.
        parent: id of the model to start from; None is from scratch.
    """

    name: str
    child: str
    capture: str
    audio: str
    parent: str | None

    def __post_init__(self) -> None:
        texts = (self.name, self.child, self.capture, self.audio)
        named = all(isinstance(text, str) for text in texts) and _NAME.fullmatch(self.name)
        if not named or not (self.parent is None or _DIGEST.fullmatch(self.parent)):
            raise ValueError(f"{self.name!r} from {self.parent!r} is no job")

    @classmethod
    def of(cls, capture: str, capture_name: str, parent: Snapshot | None) -> Job:
        """The job of training one parent on one capture."""
        parent_name = (parent.metadata.name or "model") if parent else "scratch"
        child = f"{capture_name} from {parent_name}"
        digest = parent.digest if parent else None
        audio = audio_digest(capture)
        short = hashlib.sha256(f"{audio} {digest}".encode()).hexdigest()[:8]
        words = re.sub(r"[^A-Za-z0-9._]+", "-", child).strip("-._")[:120] or "job"
        return cls(f"{words}-{short}", child, capture, audio, digest)


@dataclass(frozen=True)
class BatchPlan:
    """All jobs of a batch, and what was asked for."""

    request: Request
    jobs: tuple[Job, ...]

    def write(self, folder: Path, parents: dict[str, Snapshot]) -> None:
        """Write the parents, and then the plan.

        Raises:
            WriteError: the disk is full or may not be written.
            StoreError: the folder cannot be made.
        """
        try:
            (folder / PARENTS).mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StoreError(f"{folder} cannot be made ({error.strerror}); choose another --out") from error
        for digest, parent in sorted(parents.items()):
            native.write(parent, folder / PARENTS / digest[:16])
        document = {"version": VERSION, **asdict(self)}
        write_atomically(folder / BATCH, json.dumps(document, indent=2, ensure_ascii=False).encode())

    @classmethod
    def read(cls, folder: Path) -> BatchPlan:
        """The plan of a batch that was begun.

        Raises:
            BadRequest: there is none in ``folder``, or it is damaged.
        """
        from training.settings import Settings

        path = folder / BATCH
        if not path.is_file():
            raise BadRequest(f"{folder} holds no batch; give captures to begin one")
        try:
            document = json.loads(path.read_bytes())
            if document["version"] != VERSION:
                raise ValueError(f"version {document['version']} instead of {VERSION}")
            asked = document["request"]
            request = Request(
                captures=tuple(asked["captures"]),
                parents=tuple(asked["parents"]),
                count=asked["count"],
                settings=asked["settings"],
                wish=Wish(**asked["wish"]),
            )
            Settings.from_json(request.settings)
            return cls(request, tuple(Job(**job) for job in document["jobs"]))
        except (OSError, ValueError, TypeError, KeyError, AttributeError, BadRequest) as error:
            raise BadRequest(f"{path} is damaged ({error}); begin the batch anew in another --out") from error


def parent_of(folder: Path, job: Job) -> Snapshot | None:
    """The parent that a job starts from, as the batch keeps it.

    Raises:
        ModelFileError: it is damaged or another one.
    """
    if job.parent is None:
        return None
    path = folder / PARENTS / job.parent[:16]
    parent = native.read(path)
    if parent.digest != job.parent:
        raise ModelFileError(path, "is not the parent that the batch began with; begin it anew elsewhere")
    return parent


def folder_of(folder: Path, job: Job) -> TrainingFolder:
    """Where a job trains."""
    return TrainingFolder(folder / job.name)


def audio_digest(capture: str) -> str:
    """Sha-256 of the files of a capture.

    Raises:
        AudioError: a file cannot be read.
        CaptureError: it is a folder that holds no takes.
    """
    sha = hashlib.sha256()
    for take in find_takes(capture):
        for file in {take.dry or take.wet: None, take.wet: None}:
            sha.update(hashlib.sha256(file.read_bytes()).digest())
    return sha.hexdigest()
