"""Which addresses may be asked: https on named hosts, or one mirror; all else is refused in a sentence."""

from __future__ import annotations

import pytest

from registry.hosts import allowed
from zoo.errors import BadRequest, WrongContent

HOSTS = ("raw.example", "media.example")
URL = "https://raw.example/a/b.json"


def test_an_address_on_a_named_host_is_asked_as_it_is() -> None:
    assert allowed(HOSTS).address(URL) == URL
    assert allowed(HOSTS).address("https://raw.example:443/a") == "https://raw.example:443/a"


@pytest.mark.parametrize(
    "url",
    [
        "http://raw.example/a",
        "https://raw.example.evil.example/a",
        "https://evil.example/raw.example",
        "https://raw.example:8443/a",
        "https://raw.example:99999/a",
        "https://user@raw.example/a",
        "https://raw.example@evil.example/a",
        "https://127.0.0.1/a",
        "https://[::1]/a",
        "https://169.254.169.254/latest/meta-data",
        "file:///etc/passwd",
        "ftp://raw.example/a",
        "//raw.example/a",
        "",
    ],
)
def test_everything_else_is_refused_as_an_address_and_as_a_redirect(url: str) -> None:
    with pytest.raises(WrongContent, match="refused"):
        allowed(HOSTS).address(url)
    if url and not url.startswith("//"):  # those lead to the same host
        with pytest.raises(WrongContent, match=r"sends us on to .* refused"):
            allowed(HOSTS).redirected(URL, url)


@pytest.mark.parametrize(
    ("location", "target"),
    [
        ("https://media.example/x", "https://media.example/x"),
        ("//media.example/x", "https://media.example/x"),
        ("/x", "https://raw.example/x"),
        ("c.json", "https://raw.example/a/c.json"),
    ],
)
def test_a_redirect_to_a_named_host_is_followed(location: str, target: str) -> None:
    assert allowed(HOSTS).redirected(URL, location) == target


@pytest.mark.parametrize(
    "mirror", ["http://127.0.0.1:8000", "http://localhost:1/", "http://[::1]:8", "https://m.example/x"]
)
def test_a_mirror_is_asked_for_the_same_path(mirror: str) -> None:
    there = allowed(HOSTS, mirror).address(URL)
    assert there == f"{mirror.rstrip('/')}/a/b.json"


def test_the_mirror_may_stand_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TONEZOO_MIRROR", "http://127.0.0.1:8000/")
    assert allowed(HOSTS).mirror == "http://127.0.0.1:8000"
    monkeypatch.setenv("TONEZOO_MIRROR", "")
    assert allowed(HOSTS).mirror is None


@pytest.mark.parametrize(
    "mirror",
    [
        "http://example.com",
        "http://10.0.0.1",
        "ftp://127.0.0.1",
        "example.com",
        "https://u@m.example",
        "https://",
    ],
)
def test_a_mirror_that_is_plain_http_elsewhere_is_not_trusted(mirror: str) -> None:
    with pytest.raises(BadRequest, match="not to be trusted"):
        allowed(HOSTS, mirror)


def test_no_mirror_makes_an_address_good_that_is_not_the_collections() -> None:
    with pytest.raises(WrongContent):
        allowed(HOSTS, "http://127.0.0.1:8000").address("https://evil.example/a")


def test_a_password_is_never_shown() -> None:
    with pytest.raises(WrongContent) as refused:
        allowed(HOSTS).address("https://me:secret@raw.example/a")
    assert "secret" not in str(refused.value)
