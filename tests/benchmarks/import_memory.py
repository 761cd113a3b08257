"""Peak memory of an import for few and for many sheets: it must not grow with them.

    python -m tests.benchmarks.import_memory [--sheets 10 1000] [--scale 1] [--workers 1]

Each import of a generated tree in zips runs in a process of its own, whose peak is read from
/proc (Linux); with more workers the largest of them is printed too. Pages are 250 x 350, times
`--scale`; a real one is 10 times that each way.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from PIL import Image

from tests import aihub_tree

ROOT = Path(__file__).parents[2]

MEASURED = """
import re, resource, sys
from crnn.commands import preprocess
status = preprocess.main(sys.argv[1:])
peak_kib = int(re.search(r"VmHWM:\\s+(\\d+)", open("/proc/self/status").read())[1])
workers_kib = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
sys.stderr.write(f"\\npeak {peak_kib} {workers_kib}\\n")
sys.exit(status)
"""


def lay_out(root: Path, count: int, scale: int) -> Path:
    """`count` sheets in zips, pages and boxes `scale` times as large."""
    sheets = []
    for number in range(1, count + 1):
        boxes = aihub_tree.words(number, 12)
        for box in boxes:
            box.update({axis: [scale * value for value in box[axis]] for axis in "xy"})
        made = aihub_tree.sheet(number, split="train" if number % 10 else "val", boxes=boxes)
        if scale > 1:
            size = (scale * aihub_tree.WIDE, scale * aihub_tree.HIGH)
            page = aihub_tree.page(number).resize(size, Image.Resampling.NEAREST)
            made.png = aihub_tree.png(page)
        sheets.append(made)
    return aihub_tree.as_zips(sheets, root)


def peak(source: Path, out: Path, workers: int) -> tuple[float, float, float]:
    """MiB of the import's process, of its largest worker (0 without), and seconds."""
    words = ["--source", str(source), "--out", str(out), "--workers", str(workers), "--json"]
    begin = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", MEASURED, *words],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    seconds = time.perf_counter() - begin
    _, own_kib, workers_kib = done.stderr.splitlines()[-1].split()
    return int(own_kib) / 1024, int(workers_kib) / 1024, seconds


def main() -> int:
    """Print one line for each number of sheets."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--sheets", type=int, nargs="+", default=[10, 1000])
    parser.add_argument("--scale", type=int, default=1)
    parser.add_argument("--workers", type=int, default=1)
    options = parser.parse_args()
    for count in options.sheets:
        with tempfile.TemporaryDirectory() as folder:
            source = lay_out(Path(folder, "source"), count, options.scale)
            own, workers, seconds = peak(source, Path(folder, "out"), options.workers)
        sys.stdout.write(
            f"{count:>6,} sheets   peak {own:6.1f} MiB   largest worker {workers:6.1f} MiB   "
            f"{seconds:6.1f} s\n"
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
