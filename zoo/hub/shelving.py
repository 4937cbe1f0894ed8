"""Makes a shelf of many models of the zoo, ready to be pushed: its files in a folder, one after the other."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from registry import Manifest, Registry
from registry.manifest import MANIFEST_NAME, FileRecord
from registry.plain_files import MAX_FILE_BYTES, read_plain
from zoo.errors import BadRequest
from zoo.hub.address import Address
from zoo.hub.bundle import CARD_NAME, MODEL_FILES
from zoo.hub.card import LIBRARY
from zoo.hub.card_edit import merged
from zoo.hub.packs import MAX_PACK_BYTES, pack_bytes
from zoo.hub.shelf import MOST_MODELS, SHELF_NAME, Pack, Part, Shelf, ShelfList, ShelfModel, entry_of
from zoo.hub.shelf_vectors import KINDS, Vectors, key_of_vectors, vectors_to_bytes
from zoo.hub.text import markdown

MODELS_IN_PART, MODELS_IN_PACK = 8192, 32
MOST_SHOWN = 200  # models on the card


@dataclass(frozen=True, eq=False)
class ShelfBundle:
    """What a push of a shelf uploads.

    Attributes:
        address: of the repository.
        shelf: names all files but itself and the card.
        folder: where these lie.
        shown: models for the card.
    """

    address: Address
    shelf: Shelf
    folder: Path
    shown: tuple[ShelfModel, ...]

    def sizes(self) -> dict[str, int]:
        """Path -> bytes of all files, sorted."""
        named = {path: record.bytes for path, record in self.shelf.files().items()}
        return dict(sorted({**named, **{path: len(data) for path, data in self.with_card().items()}}.items()))

    def with_card(self, old: bytes | None = None) -> dict[str, bytes]:
        """``shelf.json`` and the card; ``old`` is the card that is there."""
        front = f"library_name: {LIBRARY}\npipeline_tag: audio-to-audio\nlicense: other\ntags:\n- whole-zoo\n"
        return {CARD_NAME: merged(front, self._page(), old), SHELF_NAME: self.shelf.to_bytes()}

    def _page(self) -> str:
        rows = [
            _row(m.name, m.device or "unknown", m.gain_class or "unknown", m.architecture, m.licence)
            for m in self.shown
        ]
        repo, more = self.address.repo, self.shelf.models - len(self.shown)
        return "\n".join([
            f"# {markdown(self.address.name)}",
            "",
            f"{self.shelf.models} neural models of guitar amps and pedals, each under its own licence.",
            "",
            f"```bash\nzoo pull {repo} --index-only\nzoo search --like capture.wav --in {repo}",
            f"zoo pull {repo} --only NAME\n```",
            "",
            "| name | device | gain class | architecture | licence |\n|---|---|---|---|---|",
            *rows,
            *(["", f"And {more} more."] if more else []),
        ])  # fmt: skip


def _row(*words: str) -> str:
    return f"| {' | '.join(map(markdown, words))} |"


def shelf_of(
    registry: Registry,
    models: Iterable[Manifest],
    address: Address,
    folder: Path,
    remark: Callable[[str], None],
) -> ShelfBundle:
    """A shelf of those models that have a licence and a fingerprint; the others are remarked on.

    Args:
        registry: where they are.
        models: which.
        address: of the repository.
        folder: an empty one, for the files.
        remark: hears what is left out.

    Raises:
        BadRequest: none is left, they are too many, or some are too large to be packed.
    """
    points: dict[str, Vectors] = {}
    chosen = []
    for model in sorted(models, key=lambda model: model.id):
        point = _point(registry, model, remark)
        if point is not None:
            points[model.id] = point
            chosen.append(model)
    if not 0 < len(chosen) <= MOST_MODELS:
        raise BadRequest(f"{len(chosen)} models would be pushed; 1 to {MOST_MODELS} are expected")
    entries: list[ShelfModel] = []
    packs = tuple(_packs(registry, chosen, folder, entries))
    parts = tuple(_parts(entries, points, folder))
    shelf = Shelf(key=key_of_vectors(), models=len(entries), parts=parts, packs=packs)
    return ShelfBundle(address, shelf, folder, tuple(entries[:MOST_SHOWN]))


def digits_for(count: int, most: int) -> int:
    """How many digits of ids tell ``count`` models apart into groups of about ``most``.

    >>> [digits_for(count, 32) for count in (32, 33, 100_000)]
    [0, 1, 3]
    """
    digits = 0
    while count > most * 16**digits:
        digits += 1
    return digits


def _point(registry: Registry, model: Manifest, remark: Callable[[str], None]) -> Vectors | None:
    from recommender.fingerprint import FINGERPRINT_KEY
    from recommender.space import space

    if model.licence is None:
        remark(f"{model.name} ({model.short_id}) is left out: no licence of it is known")
        return None
    arrays = registry.fingerprint(model.id, FINGERPRINT_KEY)
    if arrays is None:
        remark(f"{model.name} ({model.short_id}) is left out: it has no fingerprint")
        return None
    return {kind: space(kind).place(arrays[kind]) for kind in KINDS}


def _packs(
    registry: Registry, models: Sequence[Manifest], folder: Path, entries: list[ShelfModel]
) -> Iterator[Pack]:
    """Write the packs, and note an entry for each model."""
    size = digits_for(len(models), MODELS_IN_PACK)
    for digits, group in groupby(models, key=lambda model: model.id[:size]):
        files = {model.id: _files(registry, model) for model in group}
        entries += [
            entry_of(model, hashlib.sha256(files[model.id][MANIFEST_NAME]).hexdigest())
            for model in models[len(entries) : len(entries) + len(files)]
        ]
        data = pack_bytes(files)
        if len(data) > MAX_PACK_BYTES:
            raise BadRequest(
                f"the models {', '.join(i[:12] for i in files)} have {len(data)} bytes together, and at most "
                f"{MAX_PACK_BYTES} go into a pack; push them one by one, without --all"
            )
        pack = Pack(digits=digits, file=_record(data))
        _write(folder / pack.path, data)
        yield pack


def _parts(entries: Sequence[ShelfModel], points: dict[str, Vectors], folder: Path) -> Iterator[Part]:
    size = digits_for(len(entries), MODELS_IN_PART)
    for digits, group in groupby(entries, key=lambda entry: entry.id[:size]):
        models = tuple(group)
        listed = ShelfList(models=models).to_bytes()
        vectors = vectors_to_bytes([points[model.id] for model in models])
        part = Part(digits=digits, models=len(models), listed=_record(listed), vectors=_record(vectors))
        _write(folder / part.list_path, listed)
        _write(folder / part.vectors_path, vectors)
        yield part


def _files(registry: Registry, model: Manifest) -> dict[str, bytes]:
    """A model's own files, with a manifest that vouches for just these."""
    folder = registry.store.folder(model.id)
    data = {name: read_plain(folder / name, MAX_FILE_BYTES) for name in MODEL_FILES}
    records = {name: model.files[name] for name in MODEL_FILES}
    return {**data, MANIFEST_NAME: model.changed(files=records).to_bytes()}


def _record(data: bytes) -> FileRecord:
    return FileRecord(sha256=hashlib.sha256(data).hexdigest(), bytes=len(data))


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(data)
