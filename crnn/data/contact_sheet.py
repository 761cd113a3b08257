"""A contact sheet: many samples on one picture, each over its label."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

import assets
from crnn.data.dataset import Sample
from crnn.errors import DatasetError

COLUMNS = 10
CELL_WIDE, PICTURE_HIGH, LABEL_HIGH, GAP = 176, 64, 22, 8
SHEET_SAMPLES = 200
"""How many a sheet shows of a set that has more."""
PAPER, FRAME, INK = "#F3F4F7", "#B6BDC8", "#14171C"


def save_sheet(samples: Sequence[Sample], path: Path) -> None:
    """The contact sheet as a PNG. Raises DatasetError where it cannot be written."""
    try:
        contact_sheet(samples).save(path)
    except OSError as error:
        raise DatasetError(
            f"{path}: cannot be written ({error.strerror}); choose another place"
        ) from error


def contact_sheet(samples: Sequence[Sample], columns: int = COLUMNS) -> Image.Image:
    """RGB picture with the samples in rows, enlarged or shrunk to fit their cells."""
    rows = max(1, -(-len(samples) // columns))
    wide, high = CELL_WIDE + GAP, PICTURE_HIGH + LABEL_HIGH + GAP
    sheet = Image.new("RGB", (columns * wide + GAP, rows * high + GAP), PAPER)
    for number, sample in enumerate(samples):
        row, column = divmod(number, columns)
        _draw(sheet, sample, GAP + column * wide, GAP + row * high)
    return sheet


def _draw(sheet: Image.Image, sample: Sample, x: int, y: int) -> None:
    draw = ImageDraw.Draw(sheet)
    height, width = sample.gray_HW.shape
    if height and width:
        scale = min(CELL_WIDE / width, PICTURE_HIGH / height)
        size = (max(1, round(width * scale)), max(1, round(height * scale)))
        picture = Image.fromarray(sample.gray_HW).resize(size, Image.Resampling.BICUBIC)
        sheet.paste(picture, (x, y))
        draw.rectangle((x, y, x + size[0] - 1, y + size[1] - 1), outline=FRAME)
    draw.text((x, y + PICTURE_HIGH + 3), _fitting(sample.text), fill=INK, font=_font())


def _fitting(text: str) -> str:
    """As much of `text` as a cell is wide, on one line; what the font lacks by its code point."""
    line = " ".join(text.split())
    line = "".join(char if _has(char) else f"<U+{ord(char):04X}>" for char in line)
    while line and _font().getlength(line) > CELL_WIDE:
        line = f"{line[:-2]}…"
    return line


@lru_cache(maxsize=4096)
def _has(char: str) -> bool:
    """Whether the font draws `char`, and not the box that it draws for what it lacks."""
    return char.isspace() or bytes(_font().getmask(char)) != bytes(_font().getmask("\uffff"))


@lru_cache(maxsize=1)
def _font() -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(assets.path("fonts", "NanumGothic.ttf")), 15)
