"""recognize: read pictures of one word each."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from crnn.commands import console, sources
from crnn.data.prepare import prepare, read_gray
from crnn.errors import CrnnError
from crnn.reading import read


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


def main(argv: list[str]) -> int:
    """Run the command; 0 done, 1 the work failed."""
    parser = console.parser("recognize", __doc__ or "")
    parser.add_argument("--checkpoint", metavar="F", help="a checkpoint file")
    parser.add_argument("images", metavar="IMAGE", nargs="+")
    options = parser.parse_args(argv)
    try:
        found = sources.load_weights(options.checkpoint)
        sources_HW = [read_gray(Path(image)) for image in options.images]
        pictures = [prepare(gray_HW, found.config.input) for gray_HW in sources_HW]
        found_words = read(found.config, found.params, pictures, statistics=found.statistics)
        readings = sorted(found_words, key=lambda reading: reading.index)
    except CrnnError as error:
        return console.failed(error)
    results = []
    for reading in readings:
        box = _ink_box(pictures[reading.index], sources_HW[reading.index])
        word = {"text": reading.text, "confidence": reading.confidence}
        image = options.images[reading.index]
        results.append({"image": image, **word, "boxes": [{**word, **box}]})
    lines = (f"{r['image']}: {r['text'] or '(nothing)'}   {r['confidence']:.3f}" for r in results)
    console.result({"results": results}, as_json=options.json, lines="\n".join(lines))
    return 0
