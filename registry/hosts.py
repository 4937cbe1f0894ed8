"""Which addresses may be asked: https, hosts that a collection names, or one mirror that a person chose."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

from zoo.errors import BadRequest, WrongContent
from zoo.preferences import preference

HTTPS_PORT = 443


@dataclass(frozen=True, slots=True)
class Allowed:
    """The addresses that may be asked.

    Attributes:
        hosts: over https, on the usual port.
        mirror: asked in place of all of them, such as ``http://127.0.0.1:8000``; plain http is for this
            machine only.
    """

    hosts: frozenset[str]
    mirror: str | None = None

    def address(self, url: str) -> str:
        """Where to ask for ``url``: there, or for the same path at the mirror.

        Raises:
            WrongContent: the address is not among those that may be asked.
        """
        _check(url, self.hosts)
        parts = urlsplit(url)
        return f"{self.mirror}{parts.path}" if self.mirror else url

    def redirected(self, url: str, location: str) -> str:
        """The address that a server sends us on to.

        Raises:
            WrongContent: it leads elsewhere than may be asked.
        """
        target = urljoin(url, location)
        if self.mirror:
            if _place(target) != _place(self.mirror):
                raise WrongContent(f"{url} sends us on to {_shown(target)}, which is not the mirror; refused")
            return target
        _check(target, self.hosts, f"{url} sends us on to {_shown(target)}, and ")
        return target


def allowed(hosts: Iterable[str], mirror: str | None = None) -> Allowed:
    """The hosts of a collection, or the mirror that was given, or decided by `zoo config` or TONEZOO_MIRROR.

    Raises:
        BadRequest: the mirror is neither https nor http on this machine.
    """
    mirror = (mirror or preference("mirror") or "").rstrip("/") or None
    if mirror is not None:
        parts = urlsplit(mirror)
        plain = parts.scheme == "http" and _is_this_machine(parts.hostname)
        if not (parts.scheme == "https" or plain) or not parts.hostname or parts.username or parts.query:
            raise BadRequest(
                f"the mirror {_shown(mirror)} is not to be trusted; https://HOST/FOLDER is expected, "
                "or http:// on this machine"
            )
    return Allowed(frozenset(hosts), mirror)


def _check(url: str, hosts: frozenset[str], before: str = "") -> None:
    parts = urlsplit(url)
    if parts.scheme != "https" or parts.username or parts.password:
        raise WrongContent(f"{before}{_shown(url)} is refused: only https without a user's name is asked")
    if _place(url) not in {("https", host, HTTPS_PORT) for host in hosts}:
        raise WrongContent(
            f"{before}{_shown(url)} is refused: {parts.hostname} is none of {', '.join(sorted(hosts))}"
        )


def _place(url: str) -> tuple[str, str | None, int | None]:
    parts = urlsplit(url)
    try:
        port = parts.port
    except ValueError:
        port = -1
    return parts.scheme, parts.hostname, port or (HTTPS_PORT if parts.scheme == "https" else 80)


def _is_this_machine(host: str | None) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host or "").is_loopback
    except ValueError:
        return False


def _shown(url: str) -> str:
    """An address as a sentence may show it: bounded, and without a password."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.hostname or ''}{parts.path}"[:200]
