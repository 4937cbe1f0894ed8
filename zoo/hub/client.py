"""The Hub as this project uses it: the official client, with its failures turned into one sentence each.

Tokens are the client's business alone: it finds them (HF_TOKEN, or its own file), and it sends them. They are
kept out of every sentence, even where a server repeats one (`zoo.hub.asking.redacted`).
"""

from __future__ import annotations

import hashlib
import re
import warnings
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

from registry.manifest import FileRecord
from registry.plain_files import read_plain
from zoo.errors import BadRequest, StoreError, WrongContent
from zoo.hub.address import Address
from zoo.hub.asking import ask

if TYPE_CHECKING:
    from huggingface_hub import CommitOperationAdd, CommitOperationDelete

T = TypeVar("T")
_COMMIT = re.compile(r"[0-9a-f]{40}")


@dataclass(frozen=True, slots=True)
class Listed:
    """A file as the Hub lists it.

    Attributes:
        size: bytes.
        blob: git's hash of it or, of a large file, of the pointer to it.
        sha256: of a large file.
    """

    size: int
    blob: str
    sha256: str | None = None

    def is_of(self, data: bytes) -> bool:
        """Whether these are the bytes of this file, which is not a large one."""
        sha = hashlib.sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False)
        return sha.hexdigest() == self.blob

    def fits(self, record: FileRecord) -> bool:
        """Whether nothing that the Hub says of this file speaks against it."""
        return self.size == record.bytes and self.sha256 in (None, record.sha256)


class HubClient:
    """The Hub. Every method raises:

    - NetworkError: it cannot be reached, or does not answer as it should; trying again later may help.
    - BadRequest: there is no such repository, revision or file, or the token does not allow it.
    - StoreError: the client's cache cannot be written.

    Args:
        offline: answer from the cache alone; HF_HUB_OFFLINE does the same.
    """

    def __init__(self, *, offline: bool = False) -> None:
        from huggingface_hub import HfApi, constants
        from huggingface_hub.utils import logging
        from huggingface_hub.utils.tqdm import disable_progress_bars

        disable_progress_bars()  # what is worth hearing is said by us, and nothing under --quiet
        logging.set_verbosity_error()  # type: ignore[no-untyped-call]
        warnings.filterwarnings("ignore", module="huggingface_hub")
        self.api = HfApi(library_name="tonezoo", library_version=version("tonezoo"))
        self.offline = offline or bool(constants.HF_HUB_OFFLINE)
        _check_endpoint(self.api.endpoint)

    def commit_of(self, address: Address, file: str) -> str:
        """The commit that a revision is at, in full; offline, the one whose ``file`` is kept."""
        if not self.offline:
            info = self.ask(
                f"{address}", lambda: self.api.model_info(address.repo, revision=address.revision)
            )
            commit = str(info.sha)
        else:
            commit = self._kept(address, file).parent.name
        if not _COMMIT.fullmatch(commit):
            raise WrongContent(f"{address}: {commit[:80]!r} is no commit; 40 hexadecimal digits are expected")
        return commit

    def listing(self, address: Address, paths: Sequence[str]) -> dict[str, Listed]:
        """What the Hub says of those ``paths`` that are files of the repository; nothing, offline."""
        if self.offline:
            return {}
        found = self.ask(
            f"{address}",
            lambda: self.api.get_paths_info(address.repo, list(paths), revision=address.revision),
        )
        return {path: file for path, file in _listed(found).items() if path in paths}

    def tree(self, address: Address) -> dict[str, Listed]:
        """What the Hub says of every file of the repository."""
        return self.ask(
            f"{address}",
            lambda: _listed(self.api.list_repo_tree(address.repo, recursive=True, revision=address.revision)),
        )

    def read(self, address: Address, path: str, limit: int, *, again: bool = False) -> bytes:
        """The content of a file of at most ``limit`` bytes; ``again`` fetches it anew."""
        file = self._file(address, path, again=again)
        try:
            return read_plain(file, limit)
        except StoreError as error:
            raise WrongContent(f"{address}: {path} is not as it must be ({error})") from error

    def forget(self, address: Address, path: str) -> None:
        """Drop a file from the client's cache, so that nobody takes damaged bytes from there."""
        from huggingface_hub import try_to_load_from_cache

        cached = try_to_load_from_cache(address.repo, path, revision=address.revision)
        if isinstance(cached, str):
            link = Path(cached)
            try:
                link.resolve().unlink(missing_ok=True)
                link.unlink(missing_ok=True)
            except OSError as error:
                raise StoreError(
                    f"{link} holds wrong bytes and cannot be removed ({error.strerror})"
                ) from error

    def _file(self, address: Address, path: str, *, again: bool = False) -> Path:
        """The file itself, proved to lie inside the cache."""
        from huggingface_hub import constants

        file = self._kept(address, path, again=again).resolve()
        root = Path(constants.HF_HUB_CACHE).resolve()
        if not file.is_relative_to(root):
            raise WrongContent(f"{address}: {path} leads out of the cache at {root}; refused")
        return file

    def _kept(self, address: Address, path: str, *, again: bool = False) -> Path:
        """Where the cache keeps a file: a link, in a folder named by the commit."""
        kept = self.ask(
            f"{address}: {path}",
            lambda: self.api.hf_hub_download(
                address.repo,
                path,
                revision=address.revision,
                local_files_only=self.offline,
                force_download=again and not self.offline,
            ),
        )
        return Path(str(kept))

    def commit(
        self,
        repo: str,
        operations: Iterable[CommitOperationAdd | CommitOperationDelete],
        message: str,
        parent: str,
    ) -> str:
        """One commit on top of ``parent`` or none at all; its id."""
        made = self.ask(
            repo,
            lambda: self.api.create_commit(
                repo, list(operations), commit_message=message, parent_commit=parent
            ),
            once=True,
        )
        return str(made.oid)

    def ask(self, what: str, call: Callable[[], T], *, once: bool = False) -> T:
        """What ``call`` returns; see `zoo.hub.asking.ask`."""
        return ask(what, call, offline=self.offline, once=once)


def _listed(found: Iterable[Any]) -> dict[str, Listed]:
    """The files among what the Hub lists; folders have no size."""
    files = [file for file in found if isinstance(getattr(file, "size", None), int)]
    return {file.path: Listed(file.size, file.blob_id, file.lfs and file.lfs.sha256) for file in files}


def _check_endpoint(endpoint: str) -> None:
    """A token must not travel in the clear."""
    parts = urlsplit(endpoint)
    plain = parts.scheme == "http" and parts.hostname in ("127.0.0.1", "::1", "localhost")
    if not (parts.scheme == "https" or plain) or parts.username or parts.password:
        raise BadRequest(
            f"HF_ENDPOINT is {parts.scheme}://{parts.hostname}, which is not to be trusted; https is "
            "expected, or http on this machine"
        )
