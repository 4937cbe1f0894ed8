"""From a person's files to stored models: which files are candidates, and how each is read.

Folders are searched in sorted order, hidden entries and linked folders
left out, so that the same files always give the same zoo.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from registry.entering import Arrival, Gate, Imported, Visitor, enter_all
from registry.facts import Facts
from registry.manifest import MANIFEST_NAME, MAX_MANIFEST_BYTES, Manifest, Origin, manifest_from_bytes
from registry.plain_files import read_plain, record_of
from registry.registry import Registry
from zoo.errors import BadRequest, NotAModel, ZooError

SUFFIXES = (".json", ".nam", ".aidax", ".aidadspmodel", ".onnx")
NATIVE_FILES = ("config.json", "model.safetensors")


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
    gate: Gate | None = None,
    threads: int = 1,
    progress: Callable[[int, int], None] | None = None,
) -> Iterator[Imported]:
    """Import every candidate among ``paths``, one after the other.

    Args:
        registry: where the models go.
        paths: files and folders.
        facts: what the person says of all of them.
        gate: examines each; without one, whatever can be read comes in.
        threads: that read and examine.
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
    visitors = (_visitor(candidate, facts) for candidate in chosen)
    for done, verdict in enumerate(enter_all(registry, visitors, gate=gate, threads=threads), start=1):
        yield verdict
        if progress is not None:
            progress(done, len(chosen))


def _visitor(candidate: Candidate, facts: Facts | None) -> Visitor:
    path = str(candidate.path)

    def read() -> Arrival | Imported:
        if candidate.problem is not None:
            return Imported(path, "refused", reason=candidate.problem)
        try:
            return read_arrival(candidate.path, facts)
        except NotAModel as error:
            if not candidate.named:
                raise
            return Imported(path, "refused", reason=error.reason)

    return Visitor(path, read)


def read_arrival(path: Path, facts: Facts | None = None) -> Arrival:
    """The model in a file or native folder, where it comes from, and the manifest that lies beside it.

    Raises:
        ZooError: as `zoo.formats.read_model`.
    """
    from zoo.formats import read_with_format

    snapshot, format_name = read_with_format(path)
    origin = origin_of(path, format_name)
    if not (path / MANIFEST_NAME).exists():
        return Arrival(snapshot, origin, facts)
    try:
        told = _manifest_beside(path, snapshot.digest)
    except ZooError as error:
        sentence = f"its {MANIFEST_NAME} is not believed, so parent and licence stay unknown: {error}"
        return Arrival(snapshot, origin, facts, findings=(sentence,))
    return Arrival(snapshot, origin, facts, told)


def _manifest_beside(folder: Path, model_id: str) -> Manifest:
    """What a native folder's ``zoo.json`` tells of this very model: parent, training, licence."""
    told = manifest_from_bytes(read_plain(folder / MANIFEST_NAME, MAX_MANIFEST_BYTES))
    if told.id != model_id:
        raise BadRequest(f"it is of another model ({told.short_id})")
    return told


def origin_of(path: Path, format_name: str) -> Origin:
    """Where a model comes from: its file's name and hash; of a native folder, the hash of its weights."""
    path = path.resolve()
    name = path.name.encode(errors="replace").decode()
    content = path / "model.safetensors" if path.is_dir() else path
    return Origin(file=name, sha256=record_of(content).sha256, format=format_name)
