"""Makes a shelf of many models of the zoo, ready to be pushed."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from registry import Manifest, Registry
from registry.manifest import MANIFEST_NAME, FileRecord
from registry.plain_files import MAX_FILE_BYTES, read_plain
from zoo.errors import BadRequest
from zoo.hub.address import Address
from zoo.hub.bundle import CARD_NAME, MODEL_FILES
from zoo.hub.card import LIBRARY
from zoo.hub.card_edit import merged
from zoo.hub.shelf import KINDS, SHELF_NAME, VECTORS_NAME, Shelf, ShelfModel, entry_of, key_of_vectors
from zoo.hub.text import markdown

MOST_PUSHED = 2000  # models in one commit


@dataclass(frozen=True, eq=False)
class ShelfBundle:
    """What a push of a shelf uploads: path -> content, all but the card."""

    address: Address
    shelf: Shelf
    files: dict[str, bytes]

    def with_card(self, old: bytes | None = None) -> dict[str, bytes]:
        """All files, sorted by path; ``old`` is the card that is there."""
        front = f"library_name: {LIBRARY}\npipeline_tag: audio-to-audio\nlicense: other\ntags:\n- whole-zoo\n"
        return dict(sorted({**self.files, CARD_NAME: merged(front, self._page(), old)}.items()))

    def _page(self) -> str:
        rows = [
            _row(m.name, m.device or "unknown", m.gain_class or "unknown", m.architecture, m.licence)
            for m in self.shelf.models[:200]
        ]
        repo = self.address.repo
        return "\n".join([
            f"# {markdown(self.address.name)}",
            "",
            f"{len(self.shelf.models)} neural models of guitar amps and pedals, each under its own licence.",
            "",
            f"```bash\nzoo pull {repo} --index-only\nzoo search --like capture.wav --in {repo}",
            f"zoo pull {repo} --only NAME\n```",
            "",
            "| name | device | gain class | architecture | licence |\n|---|---|---|---|---|",
            *rows,
        ])  # fmt: skip


def _row(*words: str) -> str:
    return f"| {' | '.join(map(markdown, words))} |"


def shelf_of(
    registry: Registry, models: Iterable[Manifest], address: Address, remark: Callable[[str], None]
) -> ShelfBundle:
    """A shelf of those models that have a licence and a fingerprint; the others are remarked on.

    Raises:
        BadRequest: none is left, or they are too many for one commit.
    """
    from safetensors.numpy import save

    from recommender.space import space

    entries: list[ShelfModel] = []
    points: dict[str, list[npt.NDArray[np.float32]]] = {"paired": [], "wet": []}
    files: dict[str, bytes] = {}
    for model in sorted(models, key=lambda model: model.id):
        arrays = _fingerprint(registry, model, remark)
        if arrays is None:
            continue
        theirs = _files(registry, model)
        entry = entry_of(model, hashlib.sha256(theirs[MANIFEST_NAME]).hexdigest())
        entries.append(entry)
        files |= {f"{entry.folder}/{name}": data for name, data in theirs.items()}
        for kind in KINDS:
            points[kind].append(space(kind).place(arrays[kind]))
    if not 0 < len(entries) <= MOST_PUSHED:
        raise BadRequest(f"{len(entries)} models would be pushed; 1 to {MOST_PUSHED} fit into one commit")
    vectors = save({kind: np.stack(rows).astype(np.float32) for kind, rows in points.items()})
    record = FileRecord(sha256=hashlib.sha256(vectors).hexdigest(), bytes=len(vectors))
    shelf = Shelf(key=key_of_vectors(), vectors=record, models=tuple(entries))
    return ShelfBundle(address, shelf, {**files, VECTORS_NAME: vectors, SHELF_NAME: shelf.to_bytes()})


def _fingerprint(
    registry: Registry, model: Manifest, remark: Callable[[str], None]
) -> dict[str, npt.NDArray[np.generic]] | None:
    from recommender.fingerprint import FINGERPRINT_KEY

    if model.licence is None:
        remark(f"{model.name} ({model.short_id}) is left out: no licence of it is known")
        return None
    arrays = registry.fingerprint(model.id, FINGERPRINT_KEY)
    if arrays is None:
        remark(f"{model.name} ({model.short_id}) is left out: it has no fingerprint")
    return arrays


def _files(registry: Registry, model: Manifest) -> dict[str, bytes]:
    """A model's own files, with a manifest that vouches for just these."""
    folder = registry.store.folder(model.id)
    data = {name: read_plain(folder / name, MAX_FILE_BYTES) for name in MODEL_FILES}
    records = {name: model.files[name] for name in MODEL_FILES}
    return {**data, MANIFEST_NAME: model.changed(files=records).to_bytes()}
