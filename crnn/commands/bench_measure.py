"""One run of `bench`: in a process of its own, since BLAS reads its threads as NumPy is loaded."""

from __future__ import annotations

import multiprocessing
import os
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from multiprocessing.connection import Connection
from typing import Any

import numpy as np

from crnn.commands.bench_clock import Candidate, Rounds, alternate
from crnn.commands.bench_ops import breakdown
from crnn.commands.bench_own import own_ms, own_steps
from crnn.commands.bench_subjects import CTC_SUBJECTS, CtcSubject, Subject
from crnn.config import Config
from crnn.ctc.loss import ctc_loss
from crnn.data.dataset import Batch
from crnn.debug.environment import describe
from crnn.errors import WorkerDied
from crnn.heap import keep_freed_memory
from crnn.train import TrainState, advance_on, initial_state
from crnn.workers import Workers

PEAK_SIZE = 1024
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Plan:
    """What a process measures; without a subject, CTC alone. `threads` are PyTorch's; ours are
    worker processes with one BLAS thread each."""

    subject: Subject | None
    threads: int
    workers: tuple[int, ...]
    rounds: int
    with_ops: bool = False


def measure_apart(plan: Plan) -> list[Row]:
    """The rows of `plan`, measured in a fresh process. Raises WorkerDied where it ended early."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe(duplex=False)
    blas = {"OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": str(plan.threads)}
    before = dict(os.environ)
    os.environ.update(blas, OMP_NUM_THREADS=str(plan.threads))
    try:
        process = context.Process(target=_answer, args=(theirs, plan), name="bench")
        process.start()
    finally:
        os.environ.clear()
        os.environ.update(before)
    theirs.close()
    try:
        rows: list[Row] = ours.recv()
    except EOFError as error:
        process.join()
        raise WorkerDied(f"the measuring process ended with {process.exitcode}") from error
    process.join()
    return rows


def _answer(connection: Connection, plan: Plan) -> None:
    keep_freed_memory()
    rows = ctc_rows(plan) if plan.subject is None else step_rows(plan, plan.subject)
    connection.send(rows)


def step_rows(plan: Plan, subject: Subject) -> list[Row]:
    """A row for each number of workers, all from the same alternating rounds."""
    config, batch = subject.config(), subject.fixed_batch()
    with ExitStack() as stack:
        candidates = []
        for count in plan.workers:
            workers = stack.enter_context(Workers(count))
            step = _ours(config, batch, workers)
            candidates.append(Candidate(f"ours_{count}", step, _cpu_of(workers)))
        for name, step in _theirs(config, batch, plan.threads).items():
            candidates.append(Candidate(name, step))
        for name, step in own_steps(config, batch, initial_state(config)).items():
            candidates.append(Candidate(name, step))
        candidates.append(Candidate("peak", _sgemm()))
        made = alternate(candidates, plan.rounds)
    common = _common(plan, made) | {
        "preset": subject.preset,
        "norm": subject.norm,
        "batch": subject.batch,
        "width": subject.width,
        "classes": subject.classes,
        "ops": breakdown(config, batch, initial_state(config)) if plan.with_ops else None,
        "ctc": None,
    }
    shards = config.shards
    return [common | _row(subject, count, made, shards) for count in plan.workers]


def _row(subject: Subject, workers: int, made: Rounds, shards: int) -> Row:
    """Ratios `ratio_*` are of the whole step, `alike_*` of our step less what is the debugger's
    own, which PyTorch's step has not."""
    ours, peak = made.times[f"ours_{workers}"], made.times["peak"]
    row: Row = {"workers": workers, "ours_ms": ours.median_ms, "ours_min_ms": ours.min_ms}
    medians = {name: times.median_ms for name, times in made.times.items()}
    row["own_ms"] = own_ms(medians, shards, workers)
    for name in ("eager", "best"):
        torch = made.times.get(f"torch_{name}")
        row[f"torch_{name}_ms"] = torch.median_ms if torch else None
        row[f"torch_{name}_min_ms"] = torch.min_ms if torch else None
        row[f"ratio_{name}"] = torch.median_ms / ours.median_ms if torch else None
        row[f"ratio_{name}_min"] = torch.min_ms / ours.min_ms if torch else None
        alike_ms = ours.median_ms - row["own_ms"]
        row[f"alike_{name}"] = torch.median_ms / alike_ms if torch else None
    peak_ms = subject.step_flops() / (2 * PEAK_SIZE**3) * peak.min_ms / workers
    return row | {"gemm_share": peak_ms / ours.median_ms}


def _common(plan: Plan, made: Rounds) -> Row:
    machine = describe()
    peak = made.times.get("peak")
    return {
        "threads": plan.threads,
        "rounds_quiet": made.n_quiet,
        "rounds": made.n_tried,
        "kernel": machine["blas_kernel"],
        "numpy": machine["numpy"],
        "torch": _torch().version() if find_spec("torch") else None,
        "gemm_gflops": 2 * PEAK_SIZE**3 / peak.min_ms / 1e6 if peak else None,
    }


def ctc_rows(plan: Plan) -> list[Row]:
    """Loss and gradient of ready logits, one process and thread of ours."""
    return [_ctc_row(plan, subject) for subject in CTC_SUBJECTS]


def _ctc_row(plan: Plan, subject: CtcSubject) -> Row:
    logits_NTK, frames_N, labels = subject.problem()
    candidates = [Candidate("ours", lambda: ctc_loss(logits_NTK, frames_N, labels))]
    if find_spec("torch"):
        _torch().set_threads(plan.threads)
        candidates.append(Candidate("torch", _torch().ctc_step(logits_NTK, frames_N, labels)))
    made = alternate(candidates, plan.rounds)
    ours, torch = made.times["ours"], made.times.get("torch")
    return {
        **subject._asdict(),
        **_common(plan, made),
        "ours_ms": ours.median_ms,
        "ours_min_ms": ours.min_ms,
        "torch_ms": torch.median_ms if torch else None,
        "torch_min_ms": torch.min_ms if torch else None,
        "ratio": torch.median_ms / ours.median_ms if torch else None,
        "ratio_min": torch.min_ms / ours.min_ms if torch else None,
    }


def _ours(config: Config, batch: Batch, workers: Workers) -> Callable[[], object]:
    """Whole steps, each from the state the last one led to."""
    states: list[TrainState] = [initial_state(config)]

    def step() -> None:
        states[0] = advance_on(config, batch, states[0], workers=workers).state

    return step


def _theirs(config: Config, batch: Batch, threads: int) -> dict[str, Callable[[], object]]:
    if not find_spec("torch"):
        return {}
    _torch().set_threads(threads)
    steps: dict[str, Callable[[], object]] = _torch().training_steps(config, batch)
    return steps


def _torch() -> Any:
    """PyTorch is loaded only where it is there and asked for."""
    return import_module("crnn.commands.bench_torch")


def _cpu_of(workers: Workers) -> Callable[[], float]:
    if workers.count == 1:
        return float
    return lambda: workers.map(_cpu_s, range(2))[1]


def _cpu_s(_: int) -> float:
    return time.process_time()


def _sgemm() -> Callable[[], object]:
    """A product of two large matrices: what the machine can do at best."""
    a, out = np.ones((2, PEAK_SIZE, PEAK_SIZE), np.float32), np.empty((PEAK_SIZE, PEAK_SIZE))
    out32 = out.astype(np.float32)
    return lambda: np.matmul(a[0], a[1], out=out32)
