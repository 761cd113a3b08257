"""How long the window takes to appear: process start to first painted and to first full frame.

    python -m tests.benchmarks.startup [--rounds N] [--size WxH]

Each round is a process of its own, drawn on the offscreen platform at step 0 of the lesson; the
first round warms the caches and is not counted. A full frame is one in which every visible view has
been painted with the arrays of the first sample.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[2]
MOMENTS = ("first_paint_ms", "first_full_frame_ms")


def one_round(folder: Path, size: str) -> dict[str, float]:
    """Moment -> milliseconds. Raises CalledProcessError where the program fails."""
    command = [sys.executable, "main.py", "--screenshot", str(folder / "shot.png"), "--size", size]
    settings = {"CRNN_TIMING": "1", "CRNN_START": str(time.time()), "QT_QPA_PLATFORM": "offscreen"}
    done = subprocess.run(
        command, cwd=ROOT, env={**os.environ, **settings}, stderr=subprocess.PIPE, text=True,
        check=True,
    )  # fmt: skip
    said = (line.split() for line in done.stderr.splitlines())
    return {words[0]: float(words[1]) for words in said if words and words[0] in MOMENTS}


def main() -> int:
    """Print the median and the range of each moment."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--size", default="1920x1080")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        one_round(Path(name), arguments.size)
        rounds = [one_round(Path(name), arguments.size) for _ in range(arguments.rounds)]
    for moment in MOMENTS:
        times = sorted(found[moment] for found in rounds)
        sys.stdout.write(
            f"{moment:20} median {statistics.median(times):6.0f}   "
            f"range {times[0]:.0f} to {times[-1]:.0f}\n"
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
