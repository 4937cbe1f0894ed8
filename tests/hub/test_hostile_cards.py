"""Words of strangers on our cards, and cards of strangers under our words."""

from __future__ import annotations

import re
from collections.abc import Callable
from html.parser import HTMLParser

import pytest
import yaml
from hub_server import Hub
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from registry import Facts, Manifest, Registry
from registry.manifest import Place
from zoo.api import push_model
from zoo.errors import WrongContent
from zoo.hub.card import Told, front_matter, page
from zoo.hub.card_edit import MAX_CARD_BYTES, merged
from zoo.snapshot import Snapshot

Lstm = Callable[..., Snapshot]

INJECTIONS = (
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "</td></tr></table><h1>x",
    "<!-- tonezoo:end -->",
    "--> <b>x", "[x](javascript:alert(1))", "![x](https://evil/x.png)", "`rm -rf`", "| a | b |",
    "\n# heading",
    "\n---\nlicense: mit\n---\n", "&lt;script&gt;", "\u2028<b>", "<svg/onload=alert(1)>", "{{ x }}", "${x}",
    "http://evil.example", "<https://evil.example>", "a\x00b", "\x1b[2J", '"; DROP', "'><iframe src=//evil>",
    "!!python/object/apply:os.system [true]", "&a [*a]", "*alias", "%YAML 1.2", "? x", ": y", "- z",
    "# tonezoo:end",
)  # fmt: skip
OURS = {"h1", "h2", "audio"}  # what pages of ours contain as HTML


class Tags(HTMLParser):
    """The tags and comments in a text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.comments = 0
        self.feed(re.sub(r"```.*?```", "", text, flags=re.S))

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.tags.append(tag)

    def handle_comment(self, data: str) -> None:
        self.comments += 1


def stranger(model: Manifest, words: str) -> Manifest:
    """A manifest that says these words wherever it may."""
    from registry import Device

    return model.changed(
        name=words, device=Device(make=words, model=words, kind=words), tone=(words,), licence=words,
        author=words, architecture=words, date=words,
    )  # fmt: skip


def told(words: str) -> Told:
    return Told("me/amp", ("samples/dry.flac", "exports/model.nam"), "me/parent", words)


@pytest.mark.parametrize("words", INJECTIONS)
def test_no_word_of_a_manifest_becomes_html_markdown_or_yaml(model: Manifest, words: str) -> None:
    check(stranger(model, words), words)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(words=st.text(min_size=1, max_size=80))
def test_nor_does_any_other_text(model: Manifest, words: str) -> None:
    check(stranger(model, words), words)


def check(manifest: Manifest, words: str) -> None:
    text = page(manifest, told(words))
    found = Tags(text)
    assert set(found.tags) <= OURS
    assert found.comments == 0
    links = re.findall(r"(?<!\\)\]\(([^)]*)\)", text)
    assert all(link.startswith("https://huggingface.co/me/") for link in links), links
    card = yaml.safe_load(front_matter(manifest, told(words)))
    assert set(card) <= {
        "library_name", "pipeline_tag", "license", "license_name", "tags", "base_model",
        "base_model_relation",
        "model-index",
    }  # fmt: skip
    assert all(re.fullmatch(r"[a-z0-9.-]+", tag) for tag in card["tags"])
    whole = merged(front_matter(manifest, told(words)), text).decode()
    again = merged(front_matter(manifest, told(words)), text, whole.encode()).decode()
    assert again == whole  # our marks are where we put them, and nowhere else
    assert whole.count("<!-- tonezoo:end") == 1


@pytest.mark.usefixtures("light")
@pytest.mark.parametrize(
    "place", ["hf.co/../x", "hf.co/a/b\nlicense: mit", "hf.co/a/b)<script>", "evil.co/a/b"]
)
def test_a_parent_that_is_at_no_repository_is_not_linked(
    hub: Hub, registry: Registry, model: Manifest, lstm: Lstm, place: str
) -> None:
    told = model.changed(parent="f" * 64, parent_at=Place(repository=place, commit="c" * 40))
    registry.add(registry.load(model.id), told=told)
    push_model(model.id, "me/plexi", registry=registry)
    repo = hub.repos["me/plexi"]
    assert "base_model" not in repo.card(repo.head)
    assert "ffffffffffff (not on the Hub)" in repo.files["README.md"].decode()


HOSTILE_CARDS = (
    b"---\na: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a]\nc: [*b,*b,*b,*b,*b,*b,*b,*b]\n---\n",
    b"---\nx: !!python/object/apply:os.system ['touch /tmp/evil']\n---\n",
    b"---\n" + b"{" * 300 + b"\n---\n",
    b"---\nlicense: mit\nlicense: gpl-3.0\n---\n",
    b"---\nno end of it",
    b"# tonezoo:end\n# tonezoo:begin\n<!-- tonezoo:end -->\n<!-- tonezoo:begin",
    b"---\n# tonezoo:begin\n# tonezoo:begin\n# tonezoo:end\n---\n<!-- tonezoo:begin\n<!-- tonezoo:begin\n",
    b"\xff\xfe\x00",
    b"x" * ((1 << 20) + 1),
    b"",
    b"---\n---\n---\n",
    b"\r\n---\r\nlicense: mit\r\n---\r\n",
)


@pytest.mark.parametrize("card", HOSTILE_CARDS, ids=range(len(HOSTILE_CARDS)))
def test_a_card_that_is_there_is_text_and_nothing_else(
    hub: Hub, registry: Registry, model: Manifest, light: None, card: bytes
) -> None:
    repo = hub.add("me/plexi", {"README.md": card})
    if len(card) > MAX_CARD_BYTES or b"\xff" in card:
        with pytest.raises(WrongContent, match=r"the card that is there|not as it must be"):
            push_model(model.id, "me/plexi", registry=registry)
        assert repo.files["README.md"] == card
        return
    push_model(model.id, "me/plexi", registry=registry)
    once = repo.files["README.md"]
    push_model(model.id, "me/plexi", registry=registry)
    assert repo.files["README.md"] == once
    assert b"# Plexi" in once


def test_a_pull_does_not_read_the_card(
    hub: Hub, registry: Registry, elsewhere: Registry, lstm: Lstm, light: None
) -> None:
    from hub_words import at, statuses

    from zoo.api import pull_from_hub

    model = registry.add(lstm(5, name="Five"), facts=Facts(licence="MIT"))[0]
    push_model(model.id, "me/five", registry=registry)
    hub.repos["me/five"].edit({"README.md": HOSTILE_CARDS[1]})
    hub.asked.clear()
    assert statuses(pull_from_hub(at("me/five"), registry=elsewhere)) == ["imported"]
    assert not any("README" in asked for asked in hub.asked)
