"""A page is one file that loads nothing, and nothing on it runs but its own script."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest

from zoo.errors import BadRequest, WriteError
from zoo.reports.markup import Markup
from zoo.reports.page import card, check_page_path, facts, page, paragraph, section, table, write_page
from zoo.reports.players import player

EVIL = "</title></script><script>document.title='taken'</script><img src=x onerror=document.title='taken'>"


def test_text_is_escaped_wherever_it_stands() -> None:
    document = page(
        EVIL,
        section(EVIL, paragraph(EVIL), facts({EVIL: EVIL}), table([EVIL], [[EVIL]])),
        card(EVIL, badge=EVIL),
        player(EVIL, np.zeros(100), 44_100, note=EVIL, group=EVIL),
        lead=EVIL,
        foot=EVIL,
    )
    assert document.count("<script>") == 1
    assert "<img" not in document
    assert document.count("</title>") == 1


def test_the_policy_allows_no_address_at_all() -> None:
    (policy,) = re.findall(r'Content-Security-Policy" content="([^"]*)"', page("a title"))
    assert policy.startswith("default-src &#x27;none&#x27;")
    assert "unsafe" not in policy
    assert "http" not in policy


def test_the_page_names_nothing_outside_itself() -> None:
    document = page("a title", player("x", np.zeros(100), 44_100))
    assert re.findall(r'(?:src|href)="(?!data:)', document) == []
    assert "url(" not in document
    assert "@import" not in document


def test_the_same_content_gives_the_same_bytes() -> None:
    assert page("t", paragraph("x")) == page("t", paragraph("x"))


def test_a_fact_without_a_value_is_left_out() -> None:
    assert facts({"licence": "", "rate": "44100"}).count("<dt>") == 1


@pytest.mark.parametrize("name", ["report.txt", "report"])
def test_another_ending_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(BadRequest, match=r"\.html"):
        check_page_path(tmp_path / name)


def test_a_place_that_cannot_be_written_is_refused_before_the_work(tmp_path: Path) -> None:
    (tmp_path / "a.html").mkdir()
    with pytest.raises(WriteError, match="folder"):
        check_page_path(tmp_path / "a.html")
    with pytest.raises(WriteError, match="does not exist"):
        check_page_path(tmp_path / "missing" / "a.html")


@pytest.fixture(scope="module")
def browse(tmp_path_factory: pytest.TempPathFactory):
    """Opens a document in Chromium: the page as it is after its script ran, and what the console said."""
    browser = shutil.which("chromium")
    if browser is None:
        pytest.skip("chromium is not installed")
    folder = tmp_path_factory.mktemp("browser")
    quiet = ("gpu", "quic", "background-networking", "component-update", "sync")
    flags = ["--headless", "--no-sandbox", "--no-first-run", *(f"--disable-{name}" for name in quiet)]
    flags += ["--enable-logging=stderr", "--dump-dom"]

    def open_page(document: str) -> tuple[str, str]:
        write_page(folder / "page.html", document)
        command = [browser, *flags, f"--user-data-dir={folder / 'profile'}", (folder / "page.html").as_uri()]
        done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120)
        return done.stdout, "\n".join(line for line in done.stderr.splitlines() if "CONSOLE" in line)

    return open_page


def test_in_a_browser_the_script_runs_and_nothing_is_refused(browse) -> None:
    tone = 0.1 * np.sin(np.arange(4410) / 10)
    shown, console = browse(page("a title", player(EVIL, tone, 44_100)))
    assert '<html lang="en" class="js">' in shown
    assert "<title>a title</title>" in shown
    assert console == ""


def test_in_a_browser_a_script_that_slipped_in_does_not_run(browse) -> None:
    slipped = Markup("<script>document.title='taken'</script><img src=x onerror=\"document.title='taken'\">")
    shown, console = browse(page("a title", slipped))
    assert "<title>a title</title>" in shown
    assert "Content Security Policy" in console
