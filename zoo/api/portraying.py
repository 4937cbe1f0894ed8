"""A model's own page."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from registry import Manifest, Registry
from registry.manifest import MANIFEST_NAME, manifest_from_bytes
from zoo.api.home import opened
from zoo.api.models import load_model

if TYPE_CHECKING:
    from zoo.portraying import Subject
    from zoo.snapshot import Snapshot


def write_model_report(
    model: str | Path,
    page: str | Path,
    capture: str | Path | None = None,
    *,
    dry: str | Path | None = None,
    wet: str | Path | None = None,
    before: str | Path | None = None,
    registry: Registry | None = None,
) -> Subject:
    """Write a page to hear and see a model, beside its device where a capture is given.

    Args:
        model: as `load_model` takes it.
        page: an .html file.
        capture: of the device, as `zoo.capture.load_capture` takes it.
        dry: likewise.
        wet: likewise.
        before: the model that this one was made from, such as the unpruned one; the page holds both beside
            one another.
        registry: the user's own zoo when absent.

    Raises:
        BadRequest: ``page`` is no .html, the capture has no dry side, or a model blows up on it.
        ModelFileError: the file or folder holds no model that can be read.
        NotInZoo: there is no such file, and no model of that name or id, or several.
        AudioError: a file is missing, unreadable or not audio.
        CaptureError: the capture is not usable.
        WriteError: the page cannot be written.
    """
    from zoo.capture import load_capture
    from zoo.portraying import portrait, subject_of
    from zoo.reports.page import check_page_path, write_page

    target = check_page_path(page)
    with opened(registry) as zoo:
        snapshot = load_model(model, registry=zoo)
        given = capture is not None or dry is not None or wet is not None
        taken = load_capture(capture, dry=dry, wet=wet, sample_rate=snapshot.sample_rate) if given else None
        earlier = None if before is None else load_model(before, registry=zoo)
        known = _manifest(model, snapshot, zoo)
        subject = subject_of(Path(model).name, snapshot, known, taken, earlier)
        write_page(target, portrait(subject, zoo))
    return subject


def _manifest(model: str | Path, snapshot: Snapshot, registry: Registry) -> Manifest | None:
    """What is known of the model: here, or by its folder."""
    known = registry.get(snapshot.digest)
    record = Path(model) / MANIFEST_NAME
    if known is None and record.is_file():
        told = manifest_from_bytes(record.read_bytes())
        return told if told.id == snapshot.digest else None
    return known
