"""Everything that can go wrong and is not a bug: one root, one subclass for each kind of failure.

Each message is one sentence that says what was found, what was expected and what to do next. The command
line prints it and exits with ``exit_code``: 2 when the input or the request is at fault, 3 when the
surroundings are (disk, permissions, a damaged store, a network).
"""

from __future__ import annotations

from pathlib import Path


class ZooError(Exception):
    """Root of all expected failures; ``exit_code`` is what the command line returns."""

    exit_code = 2


class BadRequest(ZooError):
    """The arguments contradict each other or name something that does not exist."""


class FileError(ZooError):
    """A file that was given cannot be used.

    Attributes:
        path: the file, as it was given.
        reason: the sentence without the path.
    """

    def __init__(self, path: str | Path, reason: str) -> None:
        self.path = Path(path)
        self.reason = reason
        super().__init__(f"{path}: {reason}")

    def __reduce__(self) -> tuple[type[FileError], tuple[Path, str]]:
        return type(self), (self.path, self.reason)


class WriteError(FileError):
    """A file cannot be written: disk full, no permission, no such folder."""

    exit_code = 3


class AudioError(FileError):
    """An audio file is missing, unreadable, empty, not finite or not audio."""


class CaptureError(ZooError):
    """Dry and wet do not make a capture: silent, unrelated, of different lengths."""


class SilentTarget(CaptureError):
    """The target has no energy, so no error ratio exists."""


class ModelFileError(FileError):
    """A model file is damaged or is not what its format promises."""


class UnsupportedModel(ModelFileError):
    """A model file is sound but of a format or architecture this project refuses; the message names it."""


class NotAModel(UnsupportedModel):
    """A file is sound JSON, but nothing in it says that it is a model of any format."""


class SnapshotError(ZooError):
    """Architecture and weights do not make a model: wrong shapes, not finite, out of bounds."""


class RefusedModel(SnapshotError):
    """A model that can be read but must not enter the zoo: it blows up, rings on, or makes no sound."""


class WrongContent(ZooError):
    """What a server sent is not what was promised: other bytes, too many, or from elsewhere."""


class NetworkError(ZooError):
    """Something could not be fetched; trying again later may help."""

    exit_code = 3


class NotInZoo(BadRequest):
    """No model of that id or name is in the zoo, or several are.

    Attributes:
        wanted: what was asked for.
    """

    def __init__(self, wanted: str, reason: str) -> None:
        self.wanted = wanted
        super().__init__(reason)

    def __reduce__(self) -> tuple[type[NotInZoo], tuple[str, str]]:
        return type(self), (self.wanted, str(self))


class StoreError(ZooError):
    """The store cannot be read or written: disk full, no permission, damaged files."""

    exit_code = 3


class EngineMissing(ZooError):
    """The native engine is not installed or does not fit this machine."""

    exit_code = 3


class PackageMissing(ZooError):
    """An optional package is needed; the message says how to install it."""

    exit_code = 3


class ClusterError(ZooError):
    """No cluster answers, or its machines do not have this very tonezoo."""

    exit_code = 3
