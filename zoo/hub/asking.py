"""Asks the Hub, patiently, and puts what goes wrong into one sentence without any token in it."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

from registry.courtesy import ATTEMPTS, Courtesy, seconds_asked
from zoo.errors import BadRequest, NetworkError, StoreError, ZooError

if TYPE_CHECKING:
    from huggingface_hub.errors import HfHubHTTPError

T = TypeVar("T")
PASSING = {408, 425, 429, 500, 502, 503, 504}
_TOKEN = re.compile(r"\b(hf|api)_[A-Za-z0-9_-]{4,}")


class _Passing(Exception):
    """A failure that may pass: what happened, and how many seconds the Hub asks for."""

    def __init__(self, what: str, asked: float | None = None) -> None:
        super().__init__(what)
        self.asked = asked


def ask(what: str, call: Callable[[], T], *, offline: bool = False, once: bool = False) -> T:
    """What ``call`` of the Hub's client returns, asked for up to five times.

    Args:
        what: is asked for, as a person knows it.
        call: of the client.
        offline: nothing may be asked, and what is not in the cache is not there.
        once: it must not be done twice.

    Raises:
        NetworkError: the Hub cannot be reached, or does not answer as it should.
        BadRequest: there is no such thing, or the token does not allow it.
        StoreError: the client's cache cannot be written.
    """
    courtesy, trouble = Courtesy(), ""
    for attempt in range(1 if once else ATTEMPTS):
        courtesy.turn()
        try:
            return _attempt(what, call, offline)
        except _Passing as passing:
            trouble = str(passing)
            courtesy.failed(attempt, passing.asked)
    tried = "" if once else f" in {ATTEMPTS} attempts"
    raise NetworkError(f"{what}: the Hub cannot be reached{tried} ({trouble}); try again later")


def _attempt(what: str, call: Callable[[], T], offline: bool) -> T:
    import httpx2
    from huggingface_hub import errors

    try:
        return call()
    except errors.OfflineModeIsEnabled:
        raise _not_cached(what) from None
    except errors.LocalEntryNotFoundError as error:  # how the client calls a failed HEAD request, too
        cause = error.__cause__
        if offline or not isinstance(cause, (OSError, httpx2.HTTPError)):
            raise _not_cached(what) from None
        raise _of_http(what, cause) from None
    except (errors.HfHubHTTPError, httpx2.HTTPError) as error:
        raise _of_http(what, error) from None
    except errors.HFValidationError as error:
        raise BadRequest(f"{what}: {redacted(str(error))}") from None
    except OSError as error:
        raise _of_disk(what, error) from None
    except (
        KeyError,
        TypeError,
        ValueError,
        AttributeError,
    ):  # how the client takes a document of another kind
        raise NetworkError(
            f"{what}: the Hub answers something else than it should; try again later"
        ) from None


def _not_cached(what: str) -> ZooError:
    return NetworkError(f"{what} is not in the cache, and the Hub may not be asked (offline)")


def _of_http(what: str, error: BaseException) -> Exception:
    """A failure that may pass, or its sentence."""
    from huggingface_hub import errors

    if not isinstance(error, errors.HfHubHTTPError):
        return _Passing(type(error).__name__)
    if status_of(error) in PASSING:
        asked = seconds_asked(error.response.headers.get("Retry-After"))
        return _Passing(f"it answers {status_of(error)}", asked)
    return _sentence(what, error)


def _of_disk(what: str, error: OSError) -> Exception:
    """A failure of the disk, which is final, or a body that came short, which may pass."""
    if error.errno is None:
        return _Passing("what came was not of the announced size")
    return StoreError(
        f"{what}: the Hub's cache cannot be written ({error.strerror}); "
        "free space, fix permissions or set HF_HOME"
    )


def _sentence(what: str, error: HfHubHTTPError) -> ZooError:
    """The failure in the words of a person who asked for ``what``."""
    from huggingface_hub import errors

    status = status_of(error)
    known: tuple[tuple[type[Exception], str], ...] = (
        (errors.GatedRepoError, f"{what} is gated: ask for access on its page, then `zoo login`"),
        (errors.RevisionNotFoundError, f"{what}: no such revision; a branch, tag or commit is expected"),
        (errors.EntryNotFoundError, f"{what} is not there, so this is no repository of `zoo push`"),
        (errors.RepositoryNotFoundError, f"{what}: no such repository, or it is private and not yours"),
    )  # fmt: skip
    for kind, sentence in known:
        if isinstance(error, kind):
            return BadRequest(sentence)
    if status in (401, 403):
        return BadRequest(f"{what}: the Hub does not allow it ({status}); `zoo whoami` says who you are")
    if status in (409, 412):
        return BadRequest(
            f"{what} has changed since it was read: somebody else pushed; nothing was written, push again"
        )
    if status == 404:
        return BadRequest(f"{what}: there is no such thing on the Hub")
    said = redacted(getattr(error, "server_message", None) or "no reason is given")
    return NetworkError(f"{what}: the Hub answers {status} ({said[:200]})")


def redacted(text: str) -> str:
    """``text`` without anything that looks like a token, or is the one in use.

    >>> redacted("Bearer hf_abcdefgh was refused")
    'Bearer hf_*** was refused'
    """
    from huggingface_hub import get_token

    token = get_token()
    text = text.replace(token, "***") if token and len(token) >= 4 else text
    return _TOKEN.sub(r"\1_***", text)


def status_of(error: Any) -> int:
    """The status of an answer that is an error; 0 where there was no answer."""
    response = getattr(error, "response", None)
    return int(response.status_code) if response is not None else 0
