"""How late the window's events are while training runs, and how much the window slows training.

    python -m tests.benchmarks.window [--seconds S] [--pairs N] [--batch N] [--preset P]

Lateness is that of a precise 10 ms timer on the window's thread. The slow-down compares interleaved
segments of the same run: all default views shown, and no frame made or fetched (as when minimised).
The platform is offscreen unless QT_QPA_PLATFORM says otherwise.
"""

from __future__ import annotations

import argparse
import queue
import statistics
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QEventLoop, Qt, QTimer
from PySide6.QtWidgets import QApplication

from crnn.config import preset
from crnn.data.synth import lesson
from crnn.debug.debugger import Debugger
from crnn.debug.messages import Command, NewRun, Run
from crnn.debug.outbox import Outbox
from gui.appearance import Appearance
from gui.bridge import Bridge
from gui.desk import Desk
from gui.look import Look, load_fonts
from gui.settings import Settings

TICK_MS = 10


class Lateness:
    """How many ms late each tick of a precise timer came."""

    def __init__(self) -> None:
        self.late_ms: list[float] = []
        self._last = 0.0
        self._timer = QTimer()
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(TICK_MS)
        self._timer.timeout.connect(self._tick)

    def start(self) -> None:
        self._last = time.perf_counter()
        self._timer.start()

    def stop(self) -> None:
        self._timer.stop()

    def _tick(self) -> None:
        now = time.perf_counter()
        self.late_ms.append(max(0.0, (now - self._last) * 1000 - TICK_MS))
        self._last = now


def wait(seconds: float) -> None:
    """Let the window live for so long."""
    loop = QEventLoop()
    QTimer.singleShot(round(seconds * 1000), loop.quit)
    loop.exec()


class Bench:
    """A whole window on a real run, for `options.seconds` a segment."""

    def __init__(self, options: argparse.Namespace, folder: Path) -> None:
        self.options = options
        app = QApplication.instance() or QApplication([])
        assert isinstance(app, QApplication)
        load_fonts()
        inbox: queue.SimpleQueue[Command] = queue.SimpleQueue()
        self.outbox = Outbox()
        engine = Debugger(inbox, self.outbox, folder / "runs")
        self.look = Look()
        self.bridge = Bridge(inbox, self.outbox, engine.run)
        settings = Settings(folder / "window.ini")
        appearance = Appearance(app, self.look, settings)
        appearance.start("dark", "en")
        self.desk = Desk(self.look, self.bridge, settings, appearance)
        self.desk.window.resize(1920, 1080)
        self.desk.restore("debug")
        self.desk.window.show()
        self.bridge.start()
        self.n_frames = 0
        self.bridge.frame_changed.connect(self._count)
        config = preset(options.preset)
        if options.batch:
            config = replace(config, batch=options.batch)
        self.bridge.send(NewRun(config, lesson(), "bench"))
        self.bridge.send(Run())
        wait(3.0)

    def _count(self) -> None:
        self.n_frames += 1

    def segment(self, *, is_watched: bool) -> tuple[float, int]:
        """Steps a second with the window watching or not, and the frames painted."""
        self.bridge.watch_screen(is_watched)
        wait(0.3)
        frames, before, begin = self.n_frames, self._steps(), time.perf_counter()
        wait(self.options.seconds)
        seconds = time.perf_counter() - begin
        return (self._steps() - before) / seconds, self.n_frames - frames

    def _steps(self) -> int:
        assert self.bridge.frame is not None
        return self.bridge.frame.reports.n


def _line(values: list[float]) -> str:
    cuts = statistics.quantiles(values, n=100)
    return (
        f"p50 {cuts[49]:.2f}   p95 {cuts[94]:.2f}   p99 {cuts[98]:.2f}   max {max(values):.2f} ms"
    )


def main() -> None:
    """Print lateness, slow-down with quartiles, and frames a second."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=2.0)
    parser.add_argument("--pairs", type=int, default=8)
    parser.add_argument("--batch", type=int, default=0)
    parser.add_argument("--preset", default="lesson")
    options = parser.parse_args()
    sys.setswitchinterval(0.001)
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(options, Path(folder))
        lateness, ratios, off_rates, frames = Lateness(), [], [], 0
        for _ in range(options.pairs):
            lateness.start()
            on, painted = bench.segment(is_watched=True)
            lateness.stop()
            off, _ = bench.segment(is_watched=False)
            ratios.append(100 * (off / on - 1))
            off_rates.append(off)
            frames += painted
        low, middle, high = statistics.quantiles(ratios, n=4)
        out = sys.stdout.write
        out(f"lateness   {_line(lateness.late_ms)}   ({len(lateness.late_ms):,} ticks)\n")
        out(f"slow-down  {middle:.1f} %   (quartiles {low:.1f} to {high:.1f} %)\n")
        out(f"training   {statistics.median(off_rates):.1f} steps/s unwatched\n")
        out(f"painted    {frames / (options.pairs * options.seconds):.1f} frames/s\n")
        bench.bridge.shutdown()
        bench.desk.window.close()


if __name__ == "__main__":
    main()
