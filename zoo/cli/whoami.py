"""``zoo whoami``: who you are on the Hugging Face Hub."""

from __future__ import annotations

from zoo.cli.output import JsonOption, QuietOption, print_json, print_remark, printable


def whoami(as_json: JsonOption = False, quiet: QuietOption = False) -> None:
    """Say whose token this machine has, and for which organisations it may push.

    The token itself is the Hub client's business: it is found in HF_TOKEN or where `zoo login` put it.

    Example: zoo whoami
    """
    from zoo.hub.identity import whoami as identity

    show(identity(), as_json, quiet)


def show(who: object, as_json: bool, quiet: bool) -> None:
    """Print an identity."""
    from zoo.hub.identity import Identity

    assert isinstance(who, Identity)
    if as_json:
        print_json({"name": who.name, "organisations": list(who.organisations), "endpoint": who.endpoint})
        return
    print(printable(who.name))
    if who.organisations:
        print_remark(f"may also push for {', '.join(who.organisations)}", quiet=quiet)
