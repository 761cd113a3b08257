"""Reports: what each step said of itself, append-only, read by index from any thread."""

from __future__ import annotations

import numpy as np

from crnn.arrays import AnyArray  # noqa: F401
from crnn.train import StepReport


class Reports:
    """Growing columns. One writer appends; readers take `n` first and read rows below it."""
