"""A label file's bytes -> one Sheet: encoding, JSON, and the reader of the set it belongs to."""

from __future__ import annotations

import json
from typing import Any

from crnn.data.aihub import corner_sets, rectangle_sets
from crnn.data.aihub.sheet import Reader, Sheet, shown

READERS: tuple[Reader, ...] = (*corner_sets.READERS, *rectangle_sets.READERS)

MAX_BOXES = 10_000
"""Boxes of one sheet; real ones have at most a few hundred."""


def read_sheet(data: bytes) -> Sheet:
    """The sheet of one document. Raises ValueError that says what is wrong with it."""
    document = parse(decode(data))
    if not isinstance(document, dict):
        raise ValueError(f"the document is {shown(document)}, not an object")
    reader = next((reader for reader in READERS if reader.fits(document)), None)
    if reader is None:
        keys = ", ".join(str(key)[:20] for key in list(document)[:6])
        raise ValueError(f"no boxes in it: neither bbox nor annotations among its keys ({keys})")
    sheet = reader.read(document)
    if len(sheet.boxes) > MAX_BOXES:
        raise ValueError(f"{len(sheet.boxes):,} boxes; at most {MAX_BOXES:,} are read")
    return sheet


def decode(data: bytes) -> str:
    """UTF-8 with or without BOM, else CP949, as some of set 105 is. Raises ValueError."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        try:
            return data.decode("cp949")
        except UnicodeDecodeError:
            raise ValueError(f"neither UTF-8 nor CP949 ({error.reason})") from error


def parse(text: str) -> Any:
    """JSON. Raises ValueError, also for nesting so deep that only an attack would have it."""
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise ValueError(f"line {error.lineno}, column {error.colno}: {error.msg}") from error
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
