"""CTC loss and gradient from logits, ours against PyTorch eager, alternating in one run.

    python -m tests.benchmarks.ctc [--rounds N]

Three shapes, float32. Ours by one process, and by two that hold half of the batch each, as training
workers do; PyTorch (log_softmax, ctc_loss, backward) with 1 and 2 threads. A ratio above 1 means
that ours is faster; ratios are of medians, and of minima in brackets. Needs PyTorch.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from collections.abc import Callable
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import Any

import numpy as np

from crnn.arrays import I64, Real
from crnn.ctc.loss import ctc_loss

SHAPES = ((64, 16, 1000, 40), (256, 32, 1000, 100), (8, 64, 55, 4))  # T, N, K, L
SHORTEST_S = 0.02
"""A round repeats what takes less."""

Case = tuple[Real, I64, tuple[I64, ...]]


def case(t: int, n: int, k: int, longest: int) -> Case:
    """The logits of a network that has learnt nothing, and labels without equal neighbours."""
    rng = np.random.default_rng(t)
    logits_NTK = rng.standard_normal((n, t, k), np.float32)
    return logits_NTK, np.full(n, t), tuple(rng.permutation(k - 1)[:longest] + 1 for _ in range(n))


def half_of(shape: tuple[int, int, int, int], half: int) -> Case:
    logits_NTK, frames_N, labels = case(*shape)
    part = slice(half * shape[1] // 2, (half + 1) * shape[1] // 2)
    return logits_NTK[part].copy(), frames_N[part], labels[part]


def work(connection: Connection, half: int) -> None:
    """A worker: on a shape it makes its half ready, on a number it computes it so many times."""
    mine = half_of(SHAPES[0], half)
    while True:
        order = connection.recv()
        if order is None:
            return
        if isinstance(order, tuple):
            mine = half_of(order, half)
        else:
            for _ in range(order):
                ctc_loss(*mine)
        connection.send(None)


def theirs(given: Case, threads: int) -> Callable[[int], None]:
    """PyTorch on the same numbers, in the layout that it likes best."""
    import torch
    from torch.nn import functional

    logits_NTK, frames_N, labels = given
    logits = torch.from_numpy(np.ascontiguousarray(logits_NTK.swapaxes(0, 1))).requires_grad_()
    label = torch.from_numpy(np.stack(labels))
    frames, lengths = torch.from_numpy(frames_N), torch.full((len(labels),), label.shape[1])

    def run(times: int) -> None:
        torch.set_num_threads(threads)
        for _ in range(times):
            logits.grad = None
            log_prob = functional.log_softmax(logits, -1)
            loss: Any = functional.ctc_loss(log_prob, label, frames, lengths, reduction="sum")
            loss.backward()

    return run


def alternating(runs: dict[str, Callable[[int], None]], rounds: int) -> dict[str, list[float]]:
    """Milliseconds of every round, one contestant after the other."""
    repeats: dict[str, int] = {}
    for name, run in runs.items():
        run(2)
        started = time.perf_counter()
        run(1)
        repeats[name] = max(1, round(SHORTEST_S / (time.perf_counter() - started)))
    took: dict[str, list[float]] = {name: [] for name in runs}
    for _ in range(rounds):
        for name, run in runs.items():
            started = time.perf_counter()
            run(repeats[name])
            took[name].append(1e3 * (time.perf_counter() - started) / repeats[name])
    return took


def measure(
    shape: tuple[int, int, int, int], workers: list[Connection], rounds: int
) -> dict[str, list[float]]:
    given = case(*shape)

    def told(order: tuple[int, int, int, int] | int) -> None:
        for connection in workers:
            connection.send(order)
        for connection in workers:
            connection.recv()

    def alone(times: int) -> None:
        for _ in range(times):
            ctc_loss(*given)

    told(shape)
    runs = {
        "ours 1": alone,
        "ours 2": told,
        "torch 1": theirs(given, 1),
        "torch 2": theirs(given, 2),
    }
    return alternating(runs, rounds)


def row(shape: tuple[int, int, int, int], took: dict[str, list[float]]) -> str:
    median = {name: statistics.median(times) for name, times in took.items()}
    least = {name: min(times) for name, times in took.items()}

    def ratio(torch: str, ours: str) -> str:
        return f"{median[torch] / median[ours]:4.2f} ({least[torch] / least[ours]:4.2f})"

    times = "  ".join(f"{median[name]:7.2f} ({least[name]:6.2f})" for name in took)
    pairs = (("torch 1", "ours 1"), ("torch 2", "ours 2"), ("torch 2", "ours 1"))
    return f"{shape!s:21} {times}  {'  '.join(ratio(*pair) for pair in pairs)}\n"


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=15)
    arguments = parser.parse_args()
    context = get_context("spawn")
    pipes = [context.Pipe() for _ in range(2)]
    processes = [
        context.Process(target=work, args=(pipe[1], half), daemon=True)
        for half, pipe in enumerate(pipes)
    ]
    for process in processes:
        process.start()
    heads = ("ours 1 process", "ours 2", "torch 1 thread", "torch 2", "1 : 1", "2 : 2", "2 : 1")
    sys.stdout.write("ms: median (minimum); ratios: torch threads : our processes\n")
    sys.stdout.write(f"{'T, N, K, L':21} " + "  ".join(f"{head:>15}" for head in heads) + "\n")
    for shape in SHAPES:
        sys.stdout.write(row(shape, measure(shape, [pipe[0] for pipe in pipes], arguments.rounds)))
        sys.stdout.flush()
    for pipe, process in zip(pipes, processes, strict=True):
        pipe[0].send(None)
        process.join()
    return 0


if __name__ == "__main__":
    sys.exit(main())
