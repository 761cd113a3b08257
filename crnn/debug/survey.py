"""Survey: the last known loss and reading of every sample, and the first events of learning.

While training runs, each batch's passes say how its samples stood; they cost nothing more. While
the debugger is parked, the samples that were measured at other states are brought to the one on
screen, a chunk at a time between commands.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from crnn.arrays import I64, AnyArray, frozen
from crnn.config import Config
from crnn.data.dataset import TrainingSet
from crnn.debug.messages import Survey
from crnn.debug.observe import batch_of
from crnn.train import ShardPass, TrainState, look

CHUNK = 16
NEVER = 2**62
"""A step that no run comes to."""
_UNREADABLE = frozenset({"unreadable_image", "too_wide"})


class SurveyBook:
    """One row a listed sample or guest (TrainingSet.row); belongs to the debugger's thread."""

    def __init__(self, data: TrainingSet) -> None:
        n = data.n_rows
        self.data = data
        self._loss_M = np.full(n, np.nan)
        self._step_M = np.full(n, -1, np.int64)
        self._text_M = [""] * n
        hidden = {fault.index for fault in data.faults if fault.kind in _UNREADABLE}
        shown = (row for row in range(n) if data.sample_in(row) not in hidden)
        self._measurable = np.fromiter(shown, np.int64)
        # Ascending, so the listed ones are among the first.
        listed = (i for i in data.usable[: data.n_listed] if i < data.n_listed)
        self._usable = np.fromiter(listed, np.int64)
        self._is_whole = data.n_listed == data.n_own
        self._is_right_M = np.zeros(n, np.bool_)
        self._first_right_M = np.full(n, NEVER, np.int64)
        self._last_right_M = np.full(n, -1, np.int64)

    def learn(self, passes: Sequence[ShardPass], step: int) -> None:
        """Take what these passes, made at state `step`, say of their samples."""
        texts = self.data.dataset.texts
        for made in passes:
            loss_N = np.where(made.ctc.feasible_N, made.ctc.loss_N, np.nan).tolist()
            told = zip(map(self.data.row, made.ids), made.ids, loss_N, made.texts, strict=True)
            for row, sample, loss, text in told:
                if row >= 0:
                    self._loss_M[row] = loss
                    self._step_M[row] = step
                    self._text_M[row] = text
                    is_right = bool(text) and text == texts[sample]
                    if is_right or self._is_right_M[row]:
                        self._note_right(row, step, is_right=is_right)

    def _note_right(self, row: int, step: int, *, is_right: bool) -> None:
        self._is_right_M[row] = is_right
        if is_right:
            self._first_right_M[row] = min(self._first_right_M[row], step)
            self._last_right_M[row] = max(self._last_right_M[row], step)

    def stale(self, step: int) -> tuple[int, ...]:
        """The next samples, at most a chunk, that were not measured at state `step`."""
        rows = self._measurable[self._step_M[self._measurable] != step]
        return tuple(map(self.data.sample_in, rows[:CHUNK].tolist()))

    def measure(self, config: Config, state: TrainState, samples: tuple[int, ...]) -> None:
        """Bring these samples to `state`. Raises DatasetError where a picture cannot be read."""
        batch = batch_of(self.data, samples)
        self.learn(look(config, state.params, batch, statistics=state.statistics), state.step)
        rows = np.array([self.data.row(sample) for sample in samples])
        self._loss_M[rows[~np.isin(rows, self._usable)]] = np.nan

    def invite(self, data: TrainingSet, changed: int) -> None:
        """`data` has guests; those from sample `changed` on are not measured yet."""
        n, changed = data.n_rows, data.row(changed)
        self.data = data
        self._loss_M = _stretched(self._loss_M, changed, n, np.nan)
        self._step_M = _stretched(self._step_M, changed, n, -1)
        self._is_right_M = _stretched(self._is_right_M, changed, n, False)
        self._first_right_M = _stretched(self._first_right_M, changed, n, NEVER)
        self._last_right_M = _stretched(self._last_right_M, changed, n, -1)
        self._text_M = [*self._text_M[:changed], *[""] * (n - changed)]
        own = self._measurable[self._measurable < data.n_listed]
        self._measurable = np.concatenate((own, np.arange(data.n_listed, n)))

    @property
    def all_right(self) -> bool:
        """Whether every usable sample's last reading is its truth."""
        return self._is_whole and bool(self._is_right_M[self._usable].all())

    def snapshot(self) -> Survey:
        """Today's rows, read-only."""
        return Survey(
            *(frozen(self._loss_M.copy()), tuple(self._text_M), frozen(self._step_M.copy())),
            broke_M=frozen(self._broke_M()),
        )

    def _broke_M(self) -> I64:
        """See Survey. In the past, right readings that lie ahead do not count."""
        first_M, last_M, step_M = self._first_right_M, self._last_right_M, self._step_M
        right_M = np.where(last_M < step_M, last_M, first_M)
        is_broken_M = ~self._is_right_M & (right_M >= 0) & (right_M < step_M)
        return np.where(is_broken_M, right_M, np.int64(-1))


def _stretched(x_M: AnyArray, kept: int, n: int, value: float) -> AnyArray:
    """The first `kept` of x_M, and after them `value` up to n."""
    longer = np.full(n, value, x_M.dtype)
    longer[:kept] = x_M[:kept]
    return longer  # type: ignore[return-value]


_KINDS = ("first_letter", "first_word", "all_right")


class Milestones:
    """(step, kind) of the first letter, the first right word, and all words right.

    A drawn network emits letters at random before it falls silent, so the first letter is the
    first one after a batch that was read as all blank.
    """

    def __init__(self, found: Sequence[tuple[int, str]] = ()) -> None:
        self.found: tuple[tuple[int, str], ...] = tuple(found)
        self._was_silent = False

    def look_at(
        self, passes: Sequence[ShardPass], step: int, n_correct: int, book: SurveyBook
    ) -> tuple[str, ...]:
        """Note what happened for the first time in the batch of state `step`; returns the kinds."""
        known = {kind for _, kind in self.found}
        if len(known) == len(_KINDS):
            return ()
        is_silent = not any(text for made in passes for text in made.texts)
        self._was_silent |= is_silent
        is_first_letter = n_correct > 0 or (self._was_silent and not is_silent)
        is_all_right = n_correct > 0 and book.all_right
        happened = zip(_KINDS, (is_first_letter, n_correct > 0, is_all_right), strict=True)
        new = tuple(kind for kind, is_so in happened if is_so and kind not in known)
        self.found += tuple((step, kind) for kind in new)
        return new
