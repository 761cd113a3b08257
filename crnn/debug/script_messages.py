"""What crosses the thread for captures and scripts. All frozen."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from crnn.train import TrainState

# ---- commands ----


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


# ---- events ----


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


ScriptCommand = Export | Freeze | Echo
ScriptEvent = Exported | Echoed
