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
from crnn.data.quantiles import ink_and_paper, percentiles
from crnn.errors import DatasetError

Shape = Literal["square", "height"]

FORMATS = ("PNG", "JPEG", "BMP", "TIFF", "WEBP")
"""The only decoders `read_gray` lets Pillow try: fewer decoders, fewer ways for a bad file in."""

MIN_CONTRAST = 12.0
"""Grey levels between paper and ink below which a picture counts as blank paper."""


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
    ink = Image.fromarray(_ink_levels(gray_HW))
    # Pillow widens the filter when it shrinks, so one filter serves both directions.
    small_HW = np.asarray(ink.resize((width, spec.height), Image.Resampling.BICUBIC), np.float32)
    return frozen(_stretch(small_HW))


def _ink_levels(gray_HW: U8) -> F32:
    """Grey levels turned so that ink is the larger value.

    Paper is the tone most of the picture and most of its border have: a tight crop has ink on the
    border, a bold one has much ink inside, hardly any has both.
    """
    border = np.concatenate((gray_HW[0], gray_HW[-1], gray_HW[:, 0], gray_HW[:, -1]))
    edge, inside, low, high = ink_and_paper(gray_HW, border)
    paper = (edge + inside) / 2
    levels_HW = gray_HW.astype(np.float32)
    return levels_HW if paper < (low + high) / 2 else np.float32(255) - levels_HW


def _stretch(ink_HW: F32) -> F32:
    """Paper to 0 and ink to 1, by percentiles so that single specks decide nothing.

    Done after the resize: thin strokes lose contrast there. The top percentile alone would miss a
    short stroke on much paper, so ink is at least half as dark as the darkest pixel.
    """
    paper, ink = percentiles(ink_HW, (20, 99))
    ink = max(ink, paper + 0.5 * (float(ink_HW.max()) - paper))
    if ink - paper < MIN_CONTRAST:
        return np.zeros(ink_HW.shape, np.float32)
    scaled_HW: F32 = (ink_HW - np.float32(paper)) / np.float32(ink - paper)
    return np.clip(scaled_HW, np.float32(0), np.float32(1), out=scaled_HW)


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
