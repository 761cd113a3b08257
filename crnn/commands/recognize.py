"""recognize: read pictures of one word each."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import numpy as np

from crnn.commands import console, searching, sources
from crnn.data.prepare import prepare, read_gray
from crnn.errors import CrnnError
from crnn.reading import Reading, characters, read
from crnn.text.hangul import Alphabet

MOST = 100
"""Guesses a picture; the beam is as wide as that."""


def _ink_box(x_HW: Any, gray_HW: Any) -> dict[str, int]:
    """The ink's bounding box in source pixels; the whole picture where there is none."""
    height, width = gray_HW.shape
    rows = np.flatnonzero(x_HW.max(axis=1) > 0.5)
    columns = np.flatnonzero(x_HW.max(axis=0) > 0.5)
    if rows.size == 0:
        return {"x": 0, "y": 0, "w": width, "h": height}
    down, across = height / x_HW.shape[0], width / x_HW.shape[1]
    x, y = int(columns[0] * across), int(rows[0] * down)
    return {
        "x": x,
        "y": y,
        "w": round((columns[-1] + 1) * across) - x,
        "h": round((rows[-1] + 1) * down) - y,
    }


def _words(alphabet: Alphabet, reading: Reading) -> dict[str, Any]:
    """What was read: `start` and `stop` are timesteps, `nbest` only where it was asked for."""
    words: dict[str, Any] = {
        "text": reading.text,
        "confidence": reading.confidence,
        "characters": [piece._asdict() for piece in characters(alphabet, reading)],
    }
    if reading.guesses:
        words["nbest"] = [guess._asdict() for guess in reading.guesses]
    return words


def _lines(result: dict[str, Any]) -> list[str]:
    """The text, and under it the other guesses."""
    text = result["text"] or "(nothing)"
    others = result.get("nbest", ())[1:]
    return [
        f"{result['image']}: {text}   {result['confidence']:.3f}",
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
    searching.add_options(parser)
    options = parser.parse_args(argv)
    searching.check(parser, options, "nbest")
    try:
        found = sources.load_weights(options.checkpoint)
        sources_HW = [read_gray(Path(image)) for image in options.images]
        search = searching.search(options, found.config.alphabet, options.nbest or 0)
        pictures = [prepare(gray_HW, found.config.input) for gray_HW in sources_HW]
        found_words = read(
            found.config, found.params, pictures, search=search, statistics=found.statistics
        )
        readings = sorted(found_words, key=lambda reading: reading.index)
    except CrnnError as error:
        return console.failed(error)
    results = []
    for reading in readings:
        box = _ink_box(pictures[reading.index], sources_HW[reading.index])
        words = _words(found.config.alphabet, reading)
        image = options.images[reading.index]
        word = {"text": reading.text, "confidence": reading.confidence}
        results.append({"image": image, **words, "boxes": [{**word, **box}]})
    lines = [line for result in results for line in _lines(result)]
    console.result({"results": results}, as_json=options.json, lines="\n".join(lines))
    return 0
