"""From a page to the pictures of its words: decode once, cut, shape, encode.

"square" squashes a word to 32 x 32 as the seed does; "height" gives 32 rows and keeps the aspect.
"""

from __future__ import annotations

import math
import struct
from dataclasses import dataclass
from io import BytesIO
from typing import NamedTuple

from PIL import ExifTags, Image

from crnn.arrays import U8
from crnn.data.aihub.sheet import Corners
from crnn.data.prepare import Shape, decode_gray

HEIGHT = 32

MAX_WIDTH = 16_384
"""Columns of a crop at 32 rows; a word that is 512 times as wide as high is none."""


class Area(NamedTuple):
    """Whole pixels of the upright page, right and bottom exclusive."""

    left: int
    top: int
    right: int
    bottom: int


@dataclass(frozen=True, slots=True)
class Page:
    """An upright gray page. `turned`: its boxes were drawn before the EXIF turn named by this
    value of the tag (5 to 8), else 0."""

    gray_HW: U8
    turned: int = 0

    @property
    def whole(self) -> Area:
        height, width = self.gray_HW.shape
        return Area(0, 0, width, height)

    def area(self, corners: Corners) -> Area:
        """The pixels that `corners` enclose, fractions outwards; may be empty or off the page."""
        left, top, right, bottom = self._upright(corners)
        return Area(math.floor(left), math.floor(top), math.ceil(right), math.ceil(bottom))

    def _upright(self, box: Corners) -> Corners:
        if not self.turned:
            return box
        _, _, width, height = self.whole
        turned = Corners(box.top, box.left, box.bottom, box.right)  # 5, mirrored at the diagonal
        if self.turned in (6, 7):  # what was the top is the right
            turned = turned._replace(left=width - turned.right, right=width - turned.left)
        if self.turned in (7, 8):  # what was the left is the bottom
            turned = turned._replace(top=height - turned.bottom, bottom=height - turned.top)
        return turned

    def cut(self, area: Area, shape: Shape) -> bytes:
        """The PNG of `area`, which lies on the page. Raises ValueError above MAX_WIDTH."""
        left, top, right, bottom = area
        wide, high = right - left, bottom - top
        width = HEIGHT if shape == "square" else max(1, round(wide * HEIGHT / high))
        if width > MAX_WIDTH:
            raise ValueError(f"{wide} x {high} pixels; at most {MAX_WIDTH // HEIGHT} times as wide")
        crop = Image.fromarray(self.gray_HW[top:bottom, left:right])
        file = BytesIO()
        crop.resize((width, HEIGHT), Image.Resampling.BICUBIC).save(file, "PNG")
        return file.getvalue()


def read_page(data: bytes, name: str, size: tuple[int, int] | None) -> Page:
    """The page of a picture file; `size` is (width, height) in its document.

    A picture that EXIF turns is labelled as people saw it, upright, unless its document has the
    size of the picture as stored. Raises DatasetError where it cannot be decoded.
    """
    gray_HW = decode_gray(BytesIO(data), name)
    height, width = gray_HW.shape
    stored = size == (height, width) and height != width
    return Page(gray_HW, _turn(data) if stored else 0)


def clamped(area: Area, page: Area) -> Area:
    """The part of `area` on the page; right <= left or bottom <= top where there is none."""
    return Area(
        max(area.left, page.left),
        max(area.top, page.top),
        min(area.right, page.right),
        min(area.bottom, page.bottom),
    )


def is_empty(area: Area) -> bool:
    return area.right <= area.left or area.bottom <= area.top


def _turn(data: bytes) -> int:
    """The EXIF orientation where it swaps width and height (5 to 8), else 0."""
    try:
        with Image.open(BytesIO(data)) as image:
            found = image.getexif().get(ExifTags.Base.Orientation, 1)
    except (OSError, SyntaxError, ValueError, struct.error):
        return 0  # decode_gray has read the same bytes, so only the tag itself is broken
    return int(found) if found in (5, 6, 7, 8) else 0
