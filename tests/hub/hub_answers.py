"""The Hub's protocol for model repositories: one function for each call, in a table."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from hub_repos import MOST_PREUPLOADED, File, Repo, file_of, is_large, new_repo

if TYPE_CHECKING:
    from hub_server import Hub

PAGE = 2  # models on a page of a list


@dataclass(frozen=True)
class Request:
    method: str
    path: str
    query: dict[str, list[str]]
    body: bytes
    signed: bool
    url: str


@dataclass
class Answer:
    status: int
    document: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    raw: bytes | None = None

    @property
    def body(self) -> bytes:
        if self.raw is not None:
            return self.raw
        return b"" if self.document is None else json.dumps(self.document).encode()


def answer(hub: Hub, request: Request) -> Answer:
    """What the Hub says; a request that is not in the table, or not as it must be, is a complaint."""
    for method, pattern, needs, call in _CALLS:
        match = re.fullmatch(pattern, request.path)
        if not match or request.method not in method.split():
            continue
        if needs == "token" and not request.signed:
            return _error(401, "", "Invalid username or password.")
        named = match.groupdict()
        if "id" not in named:
            return call(hub, request, **named)
        repo = hub.repos.get(named.pop("id"))
        if repo is None or (repo.private and not request.signed):
            return _error(401, "RepoNotFound", "Repository not found")
        return call(hub, request, repo, **named)
    return _complain(hub, 404, f"no such call: {request.method} {request.path}")


def _complain(hub: Hub, status: int, what: str) -> Answer:
    hub.complaints.append(what)
    return _error(status, "", what)


def _error(status: int, code: str, message: str, **headers: str) -> Answer:
    more = {"X-Error-Code": code, "X-Error-Message": message} if code else {}
    return Answer(status, {"error": message}, {**more, **headers})


def _whoami(hub: Hub, request: Request) -> Answer:
    return Answer(200, {"type": "user", "name": "me", "orgs": [], "auth": {"accessToken": {"role": "write"}}})


def _programs(hub: Hub, request: Request) -> Answer:
    """The client asks once a day which programs it may be run by, for its User-Agent; the list is empty."""
    return Answer(200, {"standardEnvVars": [], "harnesses": {}})


def _validate(hub: Hub, request: Request) -> Answer:
    if set(json.loads(request.body)) != {"content", "repoType"}:
        return _complain(hub, 400, "validate-yaml: content and repoType are expected")
    return Answer(200, {"errors": [], "warnings": []})


def _create(hub: Hub, request: Request) -> Answer:
    wanted = json.loads(request.body)
    repo_id = f"{wanted.get('organization') or 'me'}/{wanted['name']}"
    place = {"url": f"{request.url}/{repo_id}"}
    if repo_id in hub.repos:
        return Answer(409, {"error": "You already created this model repo", **place})
    private = wanted.get("visibility") == "private" or bool(wanted.get("private"))
    hub.repos[repo_id] = new_repo(repo_id, private=private)
    return Answer(200, {**place, "id": "x", "name": repo_id})


def _list(hub: Hub, request: Request) -> Answer:
    query = request.query
    found = []
    for repo in hub.repos.values():
        info = repo.info(repo.head)
        wanted = set(query.get("filter", []))
        hit = wanted <= set(info["tags"]) and query.get("search", [""])[0].lower() in repo.id.lower()
        if hit and query.get("author", [info["author"]])[0] == info["author"] and not repo.private:
            found.append(info)
    start = int(query.get("cursor", ["0"])[0])
    if start + PAGE >= len(found):
        return Answer(200, found[start : start + PAGE])
    more = [(key, value) for key, values in query.items() if key != "cursor" for value in values]
    link = f"{request.url}/api/models?{urlencode([*more, ('cursor', str(start + PAGE))])}"
    return Answer(200, found[start : start + PAGE], {"Link": f'<{link}>; rel="next"'})


def _collection(hub: Hub, request: Request, slug: str) -> Answer:
    if slug not in hub.collections:
        return _error(404, "", "Collection not found")
    items = [
        {"_id": str(n), "id": repo_id, "type": "model", "position": n, "repoType": "model"}
        for n, repo_id in enumerate(hub.collections[slug])
    ]
    return Answer(200, {
        "slug": slug, "title": "A collection", "owner": {"name": slug.split("/")[0]}, "items": items,
        "lastUpdated": "2026-01-01T00:00:00.000Z", "position": 0, "private": False, "theme": "blue",
        "upvotes": 0, "description": None,
    })  # fmt: skip


def _info(hub: Hub, request: Request, repo: Repo, revision: str | None = None) -> Answer:
    sha = repo.resolve(revision or "main")
    return Answer(200, repo.info(sha)) if sha else _error(404, "RevisionNotFound", "Invalid rev id")


def _tree(hub: Hub, request: Request, repo: Repo, revision: str, folder: str | None = None) -> Answer:
    sha = repo.resolve(revision)
    if sha is None:
        return _error(404, "RevisionNotFound", "Invalid rev id")
    inside = f"{folder}/" if folder else ""
    paths = [path for path in sorted(repo.commits[sha]) if path.startswith(inside)]
    return Answer(200, [repo.entry(sha, path) for path in paths])


def _paths_info(hub: Hub, request: Request, repo: Repo, revision: str) -> Answer:
    from urllib.parse import parse_qs

    sha = repo.resolve(revision)
    if sha is None:
        return _error(404, "RevisionNotFound", "Invalid rev id")
    wanted = parse_qs(request.body.decode()).get("paths", [])
    return Answer(200, [repo.entry(sha, path) for path in wanted if path in repo.commits[sha]])


def _preupload(hub: Hub, request: Request, repo: Repo, revision: str) -> Answer:
    sha = repo.resolve(revision)
    if sha is None:
        return _error(404, "RevisionNotFound", "Invalid rev id")
    wanted = json.loads(request.body)["files"]
    if len(wanted) > MOST_PREUPLOADED:
        return _complain(hub, 400, f"preupload of {len(wanted)} files; {MOST_PREUPLOADED} at most")
    files = []
    for file in wanted:
        large = is_large(file["path"], file["size"]) and not hub.all_regular
        told = {"path": file["path"], "uploadMode": "lfs" if large else "regular", "shouldIgnore": False}
        if there := repo.commits[sha].get(file["path"]):
            told["oid"] = there.lfs or there.oid
        files.append(told)
    return Answer(200, {"files": files, "commitOid": sha})


def _commit(hub: Hub, request: Request, repo: Repo, revision: str) -> Answer:
    files, title = dict(repo.commits[repo.refs[revision]]), ""
    for line in request.body.splitlines():
        entry = json.loads(line)
        value, path = entry["value"], entry["value"].get("path", "")
        match entry["key"]:
            case "header":
                title = value["summary"]
                if value.get("parentCommit", repo.refs[revision]) != repo.refs[revision]:
                    return _error(412, "", "A commit has happened since. Please refresh and try again.")
            case "file":
                files[path] = File(base64.b64decode(value["content"], validate=True))
            case "lfsFile":
                data = hub.large.get(value["oid"])
                if data is None or len(data) != value["size"]:
                    return _complain(hub, 400, f"{path}: the large file was never uploaded")
                files[path] = file_of(path, data)
            case "deletedFile":
                if files.pop(path, None) is None:
                    return _complain(hub, 400, f"{path} is deleted, but is not there")
            case other:
                return _complain(hub, 400, f"a commit of {other}")
    sha = repo.commit(files, title, revision)
    return Answer(200, {
        "success": True, "commitOid": sha, "commitUrl": f"{request.url}/{repo.id}/commit/{sha}",
    })  # fmt: skip


def _tag(hub: Hub, request: Request, repo: Repo, revision: str) -> Answer:
    name, sha = json.loads(request.body)["tag"], repo.resolve(revision)
    if name in repo.refs:
        return _error(409, "", "Tag exists")
    if sha is None:
        return _error(404, "RevisionNotFound", "Invalid rev id")
    repo.refs[name] = sha
    repo.tags.add(name)
    return Answer(200, {})


def _batch(hub: Hub, request: Request, repo: Repo) -> Answer:
    objects = []
    for wanted in json.loads(request.body)["objects"]:
        told = {"oid": wanted["oid"], "size": wanted["size"]}
        if wanted["oid"] not in hub.large:
            told["actions"] = {
                "upload": {"href": f"{request.url}/large/{wanted['oid']}", "header": {}},
                "verify": {"href": f"{request.url}/api/models/{repo.id}/verify", "header": {}},
            }
        objects.append(told)
    kind = {"Content-Type": "application/vnd.git-lfs+json"}
    return Answer(200, {"transfer": "basic", "objects": objects}, kind)


def _upload(hub: Hub, request: Request, sha: str) -> Answer:
    if hashlib.sha256(request.body).hexdigest() != sha:
        return _complain(hub, 400, f"{sha}: other bytes were uploaded than announced")
    hub.large[sha] = request.body
    return Answer(200, raw=b"")


def _verify(hub: Hub, request: Request, repo: Repo) -> Answer:
    wanted = json.loads(request.body)
    return Answer(200 if len(hub.large.get(wanted["oid"], b"")) == wanted["size"] else 422, {})


def _resolve(hub: Hub, request: Request, repo: Repo, revision: str, path: str) -> Answer:
    sha = repo.resolve(revision)
    if sha is None:
        return _error(404, "RevisionNotFound", "Invalid rev id")
    file = repo.commits[sha].get(path)
    if file is None:
        return _error(404, "EntryNotFound", "Entry not found", **{"X-Repo-Commit": sha})
    headers = {"X-Repo-Commit": sha, "Content-Type": "application/octet-stream", "Accept-Ranges": "bytes"}
    headers["ETag"] = f'"{file.lfs or file.oid}"'
    if file.lfs is not None:
        headers |= {"X-Linked-Etag": f'"{file.lfs}"', "X-Linked-Size": str(len(file.data))}
    return Answer(200, None, headers, file.data)


_ID = r"(?P<id>[\w.-]+/[\w.-]+?)"
_REVISION = r"(?P<revision>[^/]+)"
_CALLS: tuple[tuple[str, str, str, Callable[..., Answer]], ...] = (
    ("GET", "/api/whoami-v2", "token", _whoami),
    ("GET", "/api/[a-z]+-harnesses", "", _programs),
    ("POST", "/api/validate-yaml", "", _validate),
    ("POST", "/api/repos/create", "token", _create),
    ("GET", "/api/models", "", _list),
    ("GET", "/api/collections/(?P<slug>.+)", "", _collection),
    ("PUT", "/large/(?P<sha>[0-9a-f]{64})", "", _upload),
    ("POST", rf"/{_ID}\.git/info/lfs/objects/batch", "token", _batch),
    ("POST", f"/api/models/{_ID}/verify", "", _verify),
    ("POST", f"/api/models/{_ID}/preupload/{_REVISION}", "token", _preupload),
    ("POST", f"/api/models/{_ID}/commit/{_REVISION}", "token", _commit),
    ("POST", f"/api/models/{_ID}/tag/{_REVISION}", "token", _tag),
    ("POST", f"/api/models/{_ID}/paths-info/{_REVISION}", "", _paths_info),
    ("GET", f"/api/models/{_ID}/tree/{_REVISION}(?:/(?P<folder>.+))?", "", _tree),
    ("GET HEAD", f"/api/models/{_ID}(?:/revision/{_REVISION})?", "", _info),
    ("GET HEAD", f"/{_ID}/resolve/{_REVISION}/(?P<path>.+)", "", _resolve),
)
