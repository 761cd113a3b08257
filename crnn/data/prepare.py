"""One door for pictures: whatever is trained on, watched, drawn or read goes through `prepare`.

The one idea: the network sees how much ink there is (paper 0, ink 1), never how bright the source
was. So white chalk on a board, a grey scan and a drawing on the screen give nearly the same input.
"""

from __future__ import annotations

import struct
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Literal

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from crnn.arrays import F32, U8, frozen, require
from crnn.data.quantiles import in_order, percentile
from crnn.errors import DatasetError

Shape = Literal["square", "height"]

FORMATS = ("PNG", "JPEG", "BMP", "TIFF", "WEBP")
"""The only decoders `read_gray` lets Pillow try: fewer decoders, fewer ways for a bad file in."""

MIN_CONTRAST = 12.0
"""Grey levels between paper and ink below which a picture counts as blank paper."""

PLAIN = 0.25
"""How far from the middle between its darkest and its brightest tone a picture's paper is at least,
in shares of the whole way, where that alone tells dark ink from bright."""


@dataclass(frozen=True, slots=True)
class InputSpec:
    """How a picture becomes the network's input.

    "square" squashes it to height x width as the seed does. "height" keeps the aspect: `height`
    rows, at most `max_width` columns; batches are padded to at least `width`.
    """

    height: int
    width: int
    max_width: int
    shape: Shape


def prepared_width(shape_HW: tuple[int, ...], spec: InputSpec) -> int:
    """Columns that `prepare` gives a picture of this height and width; may be above max_width."""
    if spec.shape == "square":
        return spec.width
    height, width = shape_HW
    return max(1, round(width * spec.height / height))


def prepare(gray_HW: U8, spec: InputSpec) -> F32:
    """x_HW, the network's input: ink 1, paper 0, spec.height rows, unpadded, read-only float32.

    Raises ShapeError where the picture is not two-dimensional, DatasetError where it is empty or
    wider than spec.max_width at this height.
    """
    require(gray_HW, "H W")
    if gray_HW.size == 0:
        raise DatasetError(f"the picture has no pixels (height x width {gray_HW.shape})")
    width = prepared_width(gray_HW.shape, spec)
    if width > spec.max_width:
        raise DatasetError(
            f"the picture is {width} columns wide at height {spec.height}; at most "
            f"{spec.max_width} are allowed: cut it into words, or raise input.max_width"
        )
    image = Image.fromarray(gray_HW.astype(np.float32))
    # Pillow widens the filter when it shrinks, so one filter serves both directions.
    image = image.resize((width, spec.height), Image.Resampling.BICUBIC)
    level_HW = np.asarray(image)
    ordered = in_order(level_HW)
    return frozen(_stretched(level_HW, ordered, is_dark=_has_dark_ink(image, level_HW, ordered)))


def _has_dark_ink(image: Image.Image, level_HW: F32, ordered: F32) -> bool:
    """Whether ink is darker than paper.

    Paper is the tone most of the picture and most of its border have: a tight crop has ink on the
    border, a bold one has much ink inside, hardly any has both. Where that is not plain, since
    shadows are as deep as the ink is dark, each pixel is compared with those around it.
    """
    low, high = percentile(ordered, 1), percentile(ordered, 99)
    edge, inside = percentile(in_order(_border(level_HW)), 50), percentile(ordered, 50)
    place = ((edge + inside) / 2 - low) / max(high - low, 1.0)
    if abs(place - 0.5) > PLAIN:
        return place > 0.5
    return _darkness_of_lines(image, level_HW) > 0


def _darkness_of_lines(image: Image.Image, level_HW: F32) -> float:
    """Above 0 where ink is darker than the paper round it, below 0 where it is brighter.

    Compared with the mean over a third of the picture's height, light falls away. Then ink stands
    out far in few places, so the third moment has its sign; and most of the border is paper.
    """
    height, width = level_HW.shape
    coarse = (max(2, round(3 * width / height)), 3)
    mean = image.resize(coarse, Image.Resampling.BOX).resize(image.size, Image.Resampling.BILINEAR)
    apart_HW = level_HW - np.asarray(mean)
    square_HW = apart_HW * apart_HW
    spread = float(square_HW.mean()) + 1e-6
    skew = float(np.vdot(square_HW, apart_HW)) / apart_HW.size / spread**1.5
    ordered = in_order(apart_HW)
    low, high = percentile(ordered, 1), percentile(ordered, 99)
    edge = (percentile(in_order(_border(apart_HW)), 50) - low) / max(high - low, 1.0)
    return float(4 * (edge - 0.5) - skew)


def _border(level_HW: F32) -> F32:
    return np.concatenate((level_HW[0], level_HW[-1], level_HW[:, 0], level_HW[:, -1]))


def _stretched(level_HW: F32, ordered: F32, *, is_dark: bool) -> F32:
    """Paper to 0 and ink to 1, by percentiles so that single specks decide nothing.

    Done after the resize: thin strokes lose contrast there. The outer percentile alone would miss a
    short stroke on much paper, so ink is at least half as far from paper as the farthest pixel.
    """
    paper = percentile(ordered, 80 if is_dark else 20)
    ink = percentile(ordered, 1 if is_dark else 99) - paper
    farthest = float(ordered[0 if is_dark else -1]) - paper
    ink = max(ink, 0.5 * farthest, key=abs)
    if abs(ink) < MIN_CONTRAST:
        return np.zeros(level_HW.shape, np.float32)
    scaled_HW: F32 = level_HW - np.float32(paper)
    scaled_HW *= np.float32(1 / ink)
    np.maximum(scaled_HW, 0, out=scaled_HW)
    return np.minimum(scaled_HW, 1, out=scaled_HW)


def read_gray(path: Path) -> U8:
    """gray_HW of a picture file: upright by its EXIF, transparency laid on white, read-only.

    Raises DatasetError that names the file, the cause and what to do.
    """
    return decode_gray(path, str(path))


def decode_gray(file: Path | BinaryIO, name: str) -> U8:
    """`read_gray` of a file or of bytes held in memory; `name` is what an error calls it."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(file, formats=FORMATS) as image:
                return frozen(_gray(ImageOps.exif_transpose(image)))
    except FileNotFoundError as error:
        raise DatasetError(f"{name}: there is no such file; check the path") from error
    except UnidentifiedImageError as error:
        raise DatasetError(
            f"{name}: not a picture this program reads; save it as one of {', '.join(FORMATS)}"
        ) from error
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise DatasetError(f"{name}: too many pixels ({error}); cut it into words") from error
    except (OSError, SyntaxError, ValueError, struct.error) as error:
        # Pillow reports a damaged file as any of these.
        raise DatasetError(
            f"{name}: cannot be decoded ({error}); the file is cut or damaged, export it again"
        ) from error


def _gray(image: Image.Image) -> U8:
    if image.mode.startswith("I"):
        # 16 bits a pixel; Pillow's own conversion to "L" would clip, not scale.
        return (np.asarray(image).astype(np.int64).clip(0, 65535) // 257).astype(np.uint8)
    if image.mode == "F":
        raise ValueError("32-bit floating-point pixels; save it with 8 bits a pixel")
    if "A" in image.getbands() or "transparency" in image.info:
        colour = image.convert("RGBA")
        image = Image.alpha_composite(Image.new("RGBA", colour.size, "white"), colour)
    return np.array(image.convert("L"), np.uint8)
