"""What crosses the thread for captures and scripts. All frozen."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from crnn.debug.capture import Contents
    from crnn.train import TrainState

# ---- commands ----


@dataclass(frozen=True, slots=True)
class PlanExport:
    """Say what an export of the run would hold: answered with ExportPlanned."""


@dataclass(frozen=True, slots=True)
class Export:
    """Write the run as one file. `with_data`: also the samples of a data folder, which only those
    may pass on whose data allows it, or of a large set."""

    path: Path
    with_data: bool = False


@dataclass(frozen=True, slots=True)
class StopCopying:
    """Give up the export, or the opening of an exported run, that is on its way; nothing of it
    stays."""


@dataclass(frozen=True, slots=True)
class Freeze:
    """Write a pytest file that reproduces what is on screen, and of it the number that the
    expression `value` names (see debug.moment), "" for none. At level line also every name
    there; `value` may then be over the names of the function at it."""

    path: Path
    value: str = ""


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
class ExportPlanned:
    contents: Contents


@dataclass(frozen=True, slots=True)
class Copying:
    """`done` of `total` bytes of an exported run are written to, or read from, `path`."""

    path: Path
    done: int
    total: int
    is_export: bool


@dataclass(frozen=True, slots=True)
class CopyStopped:
    """As asked for; nothing of it stays."""

    path: Path


@dataclass(frozen=True, slots=True)
class Exported:
    """The file of `n_bytes` is written; `note` says what had to be left out of it."""

    path: Path
    step: int
    note: str
    n_bytes: int


ScriptCommand = PlanExport | Export | StopCopying | Freeze | Echo
ScriptEvent = ExportPlanned | Copying | CopyStopped | Exported | Echoed
