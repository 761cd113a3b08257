"""DATA: what the run learns from. The sample's label spelled out and whether it fits, what does not
fit and why, how long labels are and how wide pictures, and which letters of the alphabet occur.

Counting takes seconds for a large set, so a thread does it, over samples spread evenly; the header
says over how many. It is stopped when the view is hidden.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout

from crnn.arrays import I64
from crnn.debug.messages import Frame
from crnn.errors import DatasetError
from gui import engine_words
from gui.chrome import Fact, PanelHeader
from gui.data_body import DataBody, Figure, Line, Part, Row, Title
from gui.data_figures import Histogram, LetterGrid, Spelling, Symbol
from gui.fault_words import fault_name
from gui.job import Job
from gui.look import Look
from gui.numerals import percent
from gui.selection import Selection
from gui.view import View

if TYPE_CHECKING:
    from crnn.data.census import Census
    from crnn.data.dataset import Fault, TrainingSet
    from crnn.text.hangul import Role

POLL_MS = 50
TOLD = 5
"""Examples in a line or a tooltip."""
ROLES: tuple[Role, ...] = ("initial", "medial", "final", "other")
CLOSED = ("unreadable_image", "too_wide")
"""Faults of samples that cannot be watched, since no input can be made of them."""


class DataView(View):
    """A header, and a list of parts that scrolls."""

    rests_s = 0.5

    def __init__(self, look: Look) -> None:
        super().__init__(look)
        self.census: Census | None = None
        self._data: TrainingSet | None = None
        self._faults: dict[str, list[Fault]] = {}
        self._job: Job[Census | None] | None = None
        self.header = PanelHeader(look)
        self.spelling = Spelling(look)
        self.lengths, self.frames, self.widths = (Histogram(look) for _ in range(3))
        self.letters: dict[Role, LetterGrid] = {role: LetterGrid(look) for role in ROLES}
        self.body = DataBody(self)
        self.area = QScrollArea()
        self.area.setFrameShape(QFrame.Shape.NoFrame)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.area.setWidgetResizable(True)
        self.area.setWidget(self.body)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(0)
        rows.addWidget(self.header)
        rows.addWidget(self.area, 1)
        self._timer = QTimer(self)
        self._timer.setInterval(POLL_MS)
        self._timer.timeout.connect(self._poll)
        self.retranslate()

    def retranslate(self) -> None:
        self.header.set_name(self.tr("Data"))
        self.body.setAccessibleName(self.tr("Data: labels, pictures and the alphabet"))
        self._say()

    def restyle(self) -> None:
        self._say()

    # ---- frames and selections ----

    def show_frame(self, frame: Frame) -> None:
        super().show_frame(frame)
        data = frame.run.data
        if data is not self._data:
            self._data, self.census = data, None
            self._faults = {}
            for fault in data.faults:
                self._faults.setdefault(fault.kind, []).append(fault)
            self._end_job()
            self._say()
        if self.census is None and self._job is None:
            self._begin(data)

    def show_selection(self, selection: Selection) -> None:
        is_other = selection.sample != self.selection.sample
        super().show_selection(selection)
        if is_other:
            self._say()

    def _begin(self, data: TrainingSet) -> None:
        from crnn.data.census import census

        self._job = Job(lambda goes_on: census(data, goes_on))
        self._timer.start()

    def _poll(self) -> None:
        if self._job is None or self._job.is_running:
            return
        outcome = self._job.outcome
        self._timer.stop()
        self._job = None
        if outcome is not None and not isinstance(outcome, str):
            self.census = outcome
            self._count_letters(outcome)
            self._say()

    def _count_letters(self, census: Census) -> None:
        alphabet, classes = census.labels.alphabet, census.labels.classes
        for role, grid in self.letters.items():
            letters = ((k, alphabet.letter(k)) for k in range(1, alphabet.n_classes))
            grid.letters = [(one.char, classes[k]) for k, one in letters if one.role == role]
            grid.most = max(classes.values(), default=1)
        self.lengths.counts, self.widths.counts = census.lengths, census.widths
        self.frames.counts, self.frames.behind = census.labels.needed, census.frames

    def _end_job(self) -> None:
        self._timer.stop()
        if self._job is not None:
            self._job.cancel()
            self._job = None

    def hideEvent(self, event: QHideEvent) -> None:
        self._end_job()
        super().hideEvent(event)

    # ---- what is said ----

    def _say(self) -> None:
        data = self._data
        if data is not None:
            n, usable = data.n_own, len(data.usable)
            text = self.tr("{0} samples") if n == usable else self.tr("{1} of {0} samples fit")
            self.header.set_facts(Fact(text.format(f"{n:,}", f"{usable:,}"), "t2"))
        self.body.set_parts(list(self._parts()) if data is not None else [])

    def empty_text(self) -> str:
        return self.tr("No data yet. Choose New run…")

    def _parts(self) -> Iterator[Part]:
        data = self._data
        assert data is not None
        if 0 <= self.selection.sample < len(data.dataset):
            yield from self._sample_parts(data, self.selection.sample)
        yield from self._fault_parts(data)
        if self.census is None:
            yield Title(self.tr("Labels and pictures"), "")
            yield Line(self.tr("Counting…"))
            return
        yield from self._figure_parts(data, self.census)
        yield from self._letter_parts(self.census)

    def _sample_parts(self, data: TrainingSet, sample: int) -> Iterator[Part]:
        """The label of the sample on screen, spelled out, and whether it fits."""
        text, alphabet = data.dataset.texts[sample], data.alphabet
        yield Title(self.tr("Label"), f"#{sample:04d}")
        missing = alphabet.missing(text)
        self.spelling.symbols = [
            Symbol(char, (f"U+{ord(char):04X}",), is_known=False)
            if char in missing
            else Symbol(char, _spelled(data, char), is_known=True)
            for char in text
        ]
        yield Figure(self.spelling)
        faults = [f for found in self._faults.values() for f in found if f.index == sample]
        for fault in faults:
            yield Line(engine_words.sentence(fault.detail), "t1", mark="warn", is_data=True)
        if faults or missing:
            return
        if not text:
            yield Line(self.tr("It has no label, so nothing has to fit."))
            return
        label_L = data.label(sample)
        yield Line(self._fitting(data, sample, label_L))
        reads = alphabet.decode(label_L)
        if reads != text:
            said = self.tr("ambiguous: its letters read {0}").format(reads)
            yield Line(said, "t1", mark="warn", is_data=True)

    def _fitting(self, data: TrainingSet, sample: int, label_L: I64) -> str:
        from crnn.data.prepare import prepared_width
        from crnn.text.hangul import min_frames

        try:
            shape = data.dataset.sample(sample).gray_HW.shape
        except DatasetError as error:
            return engine_words.sentence(str(error))
        frames = -(-prepared_width(shape, data.spec) // data.stride)
        needed = min_frames(label_L)
        text = self.tr("{0} letters need {1} of {2} timesteps")
        return text.format(len(label_L), needed, frames)

    def _fault_parts(self, data: TrainingSet) -> Iterator[Part]:
        yield Title(self.tr("Does not fit"), f"{len(data.faults):,}")
        if not data.faults:
            yield Line(self.tr("Every label fits."))
        for kind, found in sorted(self._faults.items(), key=lambda item: -len(item[1])):
            yield Row(kind, fault_name(kind), f"{len(found):,}")

    def _figure_parts(self, data: TrainingSet, census: Census) -> Iterator[Part]:
        n = len(data.dataset)
        looked = f"{census.n_labels:,}" if census.n_labels < n else ""
        of = self.tr("of {0} labels").format(looked) if looked else ""
        yield Title(self.tr("Characters in a label"), of)
        yield Figure(self.lengths)
        yield Title(self.tr("Timesteps needed, and given behind"), "")
        yield Figure(self.frames)
        of = self.tr("of {0} pictures").format(f"{census.n_pictures:,}")
        yield Title(self.tr("Width of the input"), of if census.n_pictures < n else "")
        yield Figure(self.widths)

    def _letter_parts(self, census: Census) -> Iterator[Part]:
        labels = census.labels
        n, unseen = len(labels.alphabet.symbols), len(labels.unseen)
        counts = self.tr("{0} of {1} occur").format(f"{n - unseen:,}", f"{n:,}")
        yield Title(self.tr("Alphabet"), counts)
        names: dict[Role, str] = {
            "initial": self.tr("initial"),
            "medial": self.tr("vowel"),
            "final": self.tr("final"),
            "other": self.tr("others"),
        }
        shown = [role for role in ROLES if self.letters[role].letters]
        for role in shown:
            if len(shown) > 1:
                yield Line(names[role], "t3")
            yield Figure(self.letters[role])
        if labels.foreign:
            yield Title(self.tr("Not in the alphabet"), f"{len(labels.foreign):,}")
            worst = labels.foreign.most_common(4 * TOLD)
            yield Line("  ".join(f"{char} {count:,}" for char, count in worst), is_data=True)
        if labels.n_ambiguous:
            yield Title(self.tr("Ambiguous labels"), f"{labels.n_ambiguous:,}")
            text = self.tr("{0} reads {1}")
            told = list(labels.ambiguous.items())[:TOLD]
            yield Line(" · ".join(text.format(*pair) for pair in told), is_data=True)

    # ---- what the body asks ----

    def pick(self, kind: str) -> None:
        """Select the next sample with this fault after the one on screen."""
        found = [f.index for f in self._faults.get(kind, ()) if f.index >= 0]
        if kind in CLOSED or not found:
            return
        now = self.selection.sample
        self.selected.emit(self.selection.on(next((i for i in found if i > now), found[0])))

    def tip(self, part: Part, at: QPoint, width: int) -> str:
        """What a bar, a letter or a fault says in full."""
        if isinstance(part, Row):
            found = self._faults.get(part.key, [])[:TOLD]
            told = [f"{f.name}: {engine_words.sentence(f.detail)}" for f in found]
            return "\n".join(told)
        if not isinstance(part, Figure):
            return ""
        if isinstance(part.figure, LetterGrid):
            return self._letter_tip(part.figure, at, width)
        if isinstance(part.figure, Histogram):
            return self._bar_tip(part.figure, at, width)
        return ""

    def _letter_tip(self, grid: LetterGrid, at: QPoint, width: int) -> str:
        letter = grid.at(at, width)
        if letter is None or self.census is None:
            return ""
        total = self.census.labels.classes.total()
        text = self.tr("{0}: {1} times, {2} of all letters")
        return text.format(letter[0], f"{letter[1]:,}", percent(letter[1] / max(1, total)))

    def _bar_tip(self, shown: Histogram, at: QPoint, width: int) -> str:
        found = shown.at(at, width)
        if found is None:
            return ""
        values, count, behind = found
        if shown is self.frames:
            text = self.tr("{0} timesteps: needed by {1} labels, given by {2} pictures")
            return text.format(values, f"{count:,}", f"{behind:,}")
        if shown is self.lengths:
            return self.tr("{0} characters: {1} labels").format(values, f"{count:,}")
        return self.tr("{0} columns: {1} pictures").format(values, f"{count:,}")


def _spelled(data: TrainingSet, char: str) -> tuple[str, ...]:
    """The letters of one character, as the screen shows them."""
    letters = data.alphabet.letters(data.alphabet.encode(char))
    return tuple(letter.char for letter in letters) if len(letters) > 1 else ()
