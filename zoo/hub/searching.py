"""Searches the Hub for models of this project, by words and tags."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from registry import Filter
from registry.filters import UNKNOWN
from zoo.errors import BadRequest
from zoo.hub.address import checked_repo
from zoo.hub.card import LIBRARY
from zoo.hub.client import HubClient
from zoo.hub.text import hub_licence, plain, tag

MOST_LOOKED_AT = 2000
MOST_TAGS = 64


@dataclass(frozen=True)
class Found:
    """A model on the Hub.

    Attributes:
        repo: owner/name.
        tags: device, gain class, architecture, rate.
        licence: in the Hub's words.
        downloads: as the Hub counts them.
        commit: the head of its main branch.
    """

    repo: str
    tags: tuple[str, ...]
    licence: str | None
    downloads: int
    commit: str | None


@dataclass(frozen=True)
class Search:
    """What came of a search.

    Attributes:
        found: the models that fit, the most downloaded first.
        looked_at: how many models of the Hub were held against the words.
        unseen: whether the search ended before the Hub's list did, and more than ``found`` may fit.
    """

    found: tuple[Found, ...]
    looked_at: int
    unseen: bool


def search_hub(
    client: HubClient,
    query: str,
    wanted: Filter | None = None,
    *,
    tags: Iterable[str] = (),
    limit: int = 50,
    most: int = MOST_LOOKED_AT,
) -> Search:
    """Models whose name or tags hold every word of ``query``, the most downloaded first.

    The Hub lists its models page by page; no more pages are asked for than are needed.

    Args:
        client: the Hub.
        query: words, in any order; case does not matter.
        wanted: gain class, architecture, device, rate and licence, as far as tags tell them.
        tags: further tags that must be there.
        limit: find at most so many.
        most: look at no more models than this.

    Raises:
        BadRequest: a filter cannot be asked of the Hub.
        NetworkError: the Hub cannot be reached.
    """
    needed = [LIBRARY, *_tags(wanted or Filter()), *filter(None, map(tag, tags))]
    words = [word for word in (tag(word) for word in query.split()) if word]
    return client.ask(
        "the search",
        lambda: _look(client.api.list_models(filter=needed, sort="downloads"), words, limit, most),
        once=True,  # the client itself tries a list again and again
    )


def _look(listed: Iterable[Any], words: list[str], limit: int, most: int) -> Search:
    found: list[Found] = []
    looked_at = 0
    for model in listed:
        if looked_at == most or len(found) == limit:
            return Search(tuple(found), looked_at, True)
        looked_at += 1
        one = _found(model)
        if one is not None and _fits(one, words):
            found.append(one)
    return Search(tuple(found), looked_at, False)


def _tags(wanted: Filter) -> list[str]:
    if wanted.name is not None or wanted.hidden is not None:
        raise BadRequest("the Hub cannot be asked for names or hidden sizes; use words, or --arch LSTM-40")
    if UNKNOWN in (wanted.device, wanted.gain, wanted.licence) or "*" in (wanted.arch or ""):
        raise BadRequest("the Hub knows neither 'unknown' nor *; leave that filter out")
    words = [wanted.gain, wanted.arch, wanted.device, f"{wanted.rate}-hz" if wanted.rate else None]
    licence = [f"license:{hub_licence(wanted.licence) or 'other'}"] if wanted.licence else []
    return [*(tag(word) for word in words if word), *licence]


def _found(model: Any) -> Found | None:
    """A listed model, if its name is one; tags are a stranger's words."""
    try:
        repo = checked_repo(str(model.id))
    except BadRequest:
        return None
    said = [plain(str(word)) for word in (model.tags or [])[:MOST_TAGS]]
    licence = next((word.removeprefix("license:") for word in said if word.startswith("license:")), None)
    shown = tuple(word for word in said if ":" not in word and word != LIBRARY)
    return Found(repo, shown, licence, int(model.downloads or 0), model.sha)


def _fits(found: Found, words: list[str]) -> bool:
    text = " ".join((found.repo.lower(), *(word.lower() for word in found.tags)))
    return all(word in text for word in words)
