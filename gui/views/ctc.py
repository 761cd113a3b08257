"""CTC: every alignment of the truth at once, states downward, timesteps across.

The heat is alpha, beta, gamma or the gradient; the best path (Viterbi) is drawn over it, or the
best few. Cells that no legal path passes are veiled, so what is dark inside is unlikely and what is
veiled impossible. Cells can be required and forbidden, with Shift all cells of the letter at that
timestep: the heat is then that of the paths left.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent, QPainter, QResizeEvent

from crnn.ctc import mass
from crnn.text.hangul import min_frames
from gui import engine_words
from gui.axis import TimeAxis
from gui.chrome import Fact, Segments
from gui.constraints import CHEAP, N_BEST, Conditions, Way, best_ways, condition, place_of
from gui.lattice import QUANTITIES, filled, letter_at, name_of, quantity_TS
from gui.lattice_gutter import LatticeGutter
from gui.lattice_heat import paint_heat
from gui.lattice_marks import FADES, paint_constraints, paint_others, paint_path
from gui.lattice_panel import LatticePanel
from gui.lattice_slice import LatticeSlice, Line
from gui.look import Look
from gui.numerals import count, fixed, percent, signed
from gui.selection import Cell, Selection
from gui.specs import MOVING

if TYPE_CHECKING:
    from crnn.debug.messages import Frame
    from crnn.debug.trace import CtcTrace, Trace

TOOLS = {Qt.Key.Key_R: "require", Qt.Key.Key_F: "forbid"}
"""Keys of this panel alone: require or forbid the selected cell."""


class CtcPanel(LatticePanel):
    """The lattice of the truth. Cell("alpha" | "beta" | "gamma" | "grad", t, row=s)."""

    def __init__(self, look: Look, axis: TimeAxis) -> None:
        super().__init__(look, axis)
        self.quantity = Segments(look, QUANTITIES, "gamma")
        self.overlay = Segments(look, ("Viterbi", "best"), "Viterbi", exclusive=False)
        self.tool = Segments(look, ("require", "forbid"), "", exclusive=False)
        self.quantity.chosen.connect(self._choose_quantity)
        self.overlay.chosen.connect(self._choose_overlay)
        self.tool.chosen.connect(self._choose_tool)
        for group in (self.quantity, self.overlay, self.tool):
            self.header.add(group)
        self.first = 0
        self.conditions = Conditions()
        self._ways: tuple[Trace, tuple[Way, ...]] | None = None
        self.retranslate()

    @property
    def shown(self) -> str:
        """The quantity in force."""
        return next(iter(self.quantity.checked))

    @property
    def lattice(self) -> CtcTrace | None:
        """That of the paths that are left where something is required or forbidden."""
        if self.is_delta:
            return self.trace.ctc if self.trace else None
        return self.conditions.lattice(self.trace) if self.trace else None

    @property
    def ways(self) -> tuple[Way, ...]:
        """The best paths, where they are asked for: in a large lattice not while frames rush by."""
        frame, trace = self.frame, self.trace
        if "best" not in self.overlay.checked or frame is None or trace is None or self.is_delta:
            return ()
        if trace.ctc is None or (trace.ctc.gamma_TS.size > CHEAP and frame.mode in MOVING):
            return ()
        if self._ways is None or self._ways[0] is not trace:
            self._ways = trace, best_ways(trace, trace.ctc, N_BEST)
        return self._ways[1]

    def retranslate(self) -> None:
        self.header.set_name("CTC")
        self.quantity.set_labels({"alpha": "α", "beta": "β", "gamma": "γ", "grad": self.tr("grad")})
        self.quantity.setToolTip(
            self.tr(
                "γ: how much of the truth's probability passes a cell, on a log scale from 10⁻⁶ to "
                "1. α and β: the same scale, relative to the largest value of their column. grad: "
                "softmax minus the truth's posterior, from −1 to 1."
            )
        )
        self.overlay.set_labels({"best": self.tr("N-best")})
        self.overlay.setToolTip(
            self.tr(
                "Viterbi: the most probable single alignment of the truth. N-best: the next ones "
                "behind it."
            )
        )
        self.tool.set_labels({"require": self.tr("require"), "forbid": self.tr("forbid")})
        self.tool.setToolTip(
            self.tr(
                "Click cells, or a letter or syllable beside them for the timestep at the cursor: "
                "only paths through a ring and through no cross are left. A second click takes it "
                "back. Keys: R and F on the selected cell, Esc clears all."
            )
        )
        self._set_facts()
        self.body.invalidate()

    def show_frame(self, frame: Frame) -> None:
        self.conditions.show(frame)
        before = self.trace.sample if self.trace is not None else -1
        super().show_frame(frame)
        if self.inner is not None:
            self.quantity.set_checked(filled(self.inner) or self.shown)
        self._set_facts()
        if self.trace is not None and self.trace.sample != before:
            self._reveal(self.selection)

    def show_selection(self, selection: Selection) -> None:
        super().show_selection(selection)
        self._reveal(selection)

    def _reveal(self, selection: Selection) -> None:
        """Scroll as little as needed to show the picked state, or else the best path's at t."""
        ctc = self.lattice
        if ctc is None or not 0 <= selection.t < len(ctc.path_T):
            return
        rows, state = self._rows(ctc), self._picked(ctc)
        if not rows.holds(state):
            self.first = state - 1 if state < rows.first else state - rows.count + 2
            self.body.invalidate()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._set_facts()

    def _choose_quantity(self, key: str) -> None:
        cell = self.selection.cell
        self._set_facts()
        self.body.invalidate()
        if cell is not None and cell.tensor in QUANTITIES:
            self.selected.emit(self.selection.pick(replace(cell, tensor=key)))

    def _choose_overlay(self, key: str) -> None:
        self._set_facts()
        self.body.invalidate()

    def _choose_tool(self, key: str) -> None:
        self.tool.checked &= {key}
        self.tool.update()

    def _condition(self, constraint: mass.Constraint) -> None:
        self.conditions.toggle(constraint)
        self._set_facts()
        self.body.invalidate()

    # ---- facts ----

    def _set_facts(self) -> None:
        trace = self.trace
        if trace is None or trace.ctc is None:
            self.header.set_facts()
            return
        ctc, is_wide = trace.ctc, self.width() >= 900
        if self.is_delta:
            more = Fact(f"{signed(ctc.loss_nats, 3)} nats", "t1", is_mono=True)
            self.header.set_facts(Fact("−log P", "t3"), more)
            return
        left = self.conditions.mass(trace)
        if left is not None:
            self.header.set_facts(*self._left_facts(left, self.conditions.within(trace), is_wide))
            return
        paths = (Fact(count(ctc.n_paths), "t1", is_mono=True), Fact(self.tr("paths"), "t3"))
        loss = (Fact("−log P", "t3"), Fact(f"{fixed(ctc.loss_nats, 3)} nats", "t2", is_mono=True))
        share = self._share_facts(ctc)
        self.header.set_facts(*((*paths, *share, *loss) if is_wide else share))

    def _share_facts(self, ctc: CtcTrace) -> tuple[Fact, ...]:
        ways = self.ways
        name = self.tr("best {k} paths").format(k=len(ways)) if ways else self.tr("best path")
        share = sum(way.share for way in ways) if ways else ctc.path_share
        return (
            Fact(name, "t3"),
            Fact(percent(share), "t1", is_mono=True),
            Fact(self.tr("of the mass"), "t3"),
        )

    def _left_facts(
        self, left: mass.PathMass, held: tuple[mass.Constraint, ...], is_wide: bool
    ) -> tuple[Fact, ...]:
        """P(constraints | label), log P(label, constraints), and whose heat it is."""
        share = (
            Fact(self.tr("P(constraints | label)"), "t3"),
            Fact(percent(left.share), "t1", is_mono=True),
        )
        if left.share == 0:
            return (*share, Fact(self.tr("no path is left"), "warn"))
        symbol = {"alpha": "α", "beta": "β", "gamma": "γ"}.get(self.shown)
        if symbol is None:
            whose = self.tr("grad is of all paths")
        else:
            whose = self.tr("{quantity} with {required} required, {forbidden} forbidden")
        n_required = sum(one.required for one in held)
        n_forbidden = len(held) - n_required
        said = whose.format(quantity=symbol, required=n_required, forbidden=n_forbidden)
        if not is_wide:
            return (*share, Fact(said, "acc"))
        log_p = Fact(fixed(left.log_p, 3), "t2", is_mono=True)
        return (*share, Fact(self.tr("log P(label, constraints)"), "t3"), log_p, Fact(said, "acc"))

    def empty_text(self) -> str:
        trace = self.trace
        if trace is None or trace.ctc is not None or self.frame is None:
            return super().empty_text()
        if self.is_delta:
            return self.tr("A and B have no lattice in common: the label differs or does not fit.")
        alphabet, truth = self.frame.run.config.alphabet, trace.truth
        needed = 0 if alphabet.missing(truth) else min_frames(alphabet.encode(truth))
        if needed <= trace.n_frames:
            why = self.look.legible(engine_words.sentence(trace.fault))
            return f"{why[:1].upper()}{why[1:]}"
        text = self.tr("The label does not fit: T = {frames}, needs {needed}.")
        return text.format(frames=trace.n_frames, needed=needed)

    # ---- geometry ----

    def zones(self) -> list[tuple[str, int, int]]:
        return [(self.shown, 0, self.body.height())]

    # ---- gutter ----

    def _gutter(self, ctc: CtcTrace) -> LatticeGutter:
        return LatticeGutter(self.look, ctc, self._rows(ctc), self.axis.gutter)

    def paint_gutter(self, painter: QPainter, rect: QRect, trace: Trace) -> None:
        if trace.ctc is not None:
            self._gutter(trace.ctc).paint(painter)

    def paint_gutter_marks(self, painter: QPainter, rect: QRect, trace: Trace) -> None:
        ctc = self.lattice
        if ctc is not None and 0 <= self.selection.t < len(ctc.path_T):
            self._gutter(ctc).paint_picked(painter, self._picked(ctc))

    # ---- axis ----

    def paint_axis(self, painter: QPainter, rect: QRect, trace: Trace) -> None:
        ctc = self.lattice
        if ctc is None:
            return
        rows = self._rows(ctc)
        place = painter, self.look, self.axis, rows
        values_TS = quantity_TS(trace, ctc, self.shown)
        delta = self.delta_high(self.shown, values_TS) if self.is_delta else 0.0
        paint_heat(*place, trace, ctc, self.shown, delta)
        paint_others(*place, self.ways)
        if self.overlay.checked & {"Viterbi", "best"}:
            paint_path(*place, ctc.path_T)
        paint_constraints(*place, self.conditions.held)

    # ---- slice ----

    def paint_slice(self, painter: QPainter, rect: QRect, trace: Trace) -> None:
        ctc, t = self.lattice, self.selection.t
        if ctc is None or t >= len(ctc.path_T):
            return
        state = self._picked(ctc)
        more = (*self._place_lines(ctc, state), *self._way_lines())
        rows, values_TS = self._rows(ctc), ctc.gamma_TS
        delta = self.delta_high("gamma", values_TS) if self.is_delta else 0.0
        at = LatticeSlice(self.look, trace, ctc, rows, t, state, more, delta)
        at.paint(painter, rect, self.tr("state {s}: {letter}"), self.tr("blank"))

    def _place_lines(self, ctc: CtcTrace, state: int) -> tuple[Line, ...]:
        """How surely the letter of the picked state lies where the best path has it."""
        if state % 2 == 0 or self.is_delta:
            return ()
        place = place_of(ctc, range(state // 2, state // 2 + 1))
        name = self.tr("located t {first}…{last}")
        name = name.format(first=place.start, last=place.stop - 1)
        return (Line(name, fixed(place.confidence, 3)),)

    def _way_lines(self) -> tuple[Line, ...]:
        name = self.tr("path {rank}")
        return tuple(
            Line(name.format(rank=i + 1), percent(way.share), self.look.color("path", FADES[i]))
            for i, way in enumerate(self.ways)
        )

    # ---- what is required and forbidden ----

    def pressed(self, x: int, y: int, under: Cell | None) -> None:
        """With a tool in hand a click holds a cell, or a character at the cursor's timestep."""
        ctc, t = self.lattice, self.selection.t
        if ctc is None or not self.tool.checked or self.is_delta:
            return
        required = "require" in self.tool.checked
        if under is not None:
            shifted = QGuiApplication.keyboardModifiers() & Qt.KeyboardModifier.ShiftModifier
            self._hold(under, required=required, everywhere=bool(shifted))
        elif x < self.axis.gutter and 0 <= t < len(ctc.path_T):
            symbols = self._gutter(ctc).symbols_at(x, y)
            if symbols is not None:
                self._condition(mass.character(symbols, range(t, t + 1), required=required))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """R and F hold the selected cell, Esc lets go of everything; other keys pass on."""
        picked, key = self.selection.cell, Qt.Key(event.key())
        shifted = event.modifiers() == Qt.KeyboardModifier.ShiftModifier
        is_plain = shifted or event.modifiers() == Qt.KeyboardModifier.NoModifier
        if key == Qt.Key.Key_Escape and (self.conditions.held or self.tool.checked):
            self.tool.checked = set()
            self.tool.update()
            self.conditions.clear()
            self._set_facts()
            self.body.invalidate()
        elif is_plain and key in TOOLS and picked is not None and self.rect_of(picked) is not None:
            self._hold(picked, required=TOOLS[key] == "require", everywhere=shifted)
        else:
            super().keyPressEvent(event)

    def _hold(self, cell: Cell, *, required: bool, everywhere: bool) -> None:
        ctc, where = self.lattice, (cell.t, cell.row)
        if ctc is not None:
            self._condition(condition(ctc, *where, required=required, everywhere=everywhere))

    # ---- cells ----

    def describe(self, cell: Cell) -> str:
        trace, ctc = self.trace, self.lattice
        if trace is None or ctc is None or trace.ctc is None:
            return ""
        names = {"alpha": "log α", "beta": "log β", "gamma": "γ", "grad": "p − γ"}
        value = float(quantity_TS(trace, trace.ctc, cell.tensor)[cell.t, cell.row])
        letter = name_of(letter_at(ctc, cell.row))
        text = f"{names[cell.tensor]}[t={cell.t}, s={cell.row} {letter}] = {fixed(value)}"
        if ctc is trace.ctc or cell.tensor == "grad":
            return text
        left = self.tr("{value} under the constraints")
        value = float(quantity_TS(trace, ctc, cell.tensor)[cell.t, cell.row])
        held = self.conditions.at(cell.t, cell.row)
        words = {None: "", True: self.tr("required"), False: self.tr("forbidden")}
        word = words[held.required if held else None]
        return "   ".join(part for part in (text, left.format(value=fixed(value)), word) if part)

    def hint(self, x: int, y: int) -> str:
        """Beside a letter or syllable: where the best path has it, and how sure that is."""
        trace = self.trace
        if trace is None or trace.ctc is None or x >= self.axis.gutter or self.is_delta:
            return ""
        symbols = self._gutter(trace.ctc).symbols_at(x, y)
        if symbols is None:
            return ""
        place = place_of(trace.ctc, symbols)
        text = self.tr("{letters}: t = {first}…{last} on the best path, located with {share}")
        letters = "".join(letter.char for letter in trace.ctc.letters[symbols.start : symbols.stop])
        last, share = place.stop - 1, percent(place.confidence)
        return text.format(letters=letters, first=place.start, last=last, share=share)
