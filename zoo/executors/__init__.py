"""Where heavy work is done: on this machine, or on all machines of a Ray cluster; with the same results.

Whoever has work to do keeps threads of its own, one for each call that may be under way, and hands every call
to an executor. `Local` does it on the calling thread: the engine and the kernels let other threads run.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import ParamSpec, Protocol, TypeVar

from zoo.engine import processors

P = ParamSpec("P")
T = TypeVar("T")


class Executor(Protocol):
    """Does calls, several at once."""

    @property
    def slots(self) -> int:
        """How many calls are worth having under way."""

    def call(self, function: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """What ``function`` returns, or raises; waits for it, on any thread.

        Args:
            function: of a module, without side effects: it may be called more than once.
            args: values that can be pickled.
            kwargs: the same.
        """


class Local:
    """This machine."""

    @property
    def slots(self) -> int:
        """The processors that this process may use."""
        return processors()

    def call(self, function: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """On this very thread."""
        return function(*args, **kwargs)


LOCAL = Local()


@contextmanager
def executor(address: str | None, remark: Callable[[str], None] = lambda _: None) -> Iterator[Executor]:
    """This machine, or the Ray cluster at ``address`` for as long as it is needed.

    Args:
        address: None for this machine; "auto", "host:port" or "ray://host:port" as Ray has it.
        remark: hears when a machine of the cluster is lost.

    Raises:
        PackageMissing: Ray is not installed.
        ClusterError: no cluster answers there.
    """
    if address is None:
        yield LOCAL
        return
    from zoo.executors.ray_cluster import connected

    with connected(address, remark) as cluster:
        yield cluster


__all__ = ["LOCAL", "Executor", "Local", "executor"]
