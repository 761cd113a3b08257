"""Branch menu: all futures of the run, each with what can be done with it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QMenu, QWidget

from gui import engine_words
from gui.icons import pixmap
from gui.lens import branch_name
from gui.look import Look

if TYPE_CHECKING:
    from crnn.debug.branch_messages import Branches, BranchInfo, Unreadable
    from crnn.debug.messages import Frame


class BranchMenu(QMenu):
    """Filled anew each time it is opened. `commanded` carries an engine Command."""

    commanded = Signal(object)

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._frame: Frame | None = None
        self.aboutToShow.connect(self._fill)

    def show_frame(self, frame: Frame) -> None:
        """What the menu will be filled from."""
        self._frame = frame

    def _fill(self) -> None:
        from crnn.debug.branch_messages import SetCompare

        self.clear()
        frame = self._frame
        branches = frame.branches if frame is not None else None
        if frame is None or branches is None:
            return
        for info in branches.all:
            self._add_branch(info, branches)
        for broken in branches.unreadable:
            self._add_unreadable(broken)
        self.addSeparator()
        pin = self.addAction(
            self.tr("Compare with this step, {step}").format(step=f"{frame.step:,}")
        )
        pin.triggered.connect(partial(self._send, SetCompare(branches.active, frame.step)))
        stop = self.addAction(self.tr("Stop comparing"))
        stop.setEnabled(branches.compared is not None)
        stop.triggered.connect(partial(self._send, SetCompare(None)))

    def _add_branch(self, info: BranchInfo, branches: Branches) -> None:
        from crnn.debug.branch_messages import SetCompare, SwitchBranch

        is_active = info.branch == branches.active
        b = branches.compared
        side = "A" if is_active else "B" if b is not None and b.branch == info.branch else ""
        name = branch_name(info.name).replace("&", "&&")
        menu = self.addMenu(
            "   ".join(filter(None, (name, f"{info.start:,} – {info.head:,}", side)))
        )
        switch = menu.addAction(self.tr("Switch to it"))
        switch.setEnabled(not is_active)
        switch.triggered.connect(partial(self._send, SwitchBranch(info.branch)))
        compare = menu.addAction(self.tr("Compare with it, as B"))
        compare.setEnabled(not is_active)
        compare.triggered.connect(partial(self._send, SetCompare(info.branch)))
        menu.addSeparator()
        rename = menu.addAction(self.tr("Rename…"))
        rename.setEnabled(info.parent >= 0)
        rename.triggered.connect(partial(self._ask_name, info))
        discard = menu.addAction(self.tr("Discard…"))
        is_parent = any(other.parent == info.branch for other in branches.all)
        discard.setEnabled(info.parent >= 0 and not is_parent)
        discard.triggered.connect(partial(self._ask_to_discard, info, is_active))

    def _add_unreadable(self, broken: Unreadable) -> None:
        name = broken.name.replace("&", "&&") or f"#{broken.branch}"
        error = pixmap(
            "circle-x", self._look.theme.err, self._look.px(14), self.devicePixelRatioF()
        )
        action = self.addAction(QIcon(error), self.tr("{name}   cannot be read…").format(name=name))
        action.triggered.connect(partial(self._say_why, broken))

    def _say_why(self, broken: Unreadable, _checked: bool = False) -> None:
        """Which file of it is damaged, what is wrong, and what can be done."""
        from gui.dialogs.error import ErrorDialog

        parent = self.parentWidget() or self
        title = self.tr("Branch {number} cannot be read").format(
            number=f"{broken.branch} · {broken.name}" if broken.name else f"{broken.branch}"
        )
        rest = self.tr("Nothing of it was changed or removed; all other branches are at hand.")
        reason = engine_words.sentence(broken.reason)
        ErrorDialog(parent.window(), self._look, title, f"{reason}\n\n{rest}", "").open()

    def _send(self, command: object, _checked: bool = False) -> None:
        self.commanded.emit(command)

    def _ask_to_discard(self, info: BranchInfo, is_active: bool, _checked: bool = False) -> None:
        from crnn.debug.branch_messages import DiscardBranch
        from gui.dialogs.discard import DiscardDialog

        parent = self.parentWidget() or self
        dialog = DiscardDialog(parent.window(), self._look, info, is_shown=is_active)
        dialog.agreed.connect(partial(self._send, DiscardBranch(info.branch)))
        dialog.open()

    def _ask_name(self, info: BranchInfo, _checked: bool = False) -> None:
        from gui.dialogs.ask import AskDialog

        parent = self.parentWidget() or self
        title, label = self.tr("Rename branch"), self.tr("Name:")
        dialog = AskDialog(parent.window(), title, label, info.name, self._problem)
        dialog.answered.connect(partial(self._rename, info.branch))
        dialog.open()

    def _rename(self, branch: int, name: str) -> None:
        from crnn.debug.branch_messages import RenameBranch

        self.commanded.emit(RenameBranch(branch, name))

    def _problem(self, name: str) -> str:
        return "" if name.strip() else self.tr("A name, please.")
