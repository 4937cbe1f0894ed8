"""Work on the machines of a Ray cluster, which all have the same tonezoo installed.

A machine may go at any time: what it was working on is done again elsewhere, and if there is nowhere else,
here. Values travel as pickles, so a cluster is trusted as this machine is.
"""

from __future__ import annotations

import logging
import os
import pickle
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stdout
from functools import cache
from importlib.metadata import version as version_of
from pathlib import Path
from threading import Lock
from typing import Any, ParamSpec, TypeVar
from urllib.parse import urlsplit

from zoo.errors import ClusterError, PackageMissing, ZooError

P = ParamSpec("P")
T = TypeVar("T")
RETRIES = 5  # machines that may be lost under one call before it is done here
AHEAD = 2  # calls for each processor, so that none waits for us
ANSWERS_S = 5.0


class RayCluster:
    """A cluster that this process is connected to.

    Args:
        ray: the package.
        remark: hears when a machine is lost.
    """

    def __init__(self, ray: Any, remark: Callable[[str], None]) -> None:
        self._ray, self._remark = ray, remark
        self._task = ray.remote(num_cpus=1, max_retries=RETRIES)(_call)
        self._lock = Lock()
        self._alive = self._count()

    @property
    def slots(self) -> int:
        """Calls that keep every processor of the cluster at work."""
        return max(AHEAD * int(self._ray.cluster_resources().get("CPU", 0)), 1)

    def call(self, function: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """On whatever machine is free; again on another if that one is lost.

        Raises:
            ClusterError: a machine has no tonezoo, or another version of it.
        """
        exceptions = self._ray.exceptions
        try:
            answer = self._ray.get(self._task.remote(pickle.dumps((function, args, kwargs)), own_version()))
        except exceptions.RayTaskError as error:
            raise _failure(error) from error
        except exceptions.RayError as error:
            self._remark(f"the cluster could not do a call, so it is done here ({_first_line(error)})")
            return function(*args, **kwargs)
        self._look_around()
        result, failure = pickle.loads(answer)  # noqa: S301 - from our own function on a trusted machine
        if failure is not None:
            raise failure
        made: T = result
        return made

    def _count(self) -> int:
        return sum(bool(node["Alive"]) for node in self._ray.nodes())

    def _look_around(self) -> None:
        """Say once when a machine is gone."""
        with self._lock:
            before, self._alive = self._alive, self._count()
            if self._alive < before:
                self._remark(
                    f"of {before} machines of the cluster {self._alive} are left; "
                    "what the others were working on is done again"
                )


@cache
def own_version() -> str:
    """Of tonezoo on this machine."""
    return version_of("tonezoo")


def _call(work: bytes, version: str) -> bytes:
    """On a machine of the cluster: a result or an expected failure, pickled."""
    if version != own_version():
        raise ClusterError(
            f"a machine of the cluster has tonezoo {own_version()} and this one {version}; "
            "install the same on all of them"
        )
    function, args, kwargs = pickle.loads(work)  # noqa: S301 - from our own process
    from threadpoolctl import threadpool_limits

    try:
        with threadpool_limits(1, user_api="blas"):
            return pickle.dumps((function(*args, **kwargs), None))
    except ZooError as error:
        return pickle.dumps((None, error))


@contextmanager
def connected(address: str, remark: Callable[[str], None]) -> Iterator[RayCluster]:
    """The cluster at an address; a program that is connected already stays so.

    Raises:
        PackageMissing: Ray is not installed.
        ClusterError: no cluster answers there.
    """
    ray = ray_package()
    if ray.is_initialized():
        yield RayCluster(ray, remark)
        return
    _ask(address)
    # Ray prints on our stdout when a machine is lost; stdout is for data, and we say it ourselves.
    with Path(os.devnull).open("w") as nowhere, redirect_stdout(nowhere):
        try:
            ray.init(
                address=address, namespace="tonezoo", log_to_driver=False, logging_level=logging.CRITICAL
            )
        except (Exception, SystemExit) as error:
            raise ClusterError(f"no Ray cluster can be used at {address} ({_first_line(error)})") from error
        try:
            yield RayCluster(ray, remark)
        finally:
            ray.shutdown()


def ray_package() -> Any:
    """The package ``ray``, which is optional.

    Raises:
        PackageMissing: it is not installed.
    """
    try:
        import ray
    except ImportError as error:
        raise PackageMissing(
            "a Ray cluster needs a package that is not installed; pip install 'tonezoo[cluster]'"
        ) from error
    return ray


def _ask(address: str) -> None:
    """Whether anybody answers there: Ray itself would try for two minutes, and then end the process."""
    parts = urlsplit(address if "://" in address else f"//{address}")
    try:
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise ClusterError(
            f"{address} is no address of a Ray cluster ({error}); host:port is expected"
        ) from error
    if host is None or port is None:
        if address in ("auto", "local"):
            return
        raise ClusterError(f'{address} is no address of a Ray cluster; "auto" or host:port is expected')
    try:
        socket.create_connection((host, port), ANSWERS_S).close()
    except OSError as error:
        raise ClusterError(
            f"no Ray cluster answers at {address} ({error.strerror or error}); `ray start --head` starts one"
        ) from error


def _failure(error: Any) -> Exception:
    """What a call raised over there, as it would have been raised here."""
    cause = error.cause
    if isinstance(cause, ZooError):
        return cause
    if isinstance(cause, ModuleNotFoundError) or "failed to import" in str(error):
        missing = getattr(cause, "name", None) or "tonezoo"
        return ClusterError(
            f"a machine of the cluster has no {missing}; install the same tonezoo on all of them"
        )
    return cause if isinstance(cause, Exception) else RuntimeError(str(error))


def _first_line(error: BaseException) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:200]
