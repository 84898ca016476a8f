"""A page, parsed: every element with its attributes and its text."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = {"meta", "br", "hr", "img", "link", "input", "col", "wbr"}


@dataclass
class Page(HTMLParser):
    """Every element with its attributes and text; an element left open or closed twice fails the test."""

    found: list[tuple[str, dict[str, str], list[str]]] = field(default_factory=list)
    open: list[int] = field(default_factory=list)
    parents: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert len(dict(attrs)) == len(attrs), f"an attribute twice in {tag}"
        self.parents.append(self.open[-1] if self.open else -1)
        self.found.append((tag, {name: value or "" for name, value in attrs}, []))
        if tag not in VOID:
            self.open.append(len(self.found) - 1)

    def handle_endtag(self, tag: str) -> None:
        assert self.found[self.open.pop()][0] == tag, f"{tag} closes another element, at {self.getpos()}"

    def handle_data(self, data: str) -> None:
        for index in self.open:
            self.found[index][2].append(data)

    def of(self, tag: str, **wanted: str) -> Iterator[tuple[dict[str, str], str]]:
        for name, attributes, texts in self.found:
            if name == tag and all(attributes.get(key.rstrip("_")) == value for key, value in wanted.items()):
                yield attributes, " ".join("".join(texts).split())

    def inside(self, name: str) -> list[tuple[str, dict[str, str]]]:
        """Every element within the one of that id, with its attributes."""
        (top,) = (index for index, (_, attributes, _) in enumerate(self.found) if attributes.get("id") == name)
        elements = []
        for index in range(top + 1, len(self.found)):  # what is within follows at once
            if self.parents[index] < top:
                break
            elements.append(self.found[index][:2])
        return elements

    @property
    def ids(self) -> list[str]:
        return [attributes["id"] for _, attributes, _ in self.found if "id" in attributes]

    @property
    def links(self) -> set[str]:
        """Where links within the page lead, without the sharp."""
        named = ("href", "xlink:href", "aria-labelledby")
        values = [value for _, attributes, _ in self.found for name, value in attributes.items() if name in named]
        return {value.removeprefix("#") for value in values if not value.startswith("data:")}


def parse(text: str) -> Page:
    """Return a page; an element left open fails the test."""
    made = Page()
    made.feed(text)
    made.close()
    assert not made.open, "elements left open"
    return made
