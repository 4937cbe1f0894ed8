"""All files of a model's repository, in memory, with the manifest that vouches for them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

from registry import Registry
from registry.manifest import MANIFEST_NAME, FileRecord, Manifest, Place
from registry.plain_files import MAX_FILE_BYTES, read_plain
from zoo.capture import Capture
from zoo.errors import BadRequest
from zoo.hub import card
from zoo.hub.address import HOST, Address, is_repo
from zoo.hub.attachments import Samples, audio_files, exports_of, pictures, samples_of
from zoo.hub.card_edit import merged
from zoo.hub.text import plain
from zoo.preferences import preference

CARD_NAME = "README.md"
MODEL_FILES = ("config.json", "model.safetensors")


@dataclass(frozen=True, eq=False)
class Bundle:
    """What a push uploads.

    Attributes:
        address: of the repository.
        manifest: with a record of every file but the card and itself.
        files: path -> content, all but the card.
        front, page: of the card, before it is put into the one that is there.
    """

    address: Address
    manifest: Manifest
    files: dict[str, bytes]
    front: str
    page: str

    def with_card(self, old: bytes | None = None) -> dict[str, bytes]:
        """All files, sorted by path; ``old`` is the card that is there."""
        return dict(sorted({**self.files, CARD_NAME: merged(self.front, self.page, old)}.items()))


def bundle(
    registry: Registry,
    model: Manifest,
    address: Address,
    *,
    licence: str | None = None,
    capture: Capture | None = None,
    remark: Callable[[str], None] = lambda _: None,
) -> Bundle:
    """Make all files of a model's repository.

    Args:
        registry: where the model and perhaps its parent are.
        model: which.
        address: of the repository.
        licence: given by hand; otherwise the model's own, or what `zoo config licence` says.
        capture: for the samples.
        remark: hears which plugins cannot hold the model.

    Raises:
        BadRequest: no licence is known.
        StoreError: the model is damaged.
    """
    parent = registry.get(model.parent) if model.parent else None
    manifest = _shared(model, address, licence, _place_of(parent) or model.parent_at)
    snapshot = registry.load(model.id)
    samples = samples_of(snapshot, capture)
    files = {name: _stored(registry, manifest, name) for name in MODEL_FILES}
    files |= exports_of(snapshot, remark)
    files |= audio_files(samples, snapshot.sample_rate)
    files |= pictures(snapshot, manifest)
    records = {path: _record(files[path]) for path in sorted(files)}
    manifest = manifest.changed(files=records)
    files[MANIFEST_NAME] = manifest.to_bytes()
    told = _told(manifest, parent, address, tuple(sorted(files)), samples)
    return Bundle(address, manifest, files, card.front_matter(manifest, told), card.page(manifest, told))


def _place_of(parent: Manifest | None) -> Place | None:
    """Where the parent is on the Hub, as far as it is in the zoo and was ever pushed or pulled."""
    for origin in parent.origins if parent else ():
        if origin.commit and (origin.repository or "").startswith(f"{HOST}/"):
            return Place(repository=origin.repository or "", commit=origin.commit)
    return None


def _shared(model: Manifest, address: Address, licence: str | None, parent_at: Place | None) -> Manifest:
    """The manifest as strangers see it: with a licence, and without a word of this very repository."""
    if licence is None and model.licence is None:
        licence = preference("licence")
    if licence is not None:
        model = model.changed(
            licence=plain(licence) or None, facts_from={**model.facts_from, "licence": "user"}
        )
    if model.licence is None:
        raise BadRequest(
            f"no licence of {model.name} is known, so nobody may use what you push; add --licence, such as "
            "--licence CC-BY-4.0 (yours to give only if the capture and the parent are), or decide it once "
            "with `zoo config licence CC-BY-4.0`"
        )
    origins = tuple(origin for origin in model.origins if origin.repository != address.place)
    return model.changed(origins=origins, parent_at=parent_at)


def _stored(registry: Registry, manifest: Manifest, name: str) -> bytes:
    return read_plain(registry.store.folder(manifest.id) / name, MAX_FILE_BYTES)


def _record(data: bytes) -> FileRecord:
    return FileRecord(sha256=hashlib.sha256(data).hexdigest(), bytes=len(data))


def _told(
    manifest: Manifest, parent: Manifest | None, address: Address, files: tuple[str, ...], samples: Samples
) -> card.Told:
    place = manifest.parent_at.repository if manifest.parent_at else ""
    repo = place.removeprefix(f"{HOST}/") if place.startswith(f"{HOST}/") else None
    return card.Told(
        address.repo,
        files,
        repo if repo and is_repo(repo) else None,
        parent.name if parent else None,
        samples.capture_seconds,
        samples.capture_esr,
    )
