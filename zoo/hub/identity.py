"""Who you are on the Hub. Tokens are kept, found and sent by the Hub's client; here none is ever seen."""

from __future__ import annotations

from dataclasses import dataclass

from zoo.errors import BadRequest
from zoo.hub.client import HubClient


@dataclass(frozen=True)
class Identity:
    """Somebody on the Hub.

    Attributes:
        name: of the account.
        organisations: for which it may push.
        endpoint: of the Hub.
    """

    name: str
    organisations: tuple[str, ...]
    endpoint: str


def whoami() -> Identity:
    """Who the token of this machine belongs to.

    Raises:
        BadRequest: there is no token, or the Hub does not know it.
        NetworkError: the Hub cannot be reached.
    """
    from huggingface_hub import get_token

    client = HubClient()
    if get_token() is None:
        raise BadRequest("you are not logged in on the Hub; `zoo login`, or set HF_TOKEN")
    if client.offline:
        raise BadRequest("who you are is known to the Hub alone; unset HF_HUB_OFFLINE")
    told = client.ask("your token", client.api.whoami)
    names = (str(one.get("name", "")) for one in told.get("orgs") or [])
    return Identity(str(told.get("name", "")), tuple(sorted(filter(None, names))), client.api.endpoint)


def login() -> Identity:
    """Log in with the Hub client's own dialogue, unless that is done; who you are then.

    Raises:
        BadRequest: nobody is there to answer the dialogue, or it came to nothing.
        NetworkError: the Hub cannot be reached.
    """
    import sys

    import huggingface_hub

    if huggingface_hub.get_token() is None:
        if not sys.stdin.isatty():
            raise BadRequest("logging in needs a terminal; set HF_TOKEN, or run `hf auth login` elsewhere")
        try:
            huggingface_hub.login()
        except (ValueError, OSError):  # its sentence may repeat what was typed
            raise BadRequest("the Hub's client could not log you in; try `hf auth login`") from None
    return whoami()
