"""``zoo login``: log in on the Hugging Face Hub, by its client's own dialogue."""

from __future__ import annotations

from zoo.cli.output import JsonOption, QuietOption
from zoo.cli.whoami import show


def login(as_json: JsonOption = False, quiet: QuietOption = False) -> None:
    """Log in, unless you are: the Hub's client asks for the token, and keeps it where it always does.

    No token is ever given on the command line, where others could read it.

    Example: zoo login
    """
    from zoo.hub.identity import login as log_in

    show(log_in(), as_json, quiet)
