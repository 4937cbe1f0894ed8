"""How models enter the zoo, wherever they come from: read, examined at the gate, stored; each gets a verdict.

Reading and examining run on all processors, storing runs in order, so that the same files always give the
same zoo. What is wrong with one model stops no other.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Literal, Protocol, TypeAlias

from registry.facts import Facts, describe
from registry.manifest import Manifest, Origin
from registry.quality import Quality
from registry.registry import Registry
from zoo.errors import ClusterError, EngineMissing, NetworkError, NotAModel, StoreError, ZooError

if TYPE_CHECKING:
    from zoo.snapshot import Snapshot

Status: TypeAlias = Literal[
    "imported", "already there", "same sound", "refused", "not a model", "not fetched"
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of one file.

    Attributes:
        path: the file, or the folder of a native model.
        status: "same sound" when the model was there under other names and now has one more.
        id, name: of the model in the zoo; None when there is none.
        reason: why it was refused or not fetched, or as what it was known already.
        findings: what is worth knowing of a model that was let in, a sentence each.
    """

    path: str
    status: Status
    id: str | None = None
    name: str | None = None
    reason: str | None = None
    findings: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """The same as plain JSON values."""
        return {**asdict(self), "findings": list(self.findings)}


@dataclass(frozen=True, eq=False)
class Arrival:
    """A model before the gate.

    Attributes:
        snapshot: the model.
        origin: the file it comes from; None for one that was made here.
        facts: what is said of it beside the file.
        told: the manifest it brought along.
        findings: what a person should know of how it was read.
    """

    snapshot: Snapshot
    origin: Origin | None
    facts: Facts | None = None
    told: Manifest | None = None
    findings: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Visitor:
    """A file that may be a model.

    Attributes:
        path: how the person knows it.
        read: the model in it, or at once what became of the file; called once, on any thread.
    """

    path: str
    read: Callable[[], Arrival | Imported]


class Examination(Protocol):
    """What the gate found out about one model. Both methods are called in order, on one thread."""

    def quality(self, described: Manifest) -> Quality:
        """The measurements, held against what is said of the model and against the models in the zoo."""

    def keep(self, manifest: Manifest) -> None:
        """The model is in the zoo now: keep what was computed for it."""


Gate: TypeAlias = "Callable[[Snapshot], Examination | None]"
"""Examines a model on any thread; None when that was done before. Raises RefusedModel."""


def enter_all(
    registry: Registry,
    visitors: Iterable[Visitor],
    *,
    gate: Gate | None = None,
    threads: int = 1,
    stop: Callable[[], None] = lambda: None,
) -> Iterator[Imported]:
    """Let visitors in, one after the other; the verdicts come in their order.

    Args:
        registry: where the models go.
        visitors: read a little ahead of what is stored.
        gate: without one, whatever can be read comes in.
        threads: that read and examine.
        stop: called at the end, however it comes, so that readers who wait for something give up.

    Raises:
        StoreError: the store cannot be written; what came in before stays.
        EngineMissing, ClusterError: the gate cannot hear anything.
    """
    if gate is None:
        for visitor in visitors:
            yield _stored(registry, visitor, *_examined(visitor, None))
        return
    pool = ThreadPoolExecutor(threads)
    try:
        waiting: deque[Any] = deque()
        for visitor in visitors:
            waiting.append((visitor, pool.submit(_examined, visitor, gate)))
            if len(waiting) > 2 * threads:
                first, job = waiting.popleft()
                yield _stored(registry, first, *job.result())
        for first, job in waiting:
            yield _stored(registry, first, *job.result())
    finally:
        stop()
        pool.shutdown(wait=True, cancel_futures=True)


def _examined(visitor: Visitor, gate: Gate | None) -> tuple[Arrival | Imported, Examination | None]:
    try:
        arrival = visitor.read()
        if gate is None or isinstance(arrival, Imported):
            return arrival, None
        return arrival, gate(arrival.snapshot)
    except (StoreError, EngineMissing, ClusterError):
        raise
    except NotAModel as error:
        return Imported(visitor.path, "not a model", reason=error.reason), None
    except NetworkError as error:
        return Imported(visitor.path, "not fetched", reason=_reason(visitor, error)), None
    except ZooError as error:
        return Imported(visitor.path, "refused", reason=_reason(visitor, error)), None


def _reason(visitor: Visitor, error: ZooError) -> str:
    return str(error).removeprefix(f"{visitor.path}: ")


def _stored(
    registry: Registry, visitor: Visitor, arrival: Arrival | Imported, examination: Examination | None
) -> Imported:
    if isinstance(arrival, Imported):
        return arrival
    known = registry.get(arrival.snapshot.digest)
    manifest, new, quality = store(registry, arrival, examination)
    found = (*arrival.findings, *(quality.sentences if quality else ()))
    if new:
        return Imported(visitor.path, "imported", manifest.id, manifest.name, findings=found)
    if known is not None and arrival.origin and arrival.origin.name not in known.names:
        reason = f"same sound as {known.name}, kept as another name"
        return Imported(visitor.path, "same sound", manifest.id, manifest.name, reason, found)
    return Imported(visitor.path, "already there", manifest.id, manifest.name, findings=found)


def store(
    registry: Registry, arrival: Arrival, examination: Examination | None
) -> tuple[Manifest, bool, Quality | None]:
    """Store an examined model with what was measured: its manifest, whether it is new, the measurements."""
    quality = None
    if examination is not None:
        said = describe(arrival.snapshot, {}, arrival.origin, arrival.facts)
        quality = examination.quality(said)
    manifest, new = registry.add(
        arrival.snapshot, origin=arrival.origin, facts=arrival.facts, quality=quality, told=arrival.told
    )
    if examination is not None:
        examination.keep(manifest)
    return manifest, new, quality
