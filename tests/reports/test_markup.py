"""What is not markup is text, whatever it says."""

from __future__ import annotations

from html.parser import HTMLParser

from hypothesis import given
from hypothesis import strategies as st

from zoo.reports.markup import Markup, join, tag, text


class Reader(HTMLParser):
    """What a browser makes of it: elements with their attributes, and the text."""

    def __init__(self, document: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.said = ""
        self.feed(document)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.said += data


@given(st.text(), st.text())
def test_no_text_becomes_an_element_or_an_attribute(content: str, value: str) -> None:
    read = Reader(tag("p", content, class_=value))
    assert [name for name, _ in read.elements] == ["p"]
    assert list(read.elements[0][1]) == ["class"]


@given(st.text(st.characters(exclude_categories=("C", "Z"))))
def test_printable_text_arrives_as_it_was(content: str) -> None:
    assert Reader(tag("p", content, title=content)).said == content


def test_markup_in_an_attribute_is_text_again() -> None:
    inner = tag("a", "x", href='" onclick="alert(1)')
    assert list(Reader(tag("p", title=inner)).elements[0][1]) == ["title"]


def test_control_characters_are_made_visible() -> None:
    assert text("a\x00b\x1b[31m\u202ec") == "a\ufffdb\ufffd[31m\ufffdc"
    assert text("\ud800") == "\ufffd"


def test_markup_is_escaped_once() -> None:
    assert join([text("<"), "<", Markup("<br>")]) == "&lt;&lt;<br>"


def test_empty_attributes_are_left_out_and_true_ones_have_no_value() -> None:
    assert tag("audio", src=None, controls=True, loop=False) == "<audio controls></audio>"
    assert tag("circle", r=1.0 / 3.0) == '<circle r="0.333333"></circle>'
