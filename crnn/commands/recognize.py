"""recognize: read pictures of words, lines or pages."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from crnn.commands import console, searching, sources
from crnn.data.prepare import read_gray
from crnn.errors import CrnnError
from crnn.reading import characters
from crnn.reading_page import Page, Word, read_pages
from crnn.text.hangul import Alphabet

PLACE = ("x", "y", "w", "h")
MOST = 100
"""Guesses a picture; the beam is as wide as that."""


def _result(image: str, page: Page, alphabet: Alphabet) -> dict[str, Any]:
    """The whole text, and its words in reading order. What belongs to one reading alone stands at
    the top too, where the picture is one word."""
    boxes = [_box(word, alphabet) for word in page.words]
    whole = {"text": page.text, "confidence": page.confidence}
    if len(boxes) == 1:
        whole = {key: value for key, value in boxes[0].items() if key not in PLACE}
    return {"image": image, **whole, "boxes": boxes}


def _box(word: Word, alphabet: Alphabet) -> dict[str, Any]:
    """What was read, and where, in source pixels: `start` and `stop` of its characters are
    timesteps, `nbest` is only there where it was asked for."""
    found, reading = word.found, word.reading
    box: dict[str, Any] = {
        "text": reading.text,
        "confidence": reading.confidence,
        "characters": [piece._asdict() for piece in characters(alphabet, reading)],
        "x": found.x,
        "y": found.y,
        "w": found.w,
        "h": found.h,
    }
    if reading.guesses:
        box["nbest"] = [guess._asdict() for guess in reading.guesses]
    return box


def _lines(result: dict[str, Any]) -> list[str]:
    """The text, and under it the other guesses of a single word."""
    first, *more = (result["text"] or "(nothing)").split("\n")
    others = result.get("nbest", ())[1:]
    return [
        f"{result['image']}: {first}   {result['confidence']:.3f}",
        *(f"  {line}" for line in more),
        *(f"  {other['text'] or '(nothing)'}   {other['confidence']:.3f}" for other in others),
    ]


def _count(text: str) -> int:
    number = int(text) if text.isascii() and text.isdecimal() else 0
    if not 1 <= number <= MOST:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 1 to {MOST}")
    return number


def main(argv: list[str]) -> int:
    """Run the command; 0 done, 1 the work failed."""
    parser = console.parser("recognize", __doc__ or "")
    parser.add_argument("--checkpoint", metavar="F", help="a checkpoint file")
    parser.add_argument("images", metavar="IMAGE", nargs="+")
    parser.add_argument("--nbest", type=_count, metavar="N", help="the N best texts, by beam")
    parser.add_argument("--whole", action="store_true", help="each picture is one word")
    searching.add_options(parser)
    options = parser.parse_args(argv)
    searching.check(parser, options, "nbest")
    try:
        found = sources.load_weights(options.checkpoint)
        pictures = [read_gray(Path(image)) for image in options.images]
        search = searching.search(options, found.config.alphabet, options.nbest or 0)
        pages = read_pages(
            *(found.config, found.params, pictures),
            whole=options.whole, search=search, statistics=found.statistics,
        )  # fmt: skip
    except CrnnError as error:
        return console.failed(error)
    alphabet = found.config.alphabet
    results = [
        _result(image, page, alphabet) for image, page in zip(options.images, pages, strict=True)
    ]
    lines = [line for result in results for line in _lines(result)]
    console.result({"results": results}, as_json=options.json, lines="\n".join(lines))
    return 0
