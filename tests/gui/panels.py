"""A panel of the centre column alone, in its size, with a frame and a selection."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, TypeVar

import numpy as np
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from crnn.config import Config, preset
from crnn.debug.messages import Frame
from crnn.debug.trace import Trace
from gui.axis import TimeAxis
from gui.look import Look
from gui.panel import AxisPanel
from gui.selection import Selection
from tests.gui.fakes import fake_trace
from tests.gui.runs import fake_frame

PITCH = 16
Panel = TypeVar("Panel", bound=AxisPanel)


def frame_of(trace: Trace | None, config: Config, run_id: int = 1) -> Frame:
    frame = fake_frame(step=12, head=12, n=16)
    return replace(frame, run=replace(frame.run, run_id=run_id, config=config), trace=trace)


def lesson(n_frames: int = 32) -> tuple[Config, Trace]:
    config = preset("lesson")
    return config, fake_trace(config, n_frames=n_frames)


def show(
    qtbot: QtBot, kind: type[Panel], frame: Frame, selection: Selection, *, height: int = 146
) -> Panel:
    """The panel as in a column 1280 px wide, 16 px a timestep, painted once."""
    axis = TimeAxis()
    n_frames = frame.trace.n_frames if frame.trace else 0
    axis.fit(width=1280, n_frames=n_frames, n_reference=32, pitch_max=PITCH)
    panel = kind(Look(), axis)
    qtbot.addWidget(panel)
    panel.resize(1280, height)
    panel.show()
    panel.show_frame(frame)
    panel.show_selection(selection)
    return panel


def pixels(panel: AxisPanel) -> Any:
    """The body as drawn, 0xRRGGBB by row and column."""
    image = panel.body.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    raw = np.frombuffer(image.constBits(), np.uint32).reshape(image.height(), image.width())
    return raw & np.uint32(0xFFFFFF)


def columns_of(panel: AxisPanel, row: int, role: str) -> list[int]:
    """The x, inside the axis, of pixels that have exactly the colour of this role in a row."""
    color = np.uint32(panel.look.color(role).rgb() & 0xFFFFFF)
    x = np.nonzero(pixels(panel)[row] == color)[0]
    axis = panel.axis
    return [int(at) for at in x if axis.gutter <= at < axis.gutter + axis.length]


def click(qtbot: QtBot, panel: AxisPanel, x: int, y: int) -> Selection:
    """Click into the body; what the panel asks to be selected."""
    with qtbot.waitSignal(panel.selected, timeout=1000) as caught:
        QTest.mouseClick(panel.body, Qt.MouseButton.LeftButton, pos=QPoint(x, y))
    wanted = caught.args[0]
    assert isinstance(wanted, Selection)
    return wanted
