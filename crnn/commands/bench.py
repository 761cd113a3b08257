"""bench: a training step against PyTorch's, measured alternately in one run.

Our step is the whole of it: forward, CTC, backward, clipping, Adam, reading the batch, digests.
PyTorch's is forward, CTC, backward, Adam, once as everybody writes it (eager) and once with
channels_last and the fused optimiser (best). Clipping, reading and digests are timed apart as well:
"alike" is PyTorch's step over ours less these. `--threads` are the cores either may use: PyTorch's
threads, our worker processes. Only ratios of one run mean much.
"""

from __future__ import annotations

import argparse
from typing import Any

from crnn.commands import console
from crnn.commands.bench_measure import Plan, Row, measure_apart
from crnn.commands.bench_subjects import CLASSES, SIZES, Subject
from crnn.errors import CrnnError

ROUNDS = 15


def main(argv: list[str]) -> int:
    """Run the command; 0 done, 1 the work failed."""
    options = _parser().parse_args(argv)
    rows: list[Row] = []
    ctc: list[Row] = []
    try:
        for plan in _plans(options):
            found = measure_apart(plan)
            (rows if plan.subject else ctc).extend(found)
            for row in found:
                console.say(_line(row) if plan.subject else _ctc_line(row))
    except CrnnError as error:
        return console.failed(error)
    values: dict[str, Any] = {**(rows[-1] if rows else {}), "rows": rows, "ctc": ctc or None}
    console.result(values, as_json=options.json, lines=_table(rows, ctc))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = console.parser("bench", __doc__ or "")
    parser.add_argument("--preset", choices=tuple(SIZES), help="all of them, unless one is named")
    parser.add_argument("--threads", type=_count, metavar="N", help="1 and 2, unless given")
    parser.add_argument("--workers", type=int, choices=(1, 2), help="as many as threads, and fewer")
    parser.add_argument("--classes", type=_count, default=CLASSES, metavar="K")
    parser.add_argument("--width", type=_count, metavar="W", help="pixels")
    parser.add_argument("--batch", type=_count, metavar="N", help="samples")
    parser.add_argument("--norm", choices=("none", "batch"), default="none", help="of every block")
    parser.add_argument("--rounds", type=_count, default=ROUNDS, metavar="N", help="quiet ones")
    parser.add_argument("--ops", action="store_true", help="op by op")
    parser.add_argument("--ctc", action="store_true", help="CTC loss and gradient alone")
    return parser


def _count(text: str) -> int:
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError(f"{text} is not 1 or more")
    return value


def _plans(options: argparse.Namespace) -> list[Plan]:
    """One process for each subject and number of threads."""
    all_threads = (options.threads,) if options.threads else (1, 2)
    plans = []
    if options.ctc:
        plans += [Plan(None, threads, (), options.rounds) for threads in all_threads]
    if options.ctc and not options.preset:
        return plans
    for name in (options.preset,) if options.preset else tuple(SIZES):
        subject = Subject.of(name, options.batch, options.width, options.classes, options.norm)
        subject.config()  # a wrong width is refused before anything is measured
        for threads in all_threads:
            workers = (options.workers,) if options.workers else (1, 2)[:threads]
            plans.append(Plan(subject, threads, workers, options.rounds, options.ops))
    return plans


def _table(rows: list[Row], ctc: list[Row]) -> str:
    first = (rows + ctc)[0]
    lines = [
        f"BLAS kernel {first['kernel']}, NumPy {first['numpy']}, "
        f"PyTorch {first['torch'] or 'absent'}; milliseconds a step: median (minimum)"
    ]
    lines += [_line(row) for row in rows] + [_ctc_line(row) for row in ctc]
    for row in rows:
        if row["ops"] and row["workers"] == 1:
            lines += ["", f"{row['preset']}, one worker, each op alone: forward, backward"]
            lines += [f"  {name:14} {f:8.2f} {b:8.2f}" for name, (f, b) in row["ops"].items()]
    return "\n".join(lines)


def _line(row: Row) -> str:
    theirs = ""
    for name in ("eager", "best"):
        if row[f"torch_{name}_ms"] is not None:
            theirs += (
                f"   {name} {_time(row, f'torch_{name}')}: {row[f'ratio_{name}']:.2f}x "
                f"({row[f'ratio_{name}_min']:.2f}x), alike {row[f'alike_{name}']:.2f}x"
            )
    norm = "" if row["norm"] == "none" else f" {row['norm']} norm"
    return (
        f"{row['preset']:5} N={row['batch']} K={row['classes']} W={row['width']}{norm}   "
        f"threads {row['threads']}   workers {row['workers']}   "
        f"ours {_time(row, 'ours')}, of it the debugger's own {row['own_ms']:.2f}{theirs}   "
        f"{row['gemm_share']:.0%} of the GEMM peak   "
        f"{row['rounds_quiet']} of {row['rounds']} rounds quiet"
    )


def _ctc_line(row: Row) -> str:
    theirs = ""
    if row["torch_ms"] is not None:
        theirs = f"   torch {_time(row, 'torch')}: {row['ratio']:.2f}x ({row['ratio_min']:.2f}x)"
    return (
        f"ctc T={row['n_frames']} N={row['batch']} K={row['classes']} L={row['longest']}   "
        f"threads {row['threads']}   ours {_time(row, 'ours')}{theirs}   "
        f"{row['rounds_quiet']} of {row['rounds']} rounds quiet"
    )


def _time(row: Row, name: str) -> str:
    return f"{row[f'{name}_ms']:.2f} ({row[f'{name}_min_ms']:.2f})"
