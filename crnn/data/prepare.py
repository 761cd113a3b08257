"""One door for pictures: whatever is trained on, watched, drawn or read goes through `prepare`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from crnn.arrays import F32, U8

Shape = Literal["square", "height"]


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


def prepare(gray_HW: U8, spec: InputSpec) -> F32:
    """The network's input: ink 1, paper 0, spec.height rows, unpadded."""
    raise NotImplementedError
