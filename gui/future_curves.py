"""Future curves: those of all branches of a run, which side is in front, and what two differ by.

Lines are those of the whole way, so before a branch point they lie on one another. No Qt in here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gui.curves import Curve, RunCurves
from gui.lens import Side, branch_name, compared

if TYPE_CHECKING:
    from crnn.debug.messages import Frame


@dataclass(frozen=True, slots=True)
class FutureLine:
    """One branch as a line: where it leaves that of its parent, its head, and its colour role."""

    name: str
    curves: RunCurves
    start: int
    head: int
    role: str


class FutureCurves:
    """One RunCurves a branch, and one of differences. Feed it every frame of one run."""

    def __init__(self) -> None:
        self._by: dict[int, RunCurves] = {}
        self._delta: tuple[tuple[int, int], RunCurves] | None = None
        self.front = RunCurves(0)
        self.lines: tuple[FutureLine, ...] = ()
        self.is_delta = False

    def take(self, frame: Frame, side: Side) -> None:
        """Mirror what is new. `front` is A, B or B - A; `lines` are all others, B last, each behind
        the one in front; none where the front is a difference."""
        self.is_delta = side == "difference"
        branches, first = frame.branches, frame.run.first_step
        if branches is None:
            self.front = self._by.setdefault(0, RunCurves(first))
            self.front.take(frame.reports, frame.n_reports)
            return
        for info in branches.all:
            curves = self._by.setdefault(info.branch, RunCurves(info.reports.first_step))
            n = frame.n_reports if info.branch == branches.active else info.n_reports
            curves.take(info.reports, n)
        b = compared(frame)
        beside = branches.active if b is None else b.branch
        front = beside if side == "b" else branches.active
        self.front = self._by[front]
        self.lines = ()
        if self.is_delta:
            self.front = self._difference(branches.active, beside)
            return
        roles = {branches.active: "t1", beside: "acc" if beside != branches.active else "t1"}
        order = sorted(branches.all, key=lambda info: (info.branch in roles, info.branch == front))
        if len(order) > 1:
            self.lines = tuple(
                FutureLine(
                    branch_name(info.name),
                    self._by[info.branch],
                    info.start,
                    info.head,
                    roles.get(info.branch, "t3"),
                )
                for info in order
            )

    def _difference(self, a: int, b: int) -> RunCurves:
        """B - A where both have trained; other branches, other differences."""
        one, other = self._by[a], self._by[b]
        first = max(one.first_step, other.first_step)
        if self._delta is None or self._delta[0] != (a, b):
            self._delta = (a, b), RunCurves(first)
        made = self._delta[1]
        x0, y0 = first - one.first_step, first - other.first_step
        n = max(0, min(one.n - x0, other.n - y0))
        pairs: list[tuple[Curve, Curve, Curve]] = [
            (getattr(made, name), getattr(one, name), getattr(other, name))
            for name in ("loss", "cer", "blank", "lr")
        ]
        for curve, x, y in pairs:
            curve.take(y.values[y0 : y0 + n] - x.values[x0 : x0 + n])
        made.n = n
        return made
