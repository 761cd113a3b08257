"""Key frames: full states of a run on disk, evenly spaced by the time that re-execution takes.

One idea: spacing. A state is stored whenever re-executing what lies since the last one would take
longer than the spacing; where the budget is full, the spacing doubles and the states it no longer
needs go. So a seek never re-executes more than the widest gap, and how long that takes is known.
Where memory alone cannot hold the last steps close enough together, it leaves some of them to the
disk (see debug.history), and those that are not new any more thin out to the spacing.
Which steps are stored is kept in memory: no seek reads the directory, however long the run.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from pathlib import Path

from crnn import checkpoint
from crnn.config import Config
from crnn.debug.history import RECENT
from crnn.errors import CheckpointError, RecordingError
from crnn.train import TrainState

SPACING_S = 3.2
"""A fifth below the 4 s that are allowed: a machine may be slower when a seek is than it was."""
DISK_BYTES = 4 << 30
FOLDER = "states"
_PART = ".*.part"
"""What a killed process leaves of a state it was writing."""


def stored_steps(directory: Path) -> tuple[int, ...]:
    """Steps of the files in states/, ascending."""
    names = (file.stem for file in (directory / FOLDER).glob("step_*.safetensors"))
    return tuple(sorted(int(name[5:]) for name in names if name[5:].isdecimal()))


def state_path(directory: Path, step: int) -> Path:
    return directory / FOLDER / f"step_{step:09d}.safetensors"


def load_state(directory: Path, step: int, config: Config) -> TrainState:
    """The key frame of `step`. Raises CheckpointError."""
    path = state_path(directory, step)
    found = checkpoint.load(path)
    if found.config != config or found.kind != "full" or found.step != step:
        raise CheckpointError(f"{path}: it belongs to another run; remove it")
    return found.state()


class KeyFrames:
    """The states/ of one run that is being written. `seconds_at[i]` is how long re-executing all
    steps before `steps[i]` would take, in s; both grow and shrink in place."""

    def __init__(
        self, directory: Path, config: Config, budget_bytes: int, fixed: Sequence[int]
    ) -> None:
        """`fixed`: steps whose states are never dropped, such as the starts of segments."""
        self.steps: list[int] = []
        self.seconds_at: list[float] = []
        self.spacing_s = SPACING_S
        self._directory, self._config = directory, config
        self.budget_bytes = budget_bytes
        self._fixed = set(fixed)
        self._aged = 0

    def find(self, head: int, seconds_before: Sequence[float], first_step: int) -> None:
        """Take over what is in the directory up to `head`; what lies behind it, and what a kill
        left half written, is removed. `seconds_before[i]`: s of the steps before first_step + i.

        Raises OSError.
        """
        for part in (self._directory / FOLDER).glob(_PART):
            part.unlink()
        for step in stored_steps(self._directory):
            if step > head:
                state_path(self._directory, step).unlink()
            else:
                self.steps.append(step)
                self.seconds_at.append(float(seconds_before[step - first_step]))

    @property
    def last_s(self) -> float:
        """Where the newest one lies, in s of re-execution."""
        return self.seconds_at[-1] if self.seconds_at else 0.0

    def at_or_before(self, step: int) -> int | None:
        """The last stored step that is not after `step`."""
        at = bisect_right(self.steps, step)
        return self.steps[at - 1] if at else None

    def at_or_after(self, step: int) -> int | None:
        at = bisect_left(self.steps, step)
        return self.steps[at] if at < len(self.steps) else None

    def load(self, step: int) -> TrainState:
        """Raises CheckpointError."""
        return load_state(self._directory, step, self._config)

    def forget(self, step: int) -> None:
        """A state that turned out to be damaged counts no longer; its file stays for inspection."""
        at = self.steps.index(step)
        del self.steps[at], self.seconds_at[at]

    def keep(self, step: int) -> None:
        """Never drop the state of this step."""
        self._fixed.add(step)

    def has(self, step: int) -> bool:
        at = bisect_left(self.steps, step)
        return at < len(self.steps) and self.steps[at] == step

    def write(self, state: TrainState, *, fingerprint: str, source: str) -> None:
        """Store `state`; it counts once it is entered. May be called from any thread.

        Raises RecordingError.
        """
        path = state_path(self._directory, state.step)
        try:
            checkpoint.save(path, state, self._config, fingerprint=fingerprint, source=source)
        except CheckpointError as error:
            raise RecordingError(str(error)) from error

    def enter(self, step: int, seconds: float) -> None:
        """The state of `step` is stored, `seconds` of re-execution from the start. What has grown
        old thins out to the spacing, and all of it past the budget."""
        if not self.has(step):
            at = bisect_left(self.steps, step)
            self.steps.insert(at, step)
            self.seconds_at.insert(at, seconds)
        self._age()
        self._thin(state_path(self._directory, step).stat().st_size)

    def _age(self) -> None:
        """Drop those that have left the last RECENT steps and that the spacing does not need."""
        until = self.steps[-1] - RECENT
        at = bisect_left(self.steps, self._aged)
        while at < len(self.steps) and self.steps[at] < until:
            is_inner = at > 0 and self.steps[at] not in self._fixed
            if is_inner and self.seconds_at[at + 1] - self.seconds_at[at - 1] <= self.spacing_s:
                state_path(self._directory, self.steps[at]).unlink(missing_ok=True)
                del self.steps[at], self.seconds_at[at]
            else:
                at += 1
        self._aged = max(self._aged, until)

    def _thin(self, bytes_each: int) -> None:
        """Double the spacing until the budget holds; the first, the newest and the fixed stay."""
        while len(self.steps) * bytes_each > self.budget_bytes:
            if self.spacing_s > 2 * (self.last_s - self.seconds_at[0]):
                return
            self.spacing_s *= 2
            needed = self._needed(self.budget_bytes // (2 * bytes_each))
            for step in set(self.steps) - needed:
                state_path(self._directory, step).unlink(missing_ok=True)
            kept = [at for at, step in enumerate(self.steps) if step in needed]
            self.seconds_at[:] = [self.seconds_at[at] for at in kept]
            self.steps[:] = [self.steps[at] for at in kept]

    def _needed(self, n_close: int) -> set[int]:
        """Steps without which a gap would be wider than the spacing, and the last RECENT steps,
        where there are no more than `n_close` of them."""
        needed = {self.steps[0], self.steps[-1]} | self._fixed
        recent = self.steps[bisect_left(self.steps, self.steps[-1] - RECENT) :]
        if len(recent) <= n_close:
            needed |= set(recent)
        reached = self.seconds_at[0]
        for at in range(1, len(self.steps) - 1):
            if self.steps[at] in needed or self.seconds_at[at + 1] - reached > self.spacing_s:
                needed.add(self.steps[at])
                reached = self.seconds_at[at]
        return needed
