"""What crosses the thread: commands in, frames and events out. All frozen."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from crnn.debug.branch_messages import BranchCommand
from crnn.debug.guest_messages import GuestCommand, GuestEvent, GuestReading
from crnn.debug.level_messages import LevelCommand
from crnn.debug.point_messages import PointCommand, PointEvent
from crnn.debug.script_messages import ScriptCommand, ScriptEvent

if TYPE_CHECKING:  # the window is painted before the engine is loaded
    from crnn.arrays import F64, I64
    from crnn.config import Config
    from crnn.data.dataset import Dataset, TrainingSet
    from crnn.debug.branch_messages import Branches
    from crnn.debug.inner import Inner
    from crnn.debug.points import Watching
    from crnn.debug.reports import Reports
    from crnn.debug.trace import Trace

# ---- commands: what a person or a script can ask for ----


@dataclass(frozen=True, slots=True)
class Run:
    """Train; in the past, move through the recording to LIVE and train on."""


@dataclass(frozen=True, slots=True)
class RunBack:
    """Move back until told to pause, or to the first step."""


@dataclass(frozen=True, slots=True)
class Pause:
    pass


@dataclass(frozen=True, slots=True)
class Step:
    """One batch on; in the past, one step on in the recording."""


@dataclass(frozen=True, slots=True)
class Back:
    """One batch back."""


@dataclass(frozen=True, slots=True)
class Seek:
    """Show this step; clamped to first..head."""

    step: int


@dataclass(frozen=True, slots=True)
class ReturnToLive:
    pass


@dataclass(frozen=True, slots=True)
class Stop:
    """Park, and close the recording at the last finished step."""


@dataclass(frozen=True, slots=True)
class Watch:
    """Choose the sample whose trace is shown."""

    sample: int


@dataclass(frozen=True, slots=True)
class SetLearningRate:
    """A recorded edit at the head; refused in the past (a branch is needed there)."""

    lr: float


@dataclass(frozen=True, slots=True)
class NewRun:
    """Start a run at step 0 with this Config on this data."""

    config: Config
    dataset: Dataset
    name: str


@dataclass(frozen=True, slots=True)
class Restart:
    """A new run with the same Config, seed and data."""


@dataclass(frozen=True, slots=True)
class OverfitBatch:
    """A new run, same Config, whose whole data is the batch of the step on screen."""


@dataclass(frozen=True, slots=True)
class Save:
    """Write the state on screen as a checkpoint of kind full."""

    path: Path


@dataclass(frozen=True, slots=True)
class Load:
    """Start a new run at the step of this checkpoint, or go on with this run directory.

    On `dataset`, or else on the data it was made from. A bad file changes nothing.
    """

    path: Path
    dataset: Dataset | None = None


@dataclass(frozen=True, slots=True)
class Quit:
    """Finish the batch, close the recording, end the thread."""


Command = (
    Run | RunBack | Pause | Step | Back | Seek | ReturnToLive | Stop | Watch | SetLearningRate
    | NewRun | Restart | OverfitBatch | Save | Load | Quit
    | LevelCommand | PointCommand | BranchCommand | GuestCommand | ScriptCommand
)  # fmt: skip

# ---- frames: the newest wins ----

Mode = Literal["empty", "running", "paused", "past", "past_running", "past_running_back", "stopped"]
"""running/paused stand at LIVE; stopped is a closed recording (its past can still be walked)."""

HealthMark = Literal["ok", "warn", "bad", "none"]


@dataclass(frozen=True, slots=True)
class OpHealth:
    """One row of the MODEL list: shape of the op's output and three marks with a sentence for each
    that is not ok."""

    name: str
    shape: str
    act: HealthMark
    grad: HealthMark
    upd: HealthMark
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Survey:
    """The last known loss and reading of every listed sample and guest (NaN, "" and -1 where none);
    TrainingSet.row says which row is whose.

    step_M says at which state each was measured; while parked the debugger brings all of them to
    the step on screen. broke_M: where the reading is wrong, though one at an earlier state was
    right, that state's step; -1 elsewhere. None where nothing is known of earlier readings.
    """

    loss_nats_M: F64
    text_M: tuple[str, ...]
    step_M: I64
    broke_M: I64 | None = None

    def at(self, row: int) -> tuple[str, float, int]:
        """Reading, loss and step of a row; of row -1 what stands where nothing is known."""
        if row < 0:
            return "", float("nan"), -1
        return self.text_M[row], float(self.loss_nats_M[row]), int(self.step_M[row])

    def broke_at(self, row: int) -> int:
        """The entry of broke_M, -1 where there is none."""
        return -1 if self.broke_M is None or row < 0 else int(self.broke_M[row])


@dataclass(frozen=True, slots=True)
class RunInfo:
    """What stays the same for the whole run."""

    run_id: int
    name: str
    config: Config
    data: TrainingSet
    n_parameters: int
    first_step: int
    directory: str


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


@dataclass(frozen=True, slots=True)
class Frame:
    """Everything a view may draw, for one state: `trace`, `survey`, `batch_ids` belong to `step`.

    `batch_ids` is the batch that takes this state on. The first `n_reports` of `reports` may be
    read; report i is the update from state first_step + i. `milestones` are (step, kind) of first
    events: first_letter, first_word, all_right.
    """

    generation: int
    mode: Mode
    run: RunInfo
    step: int
    head: int
    trace: Trace | None
    batch_ids: tuple[int, ...]
    survey: Survey
    reports: Reports
    n_reports: int
    key_steps: tuple[int, ...]
    milestones: tuple[tuple[int, str], ...]
    edits: tuple[tuple[int, float], ...]
    health: tuple[OpHealth, ...]
    lr: float
    samples_per_s: float
    watch_cost: float
    n_checked: int
    """Replayed steps whose digest was compared and equal; 0 means nothing was replayed yet."""
    reach: Reach = Reach()
    branches: Branches | None = None
    inner: Inner | None = None
    """The place within the step; None at level step, and while the run moves."""
    guest: GuestReading | None = None
    """Where the watched sample is a guest."""
    watching: Watching | None = None

    @property
    def is_past(self) -> bool:
        """Whether recorded steps lie ahead. While training, the frame is of the state just trained
        on, one before the head, and that is live."""
        return self.step < self.head and self.mode != "running"


# ---- events: never lost ----


@dataclass(frozen=True, slots=True)
class Parked:
    """The loop stands still; the frame of that state was put out before this event.

    Of several moves that wait in the queue, only the last one parks.
    """

    step: int
    reason: str


@dataclass(frozen=True, slots=True)
class RunOpened:
    run: RunInfo


@dataclass(frozen=True, slots=True)
class Failed:
    """A command or a step failed; the loop stands at the last good state and takes commands."""

    title: str
    message: str
    traceback: str
    step: int


@dataclass(frozen=True, slots=True)
class Saved:
    path: Path
    step: int


@dataclass(frozen=True, slots=True)
class Loaded:
    """`notes` are sentences about the file. `is_exported`: it is a whole run in one file, and they
    say what is in it and how exact its replay will be here."""

    path: Path
    step: int
    notes: tuple[str, ...] = ()
    is_exported: bool = False


@dataclass(frozen=True, slots=True)
class Seeking:
    """A seek that takes long: `done` of `total` steps re-executed."""

    target: int
    done: int
    total: int


Event = (
    Parked | RunOpened | Failed | Saved | Loaded | Seeking | GuestEvent | PointEvent | ScriptEvent
)  # fmt: skip
