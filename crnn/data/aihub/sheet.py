"""What every set's document becomes: one sheet of paper, its words, where they stand, who wrote."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

Scalar = str | int | float | bool | None
Document = Mapping[str, Any]

MAX_FIELD = 200
"""Characters of a writer field that are kept; real ones have at most a dozen."""


class Corners(NamedTuple):
    """Pixels of the page, right and bottom exclusive; as labelled, so perhaps empty or off it."""

    left: float
    top: float
    right: float
    bottom: float


@dataclass(frozen=True, slots=True)
class Box:
    """One labelled word.

    `index` is its place in the document (ids skip and repeat, so they name nothing). `text` is
    stripped and in NFC. No `corners`: the word is the whole picture. `problem` says what is wrong
    with the entry itself, "" where nothing is.
    """

    index: int
    text: str
    corners: Corners | None
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Sheet:
    """`size` is (width, height) as the document says. `media` and `content` are 605's codes, None
    where the set has no such field. `fields` are the document's facts on the page and its writer.
    """

    dataset: str
    size: tuple[int, int] | None
    media: int | None
    content: int | None
    fields: Mapping[str, Scalar]
    boxes: tuple[Box, ...]


@dataclass(frozen=True, slots=True)
class Reader:
    """One data set's format: `fits` knows its documents, `read` makes a Sheet of one.

    `read` raises ValueError, saying which key is wrong, where the document as a whole is unusable;
    one wrong box is that box's `problem` and the rest goes on.
    """

    dataset: str
    fits: Callable[[Document], bool]
    read: Callable[[Document], Sheet]


def box(index: int, text: object, find: Callable[[], Corners | None]) -> Box:
    """A Box of a raw text and of what `find` makes of the raw coordinates (or its ValueError)."""
    if text is None:
        text = ""
    if not isinstance(text, str):
        return Box(index, "", None, f"the text is {shown(text)}, not a string")
    if any("\ud800" <= char <= "\udfff" for char in text):
        return Box(index, "", None, f"the text {text!r} holds half a character")
    text = unicodedata.normalize("NFC", text.strip())
    try:
        return Box(index, text, find())
    except ValueError as error:
        return Box(index, text, None, str(error))


def number(value: object, name: str) -> float:
    """`value` as a coordinate. Raises ValueError where it is none."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError(f"{name} is {shown(value)}, not a number")
    if not abs(value) < 1e9 or math.isnan(value):
        raise ValueError(f"{name} is {shown(value)}, which no page has")
    return value


def code(value: object) -> int | None:
    """A numeric code, also where it was written as a string; None where it is neither."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    return int(value) if isinstance(value, str) and value in ("0", "1", "2") else None


def size(width: object, height: object) -> tuple[int, int] | None:
    """(width, height) where the document gives both."""
    wide, high = code(width), code(height)
    return None if wide is None or high is None else (wide, high)


def items(document: Document, key: str) -> list[Any]:
    """The list under `key`. Raises ValueError where it is something else."""
    found = document.get(key)
    if not isinstance(found, list):
        raise ValueError(f"{key} is {shown(found)}, not a list")
    return found


def scalars(*found: object, leave_out: tuple[str, ...] = ()) -> dict[str, Scalar]:
    """The plain facts of some JSON objects; long strings are cut at MAX_FIELD."""
    kept: dict[str, Scalar] = {}
    for mapping in found:
        if not isinstance(mapping, Mapping):
            continue
        for key, value in mapping.items():
            if key in leave_out or not (value is None or isinstance(value, str | int | float)):
                continue
            kept[key[:MAX_FIELD]] = value[:MAX_FIELD] if isinstance(value, str) else value
    return kept


def shown(value: object) -> str:
    """`value` for a message, short."""
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."
