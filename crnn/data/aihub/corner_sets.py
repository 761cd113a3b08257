"""The sets of the 605 family: `Images`, and boxes whose corners are lists x and y.

605 handwriting (IMG_OCR_53), education, public 023, finance and logistics 025. Corners come as
TL, BL, TR, BR, which drawn in that order is a bow-tie; so a box is the least and greatest x and y,
whatever the order. Keys vary by set and by document: bbox, Bbox, BBox; data or text;
acquistion_location (as every real 605 file has it) or acquisition_location.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from crnn.data.aihub import sheet
from crnn.data.aihub.sheet import Box, Corners, Document, Reader, Sheet

_TECHNICAL = ("width", "height", "type", "identifier")
_SPELLING = {"acquistion_location": "acquisition_location"}


def _boxes_key(document: Document) -> str | None:
    return next((key for key in document if key.casefold() == "bbox"), None)


def _images(document: Document) -> Mapping[str, Any]:
    found = document.get("Images")
    return found if isinstance(found, Mapping) else {}


def _corners(entry: Mapping[str, Any], name: str) -> Corners:
    xs, ys = entry.get("x"), entry.get("y")
    for axis, values in (("x", xs), ("y", ys)):
        if not isinstance(values, list) or not 2 <= len(values) <= 1000:
            raise ValueError(f"{name}.{axis} is {sheet.shown(values)}, not a list of corners")
    x = [sheet.number(value, f"{name}.x") for value in xs or ()]
    y = [sheet.number(value, f"{name}.y") for value in ys or ()]
    return Corners(min(x), min(y), max(x), max(y))


def _box(index: int, entry: object, key: str) -> Box:
    name = f"{key}[{index}]"
    if not isinstance(entry, Mapping):
        return Box(index, "", None, f"{name} is {sheet.shown(entry)}, not an object")
    return sheet.box(index, entry.get("data", entry.get("text")), lambda: _corners(entry, name))


def _reader(dataset: str, marks: Callable[[Document], bool]) -> Reader:
    def fits(document: Document) -> bool:
        return _boxes_key(document) is not None and marks(document)

    def read(document: Document) -> Sheet:
        key, images = _boxes_key(document) or "bbox", _images(document)
        facts = sheet.scalars(images, leave_out=_TECHNICAL)
        return Sheet(
            dataset=dataset,
            size=sheet.size(images.get("width"), images.get("height")),
            media=sheet.code(images.get("media_type")),
            content=sheet.code(images.get("written_content")),
            fields={_SPELLING.get(name, name): value for name, value in facts.items()},
            boxes=tuple(_box(n, entry, key) for n, entry in enumerate(sheet.items(document, key))),
        )

    return Reader(dataset, fits, read)


def _is_605(document: Document) -> bool:
    identifier = _images(document).get("identifier")
    by_name = isinstance(identifier, str) and identifier.startswith("IMG_OCR_53")
    return by_name or {"media_type", "written_content"} <= _images(document).keys()


def _is_education(document: Document) -> bool:
    identifier = _images(document).get("identifier")
    by_name = isinstance(identifier, str) and identifier.startswith("EDU")
    return by_name or {"grade", "class"} <= _images(document).keys()


READERS = (
    _reader("605 handwriting", _is_605),
    _reader("education", _is_education),
    _reader("023 public", lambda document: "Bbox" in document),
    _reader("025 finance and logistics", lambda _: True),
)
"""Tried in this order; the last takes any document with such boxes."""
