"""How repositories on the Hub are named: ``owner/name``, ``owner/name@revision``."""

from __future__ import annotations

import re
from dataclasses import dataclass

from zoo.errors import BadRequest

HOST = "hf.co"
_WORD = r"[A-Za-z0-9](?:[A-Za-z0-9._-]{0,94}[A-Za-z0-9])?"
_REPO = re.compile(rf"{_WORD}/{_WORD}")
_REVISION = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._/-]{0,198}[A-Za-z0-9])?")


@dataclass(frozen=True, slots=True)
class Address:
    """A repository on the Hub, at a branch, tag or commit (None is its main branch)."""

    repo: str
    revision: str | None = None

    def __str__(self) -> str:
        return f"{self.repo}@{self.revision}" if self.revision else self.repo

    @property
    def name(self) -> str:
        """The repository's name without its owner."""
        return self.repo.split("/")[1]

    @property
    def place(self) -> str:
        """How manifests name the repository; no collection is called so."""
        return f"{HOST}/{self.repo}"


def is_address(text: str) -> bool:
    """Whether a person means a repository on the Hub and not a collection, whose names have no slash."""
    return "/" in text


def parse_address(text: str) -> Address:
    """The address that a person wrote.

    Raises:
        BadRequest: it is none.

    >>> str(parse_address("owner/name@v1"))
    'owner/name@v1'
    """
    repo, at, revision = text.partition("@")
    return Address(checked_repo(repo), _checked_revision(revision) if at else None)


def is_repo(text: str) -> bool:
    """Whether ``text`` is owner/name and nothing else."""
    return bool(_REPO.fullmatch(text)) and ".." not in text and "--" not in text and not text.endswith(".git")


def checked_repo(repo: str) -> str:
    """``repo`` itself, if it is owner/name and nothing else.

    Raises:
        BadRequest: it is not.
    """
    if not is_repo(repo):
        raise BadRequest(
            f"{repo[:200]!r} is no repository of the Hub; owner/name is expected, in letters, digits, . - _"
        )
    return repo


def _checked_revision(revision: str) -> str:
    if not _REVISION.fullmatch(revision) or ".." in revision or "//" in revision:
        raise BadRequest(
            f"{revision[:200]!r} is no revision; a branch, a tag or a commit is expected after @"
        )
    return revision
