"""What crosses the thread about guests - what is looked at and never trained on - and about the
reading of whole folders. All frozen.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # the window is painted before the engine is loaded
    from crnn.data.drawing import Stroke
    from crnn.evaluation import Evaluation

# ---- commands ----


@dataclass(frozen=True, slots=True)
class Draw:
    """Show this drawing as a sample of its own: the one in work, or a new one where `is_new`.

    `text`: what it is meant to say, "" where nobody says so.
    """

    strokes: tuple[Stroke, ...]
    is_new: bool
    text: str = ""


@dataclass(frozen=True, slots=True)
class OpenPicture:
    """Show the words of a picture as samples: a file, or `data`, bytes called `path`."""

    path: Path
    data: bytes | None = None


@dataclass(frozen=True, slots=True)
class Evaluate:
    """Read a data set with the state on screen, while the run stands; "" is the run's own."""

    source: str


@dataclass(frozen=True, slots=True)
class StopEvaluation:
    pass


@dataclass(frozen=True, slots=True)
class ShowEvaluated:
    """Show this sample of the set that was evaluated last."""

    index: int


GuestCommand = Draw | OpenPicture | Evaluate | StopEvaluation | ShowEvaluated

# ---- of a frame ----


@dataclass(frozen=True, slots=True)
class GuestReading:
    """What the network of this frame reads in the watched guest, and P(text | image)."""

    sample: int
    text: str
    confidence: float
    characters: tuple[tuple[str, float], ...]
    """Each character, and how surely it lies where it lies."""


# ---- events ----


@dataclass(frozen=True, slots=True)
class Arrived:
    """Guests came: samples first to first + n - 1; the first of them is watched."""

    first: int
    n: int
    name: str


@dataclass(frozen=True, slots=True)
class Evaluating:
    """`done` of `total` samples are read; none is while the run moves."""

    done: int
    total: int


@dataclass(frozen=True, slots=True)
class Evaluated:
    """The folder is read, or as much of it as there was time for."""

    evaluation: Evaluation


GuestEvent = Arrived | Evaluating | Evaluated
