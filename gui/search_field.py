"""Search field: the tool bar's way into the palette."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QAction, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy

from gui.icons import pixmap
from gui.look import Look


class SearchField(QAbstractButton):
    """Looks like a field, opens the palette. Small: an icon."""

    def __init__(self, look: Look, action: QAction) -> None:
        super().__init__()
        self.look, self.action = look, action
        self.is_small = False
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.clicked.connect(action.trigger)
        look.changed.connect(self.updateGeometry)
        self.retranslate()

    def retranslate(self) -> None:
        self.setText(self.tr("Step or command…"))
        self.setToolTip(self.action.toolTip())
        self.setAccessibleName(self.text())
        self.update()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)

    def sizeHint(self) -> QSize:
        return QSize(self.look.px(40 if self.is_small else 212), self.look.px(26))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, look = QPainter(self), self.look
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(look.color("acc" if self.hasFocus() else "line2"), 1))
        painter.setBrush(look.color("bg1"))
        painter.drawRoundedRect(self.rect().adjusted(0, 0, -1, -1), 4, 4)
        size = look.px(14)
        drawn = pixmap("search", look.color("t2").name(), size, self.devicePixelRatioF())
        painter.drawPixmap(look.px(12), (self.height() - size) // 2, drawn)
        if self.is_small:
            return
        rect = self.rect().adjusted(look.px(34), 0, -look.px(10), 0)
        painter.setFont(look.font("body"))
        painter.setPen(look.color("t2"))
        painter.drawText(rect, Qt.AlignmentFlag.AlignVCenter, self.text())
        painter.setFont(look.font("mono_small"))
        painter.setPen(look.color("t3"))
        flags = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
        painter.drawText(rect, flags, "Ctrl P")
