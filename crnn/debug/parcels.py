"""Parcels: the messages about what leaves a run - a file, a test, an answer - and how well the run
can be moved over. All frozen."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # the window is painted before the engine is loaded
    from crnn.train import TrainState


@dataclass(frozen=True, slots=True)
class Export:
    """Write the run as one file. `with_folder`: also the samples of a data folder, which only those
    may pass on whose data allows it."""

    path: Path
    with_folder: bool = False


@dataclass(frozen=True, slots=True)
class Freeze:
    """Write a pytest file that reproduces what is on screen, and `value` of it: (name, t, row) of a
    number in the trace."""

    path: Path
    value: tuple[str, int, int] | None = None


@dataclass(frozen=True, slots=True)
class Echo:
    """Answer with Echoed: all commands before this one have been carried out, or have failed."""

    token: int


@dataclass(frozen=True, slots=True)
class Echoed:
    """`state` is the one on screen, None where no run is open."""

    token: int
    state: TrainState | None


@dataclass(frozen=True, slots=True)
class Exported:
    """The file is written; `note` says what had to be left out of it."""

    path: Path
    step: int
    note: str


@dataclass(frozen=True, slots=True)
class Reach:
    """How well the run can be moved over.

    stored_steps: key frames on disk. worst_seek_s: the longest that re-execution to any step takes.
    n_elsewhere: re-executed steps that were recorded under another environment and gave other bits;
    their loss differed by at most `largest_loss_difference` nats.
    """

    stored_steps: tuple[int, ...] = ()
    worst_seek_s: float = 0.0
    n_elsewhere: int = 0
    largest_loss_difference: float = 0.0


NO_REACH = Reach()
