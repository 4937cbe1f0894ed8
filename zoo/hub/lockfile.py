"""``zoo.lock``: which models came from the Hub, at which commits, so that others get the same ones."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, ValidationError, model_validator

from registry.fields import Commit, Sha256, Strict, complaint
from registry.plain_files import read_plain
from zoo.errors import BadRequest, StoreError
from zoo.files import write_atomically
from zoo.hub.address import Address, checked_repo

LOCK_NAME = "zoo.lock"
MAX_LOCK_BYTES = 16 << 20


def _repo(text: str) -> str:
    try:
        return checked_repo(text)
    except BadRequest as error:
        raise ValueError(str(error)) from error


class Locked(Strict):
    """One model: where it is, and what its manifest must be to the byte."""

    repo: Annotated[str, Field(max_length=200), AfterValidator(_repo)]
    commit: Commit
    id: Sha256
    manifest: Sha256 = Field(description="sha-256 of the repository's zoo.json, which vouches for all else")

    @property
    def address(self) -> Address:
        """Where it is fetched from."""
        return Address(self.repo, self.commit)


class Lockfile(Strict):
    """All of them, each repository once, sorted."""

    version: Literal[1] = 1
    models: tuple[Locked, ...] = Field(default=(), max_length=100_000)

    @model_validator(mode="after")
    def _sound(self) -> Lockfile:
        repos = [model.repo for model in self.models]
        if repos != sorted(set(repos)):
            raise ValueError("the models must be sorted by repository, each once")
        return self

    def with_models(self, models: Iterable[Locked]) -> Lockfile:
        """A copy in which these replace those of the same repositories."""
        known = {model.repo: model for model in (*self.models, *models)}
        return Lockfile(models=tuple(known[repo] for repo in sorted(known)))

    def write(self, path: Path) -> None:
        """Write it whole or not at all; the same models give the same bytes."""
        write_atomically(path, (self.model_dump_json(indent=2) + "\n").encode())


def read_lockfile(path: Path) -> Lockfile:
    """The lockfile at ``path``.

    Raises:
        BadRequest: it is missing or damaged; the sentence names the field.
    """
    try:
        return Lockfile.model_validate_json(read_plain(path, MAX_LOCK_BYTES))
    except StoreError as error:
        raise BadRequest(f"{error}; `zoo pull owner/name --lock` writes one") from error
    except ValidationError as error:
        raise BadRequest(f"{path} is damaged at {complaint(error)}; restore it or write it anew") from error
