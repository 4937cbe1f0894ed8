"""From a person's files to stored models: which files are candidates, and what became of each.

A bad file never stops the rest. Folders are searched in sorted order, hidden entries and linked folders
left out, so that the same files always give the same zoo.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal, TypeAlias

from registry.facts import Facts
from registry.manifest import Origin
from registry.plain_files import record_of
from registry.registry import Registry
from zoo.errors import BadRequest, NotAModel, ZooError

SUFFIXES = (".json", ".nam", ".aidax", ".aidadspmodel")
NATIVE_FILES = ("config.json", "model.safetensors")

Status: TypeAlias = Literal["imported", "already there", "same sound", "refused", "not a model"]


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of one file.

    Attributes:
        path: the file, or the folder of a native model.
        status: "same sound" when the model was there under other names and now has one more.
        id, name: of the model in the zoo; None when there is none.
        reason: why it was refused, or as what it was known already.
    """

    path: str
    status: Status
    id: str | None = None
    name: str | None = None
    reason: str | None = None

    def to_json(self) -> dict[str, Any]:
        """The same as plain JSON values."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A file or native folder that may be a model.

    Attributes:
        named: the person gave this very path.
        problem: why it cannot be used at all.
    """

    path: Path
    named: bool = False
    problem: str | None = None


def candidates(paths: Iterable[str | Path]) -> list[Candidate]:
    """The candidates among files and, recursively, in folders; each once, in order of the arguments."""
    found: dict[Path, Candidate] = {}
    for path in map(Path, paths):
        for candidate in _search(path):
            found.setdefault(candidate.path.absolute(), candidate)
    return [*found.values()]


def _search(path: Path) -> Iterator[Candidate]:
    if not path.is_dir() or _is_native(path):
        problem = None if path.exists() else "no such file or folder"
        yield Candidate(path, named=True, problem=problem)
        return
    problems: list[OSError] = []
    for folder, folders, names in os.walk(path, onerror=problems.append):
        here = Path(folder)
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        native = [name for name in folders if _is_native(here / name)]
        folders[:] = [name for name in folders if name not in native]
        models = [name for name in names if name.lower().endswith(SUFFIXES) and not name.startswith(".")]
        for name in sorted([*native, *models]):
            yield Candidate(here / name)
    for error in problems:
        yield Candidate(Path(error.filename), problem=f"the folder cannot be read ({error.strerror})")


def _is_native(folder: Path) -> bool:
    return all((folder / name).is_file() for name in NATIVE_FILES)


def import_files(
    registry: Registry,
    paths: Iterable[str | Path],
    *,
    facts: Facts | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Iterator[Imported]:
    """Import every candidate among ``paths``, one after the other.

    Args:
        registry: where the models go.
        paths: files and folders.
        facts: what the person says of all of them.
        progress: hears how many candidates are done, and of how many.

    Raises:
        BadRequest: there is no candidate at all, or one name for several.
        StoreError: the store cannot be written; what was imported before stays.
    """
    paths = list(paths)
    chosen = candidates(paths)
    if not chosen:
        where = ", ".join(map(str, paths)) or "nothing"
        raise BadRequest(f"{where}: no model was found; {', '.join(SUFFIXES)} or a native folder is expected")
    if facts is not None and facts.name is not None and len(chosen) > 1:
        raise BadRequest(f"one name was given for {len(chosen)} files; import them one by one to name them")
    for done, candidate in enumerate(chosen, start=1):
        yield import_file(registry, candidate, facts)
        if progress is not None:
            progress(done, len(chosen))


def import_file(registry: Registry, candidate: Candidate, facts: Facts | None = None) -> Imported:
    """Import one candidate; whatever is wrong with the file becomes its reason.

    Raises:
        StoreError: the store cannot be written.
    """
    from zoo.formats import read_with_format

    path = str(candidate.path)
    if candidate.problem is not None:
        return Imported(path, "refused", reason=candidate.problem)
    try:
        snapshot, format_name = read_with_format(candidate.path)
        origin = origin_of(candidate.path, format_name)
    except NotAModel as error:
        return Imported(path, "refused" if candidate.named else "not a model", reason=error.reason)
    except ZooError as error:
        return Imported(path, "refused", reason=str(error).removeprefix(f"{path}: "))
    known = registry.get(snapshot.digest)
    manifest, new = registry.add(snapshot, origin=origin, facts=facts)
    if new:
        return Imported(path, "imported", manifest.id, manifest.name)
    if known is not None and origin.name not in known.names:
        reason = f"same sound as {known.name}, kept as another name"
        return Imported(path, "same sound", manifest.id, manifest.name, reason)
    return Imported(path, "already there", manifest.id, manifest.name)


def origin_of(path: Path, format_name: str) -> Origin:
    """Where a model comes from: its file's name and hash; of a native folder, the hash of its weights."""
    path = path.resolve()
    name = path.name.encode(errors="replace").decode()
    content = path / "model.safetensors" if path.is_dir() else path
    return Origin(file=name, sha256=record_of(content).sha256, format=format_name)
