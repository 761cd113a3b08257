"""Reading a page: its words are found, then read as words are, by one batch of like widths."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from crnn.arrays import F32, U8, Params
from crnn.config import Config
from crnn.data.prepare import InputSpec, prepare, prepared_width
from crnn.model import NO_STATISTICS
from crnn.page.finding import Found, find_words
from crnn.reading import GREEDY, Reading, Search, read

FULL = 0.6
"""Share of a picture's sides from which its only word is the picture: then it is read as it came,
like every picture of one word, and nothing of it is cut off."""


@dataclass(frozen=True, slots=True)
class Word:
    """A word in its place; `reading.index` says nothing here."""

    found: Found
    reading: Reading


@dataclass(frozen=True, slots=True)
class Page:
    """The words of a picture in reading order."""

    words: tuple[Word, ...]

    @property
    def text(self) -> str:
        """Words parted by spaces, lines by line ends."""
        lines: dict[int, list[str]] = {}
        for word in self.words:
            lines.setdefault(word.found.line, []).append(word.reading.text)
        return "\n".join(" ".join(texts) for texts in lines.values())

    @property
    def confidence(self) -> float:
        """P(text | image): the words' product, since each is read by itself."""
        return math.prod(word.reading.confidence for word in self.words)


def words_of(gray_HW: U8, *, whole: bool = False) -> list[Found]:
    """The words of a picture; the whole of it where it is one word, is blank, or where `whole`."""
    found = find_words(gray_HW)
    if len(found) == 1 and not whole:
        (only,) = found
        height, width = gray_HW.shape
        whole = only.h >= FULL * height and only.w >= FULL * width
    if found and not whole:
        return found
    height, width = gray_HW.shape
    x, y = min((w.x for w in found), default=0), min((w.y for w in found), default=0)
    right = max((w.x + w.w for w in found), default=width)
    bottom = max((w.y + w.h for w in found), default=height)
    return [Found(x, y, right - x, bottom - y, 0, gray_HW)]


def read_pages(
    config: Config,
    params: Params,
    pages: Sequence[U8],
    *,
    whole: bool = False,
    search: Search = GREEDY,
    statistics: Params = NO_STATISTICS,
) -> list[Page]:
    """Read pictures gray_HW of words, lines or pages. `whole`: each is one word.

    Raises DatasetError where a picture that is taken whole is empty or too wide.
    """
    found = [words_of(gray_HW, whole=whole) for gray_HW in pages]
    flat = [word for words in found for word in words]
    pictures = [_prepared(word.gray_HW, config.input, is_cut=not whole) for word in flat]
    readings: dict[int, Reading] = {}
    for reading in read(config, params, pictures, search=search, statistics=statistics):
        readings[reading.index] = reading
    read_words = iter([Word(word, readings[k]) for k, word in enumerate(flat)])
    return [Page(tuple(next(read_words) for _ in words)) for words in found]


def _prepared(gray_HW: U8, spec: InputSpec, *, is_cut: bool) -> F32:
    """The network's input; a picture that a person calls one word is refused where too wide."""
    return prepare(fitting(gray_HW, spec) if is_cut else gray_HW, spec)


def fitting(gray_HW: U8, spec: InputSpec) -> U8:
    """A picture too long for the network on higher paper, so that it fits, smaller."""
    if prepared_width(gray_HW.shape, spec) > spec.max_width:
        height, width = gray_HW.shape
        missing = math.ceil(width * spec.height / (spec.max_width - 0.5)) - height
        paper = np.full((missing, width), np.percentile(gray_HW, 75), np.uint8)
        gray_HW = np.concatenate((paper[: missing // 2], gray_HW, paper[missing // 2 :]))
    return gray_HW
