"""The sets with `images` and `annotations`, whose boxes are [x, y, width, height].

88 public administration: keys with dots ("annotation.bbox"). 81 letter forms: one file for the
whole set, cut into one document a picture by `collection`; handwriting has no boxes, a picture is a
word. 105 outdoor: one document a picture.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from crnn.data.aihub import sheet
from crnn.data.aihub.sheet import Box, Corners, Document, Reader, Sheet

_TECHNICAL = ("width", "height", "image.width", "image.height", "file_name", "image.file.name")


def _rectangle(found: object, name: str) -> Corners:
    if not isinstance(found, list) or len(found) != 4:
        raise ValueError(f"{name} is {sheet.shown(found)}, not [x, y, width, height]")
    x, y, width, height = (sheet.number(value, name) for value in found)
    return Corners(x, y, x + width, y + height)


def _box(index: int, entry: object, prefix: str, *, whole: bool = False) -> Box:
    name = f"annotations[{index}]"
    if not isinstance(entry, Mapping):
        return Box(index, "", None, f"{name} is {sheet.shown(entry)}, not an object")
    key = f"{prefix}bbox"

    def find() -> Corners | None:
        found = entry.get(key)
        return None if whole and found is None else _rectangle(found, f"{name}.{key}")

    return sheet.box(index, entry.get(f"{prefix}text"), find)


def _picture(document: Document) -> Mapping[str, Any]:
    """images[0]; some documents have the object itself."""
    found = document.get("images")
    if isinstance(found, list) and found:
        found = found[0]
    return found if isinstance(found, Mapping) else {}


def _first(document: Document) -> Mapping[str, Any]:
    found = document.get("annotations")
    first = found[0] if isinstance(found, list) and found else None
    return first if isinstance(first, Mapping) else {}


def _sheet(document: Document, dataset: str, prefix: str = "", *, whole: bool = False) -> Sheet:
    found, entries = _picture(document), sheet.items(document, "annotations")
    dotted = "image." if prefix else ""
    about = _first(document).get("attributes") if len(entries) == 1 else None
    return Sheet(
        dataset=dataset,
        size=sheet.size(found.get(f"{dotted}width"), found.get(f"{dotted}height")),
        media=None,
        content=None,
        fields=sheet.scalars(found, about, leave_out=_TECHNICAL),
        boxes=tuple(_box(n, entry, prefix, whole=whole) for n, entry in enumerate(entries)),
    )


def _is_88(document: Document) -> bool:
    names = (*_first(document), *_picture(document))
    return "annotations" in document and any(
        name.startswith(("annotation.", "image.")) for name in names
    )


def _is_81(document: Document) -> bool:
    return "annotations" in document and "image_id" in _first(document)


READERS = (
    Reader(
        "88 public administration",
        _is_88,
        lambda document: _sheet(document, "88 public administration", "annotation."),
    ),
    Reader(
        "81 letter forms",
        _is_81,
        lambda document: _sheet(document, "81 letter forms", whole=True),
    ),
    Reader(
        "105 outdoor",
        lambda document: "annotations" in document,
        lambda document: _sheet(document, "105 outdoor"),
    ),
)
"""Tried in this order; the last takes any document with annotations."""
