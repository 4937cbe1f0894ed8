"""What a Hub keeps: repositories, their commits, branches and large files. No HTTP here."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from typing import Any

import yaml

GIT_ATTRIBUTES = b"*.safetensors filter=lfs diff=lfs merge=lfs -text\n"
LARGE = 10_000_000
MOST_PREUPLOADED = 256


@dataclass(frozen=True)
class File:
    """A file in a commit; ``lfs`` is the sha-256 of one that is kept apart."""

    data: bytes
    lfs: str | None = None

    @property
    def oid(self) -> str:
        content = self.data if self.lfs is None else self.pointer
        return hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()

    @property
    def pointer(self) -> bytes:
        return (
            f"version https://git-lfs.github.com/spec/v1\noid sha256:{self.lfs}\nsize {len(self.data)}\n"
        ).encode()


def is_large(path: str, size: int) -> bool:
    """Whether the Hub would keep such a file apart."""
    return path.endswith(".safetensors") or size > LARGE


def file_of(path: str, data: bytes) -> File:
    """A file as the Hub would keep it."""
    large = is_large(path, len(data))
    return File(data, hashlib.sha256(data).hexdigest() if large else None)


@dataclass
class Repo:
    """A model repository. ``commits`` maps a commit to its files; ``refs`` a branch or tag to its commit."""

    id: str
    private: bool = False
    commits: dict[str, dict[str, File]] = field(default_factory=dict)
    refs: dict[str, str] = field(default_factory=dict)
    tags: set[str] = field(default_factory=set)
    log: list[str] = field(default_factory=list)

    @property
    def files(self) -> dict[str, bytes]:
        """Path -> content at the head of main."""
        return {path: file.data for path, file in self.commits[self.refs["main"]].items()}

    @property
    def head(self) -> str:
        return self.refs["main"]

    def commit(self, files: dict[str, File], title: str, branch: str = "main") -> str:
        parent = self.refs.get(branch, self.id)
        tree = sorted((path, file.oid) for path, file in files.items())
        sha = hashlib.sha1(f"{parent}{tree}{title}".encode()).hexdigest()
        self.commits[sha], self.refs[branch] = files, sha
        self.log.append(title)
        return sha

    def edit(self, changes: dict[str, bytes | None], title: str = "by hand") -> str:
        """Somebody else's commit, of files of any name and content; None deletes."""
        files = dict(self.commits[self.head])
        for path, data in changes.items():
            if data is None:
                del files[path]
            else:
                files[path] = file_of(path, data)
        return self.commit(files, title)

    def resolve(self, revision: str) -> str | None:
        sha = self.refs.get(revision, revision)
        return sha if sha in self.commits else None

    def card(self, sha: str) -> dict[str, Any]:
        """The front matter of README.md."""
        readme = self.commits[sha].get("README.md")
        match = re.match(rb"^---\s*\n(.*?)\n---", readme.data, re.S) if readme else None
        try:
            card = yaml.safe_load(match.group(1)) if match else {}
        except (yaml.YAMLError, RecursionError):
            card = {}
        return card if isinstance(card, dict) else {}

    def info(self, sha: str) -> dict[str, Any]:
        """The repository as the Hub's interface describes it."""
        card = self.card(sha)
        tags = [str(tag) for tag in card.get("tags") or []]
        tags += [str(card["library_name"])] if card.get("library_name") else []
        tags += [f"license:{card['license']}"] if card.get("license") else []
        return {
            "_id": "x", "id": self.id, "modelId": self.id, "author": self.id.split("/")[0], "sha": sha,
            "lastModified": "2026-01-01T00:00:00.000Z", "createdAt": "2026-01-01T00:00:00.000Z",
            "private": self.private, "gated": False, "disabled": False, "downloads": 0, "likes": 0,
            "tags": tags, "library_name": card.get("library_name"), "pipeline_tag": card.get("pipeline_tag"),
            "cardData": card, "siblings": [{"rfilename": path} for path in sorted(self.commits[sha])],
        }  # fmt: skip

    def entry(self, sha: str, path: str) -> dict[str, Any]:
        """A file as the Hub's interface lists it."""
        file = self.commits[sha][path]
        entry: dict[str, Any] = {"type": "file", "path": path, "oid": file.oid, "size": len(file.data)}
        if file.lfs is not None:
            entry["lfs"] = {"oid": file.lfs, "size": len(file.data), "pointerSize": len(file.pointer)}
        return entry


def new_repo(repo_id: str, *, private: bool = False) -> Repo:
    """A repository as the Hub creates it: one commit, of .gitattributes."""
    repo = Repo(repo_id, private)
    repo.commit({".gitattributes": File(GIT_ATTRIBUTES)}, "initial commit")
    return repo
