"""Set 81's one big label file, read as a stream: images[] and annotations[] of a million pictures.

The whole file as Python objects would take gigabytes, so its arrays are decoded element by element
from a window that slides over the text.
"""

from __future__ import annotations

import codecs
import json
from collections.abc import Iterable, Iterator
from typing import Any

MAX_ELEMENT = 1 << 22
"""Characters of one element; real ones have some hundred."""

_DECODER = json.JSONDecoder()
_SPACE = " \t\r\n"


def elements(pieces: Iterable[bytes]) -> Iterator[tuple[str, Any]]:
    """(key, element) of every array directly in the document, in the order of the file.

    `pieces` are UTF-8 with or without BOM. Raises ValueError where it is no such document.
    """
    window = _Window(pieces)
    window.expect("{")
    if window.peek() == "}":
        return
    while True:
        key = window.value()
        window.expect(":")
        if window.peek() == "[":
            for element in _array(window):
                yield str(key), element
        else:
            window.value()
        if window.peek() == "}":
            return
        window.expect(",")


def _array(window: _Window) -> Iterator[Any]:
    window.expect("[")
    if window.peek() == "]":
        window.expect("]")
        return
    while True:
        yield window.value()
        if window.peek() == "]":
            window.expect("]")
            return
        window.expect(",")


class _Window:
    """The text from the first character that is still needed, as far as it has been read."""

    def __init__(self, pieces: Iterable[bytes]) -> None:
        self._texts = codecs.iterdecode(pieces, "utf-8-sig")
        self._text = ""
        self._at = 0

    def peek(self) -> str:
        """The next character that is no space; "" at the end."""
        while True:
            while self._at < len(self._text) and self._text[self._at] in _SPACE:
                self._at += 1
            if self._at < len(self._text):
                return self._text[self._at]
            if not self._more():
                return ""

    def expect(self, char: str) -> None:
        found = self.peek()
        if found != char:
            raise ValueError(f"{char!r} is missing before {self._text[self._at :][:20]!r}")
        self._at += 1

    def value(self) -> Any:
        """The next value, whole, whatever piece it ends in."""
        self.peek()
        while True:
            try:
                value, end = _DECODER.raw_decode(self._text, self._at)
                # A number that ends where the window ends may go on behind it.
                if end < len(self._text) or not self._more():
                    self._at = end
                    return value
            except json.JSONDecodeError as error:
                if len(self._text) - self._at > MAX_ELEMENT or not self._more():
                    raise ValueError(f"{error.msg} at {self._text[self._at :][:20]!r}") from error
            except RecursionError as error:
                raise ValueError("nested too deeply") from error

    def _more(self) -> bool:
        try:
            text = next(self._texts, "")
        except UnicodeDecodeError as error:
            raise ValueError(f"not UTF-8 ({error.reason})") from error
        if text:
            self._text = self._text[self._at :] + text
            self._at = 0
        return bool(text)
