"""Reached: what of a sample's arrays has been computed where the cursor stands.

Pure functions of a passage, a trace and a cursor. A recursion has an order: the forward direction
walks from left to right, the backward one from right to left; alpha runs to the right, then beta
to the left; on the way back each runs the other way.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from crnn.arrays import F32, Real, frozen
from crnn.debug.calls import Call
from crnn.debug.cursor import Cursor
from crnn.debug.inner import Clip, TensorUpdate
from crnn.debug.phases import Passage, Phase
from crnn.debug.trace import Trace
from crnn.kernels.maps import Maps
from crnn.ops.recurrent import Recurrent
from crnn.optim import global_norm

_BLOCK_ARRAYS = {"conv": "conv", "norm": "", "pool": "", "mask": "pool"}
"""A plain op's array of the trace; every other op of a block gives "act"."""


def places(phase: Phase, n_frames: int) -> int:
    """The places of a phase's recursion: one a timestep, for the CTC two; 1 where it has none."""
    if phase.part.startswith("rnn") and not phase.name.startswith("dropout"):
        return n_frames
    return 2 * n_frames if phase.name == "ctc" else 1


def column(phase: Phase, t: int, n_frames: int) -> int:
    """The timestep at place `t` of a recursion; -1 where the phase has none. Where both directions
    walk at once, the forward one's."""
    if places(phase, n_frames) == 1:
        return -1
    if phase.name == "ctc":
        return t if t < n_frames else 2 * n_frames - 1 - t
    return t if _runs_right(phase) else n_frames - 1 - t


def known(
    passage: Passage, cursor: Cursor, n_frames: int, done: float
) -> dict[str, tuple[int, int]]:
    """Array -> timesteps [start, stop) computed; "grad.rnn1.fwd" says how far the way back has
    walked. `done` is the share of the cursor's phase that has been done, 0 to 1."""
    found: dict[str, tuple[int, int]] = {}
    whole = (0, n_frames)
    plain = {phase.part for phase in passage.phases if phase.name.startswith("mask")}
    for number, phase in enumerate(passage.phases[: cursor.phase + 1]):
        share = 1.0 if number < cursor.phase else done
        if phase.way == "data":
            found["image"] = whole
        elif phase.way == "forward":
            found |= _of_forward(phase, phase.part in plain, n_frames, share)
        elif phase.name == "softmax" and share == 1:
            found["prob"] = whole
        elif phase.name == "ctc":
            found |= _of_lattice(n_frames, share)
        elif phase.way == "backward" and places(phase, n_frames) > 1:
            walked = round(share * n_frames)
            right = {"bwd": (0, walked), "fwd": (n_frames - walked, n_frames)}
            found |= {f"grad.{phase.part}.{way}": right[way] for way in _ways(phase)}
    return found


def one_by_one(
    found: dict[str, tuple[int, int]], phase: Phase, calls: Sequence[Call], at: int, n_frames: int
) -> str:
    """Correct `found` where a layer's directions run one after the other: those of the calls before
    number `at` have been done, those after it have not. Returns the direction that runs, "" where
    none does."""
    ways = [_way_of(call) for call in calls]
    back = "grad." if phase.way == "backward" else ""
    for number, way in enumerate(ways):
        if way and number != at:
            whole = n_frames if number < at else 0
            found[f"{back}{phase.part}.{way}"] = (0, whole)
    return ways[at]


def _way_of(call: Call) -> str:
    op = call.args.get("self")
    return ("bwd" if op.reverse else "fwd") if isinstance(op, Recurrent) else ""


def _ways(phase: Phase) -> tuple[str, ...]:
    """The directions that a recurrent phase walks."""
    return ("fwd", "bwd") if phase.name == phase.part else (phase.name.rpartition(".")[2],)


def _of_forward(
    phase: Phase, is_plain: bool, n_frames: int, share: float
) -> dict[str, tuple[int, int]]:
    whole = (0, n_frames)
    if phase.part.startswith("rnn"):
        if phase.name.startswith("dropout"):
            return {}
        n = round(share * n_frames)
        right = {"fwd": (0, n), "bwd": (n_frames - n, n_frames)}
        return {f"{phase.part}.{way}": right[way] for way in _ways(phase)}
    if share < 1:
        return {}
    if phase.part == "linear":
        return {"logits": whole}
    if not is_plain:
        return {f"{phase.part}.{array}": whole for array in ("conv", "act", "pool")}
    array = _BLOCK_ARRAYS.get(phase.name.rstrip("0123456789"), "act")
    return {f"{phase.part}.{array}": whole} if array else {}


def _of_lattice(n_frames: int, share: float) -> dict[str, tuple[int, int]]:
    n = round(share * 2 * n_frames)
    alpha, beta = min(n, n_frames), max(0, n - n_frames)
    met = (n_frames - beta, n_frames)
    return {"alpha": (0, alpha), "beta": met, "gamma": met, "grad": met}


def gradients(passage: Passage, trace: Trace) -> Mapping[str, tuple[int, F32]]:
    """What each part was given on the way back: the mean loss's gradient of "conv2.pool",
    "rnn1.fwd", each with the phase after which it is there."""
    found: dict[str, tuple[int, F32]] = {}
    for number, phase in enumerate(passage.phases):
        if phase.way != "backward" or not passage.calls[number]:
            continue
        call = passage.calls[number][0]
        if phase.part.startswith("rnn") and not phase.name.startswith("dropout"):
            of_ways = _of_layer(phase, call, passage.place, trace)
            found |= {name: (number - 1, grad) for name, grad in of_ways.items()}
        elif phase.part.startswith("conv") and f"{phase.part}.pool" not in found:
            grad = _of_block(phase, call, passage.place, trace)
            found[f"{phase.part}.pool"] = number - 1, grad
    return found


def _of_block(phase: Phase, call: Call, n: int, trace: Trace) -> F32:
    dy = call.args["dy"] if "dy" in call.args else call.args["dy_NCHW"]
    dy_NCHW = dy.to_nchw() if isinstance(dy, Maps) else dy
    width = next(b.pool_CHW.shape[2] for b in trace.blocks if b.name == phase.part)
    return _own(dy_NCHW[n, :, :, :width])


def _of_layer(phase: Phase, call: Call, n: int, trace: Trace) -> dict[str, F32]:
    all_NTD = call.args["dy_NTD"] if "dy_NTD" in call.args else call.args["dy_NTU"]
    dy: Real = all_NTD[n, : trace.n_frames]
    layer = next(layer for layer in trace.recurrents if layer.name == phase.part)
    if phase.name != phase.part:
        return {phase.name: _own(dy)}
    parts = np.split(dy, len(layer.directions), axis=1)
    ways = zip(layer.directions, parts, strict=True)
    return {f"{layer.name}.{way.name}": _own(part) for way, part in ways}


def clipping(passage: Passage) -> Clip | None:
    """What clipping did; None where the step did not come so far."""
    calls = passage.calls[-2]
    if len(calls) < 2:
        return None
    before, clipped = calls[0].result, calls[1].result
    after = before if clipped is calls[1].args["grad_P"] else global_norm(clipped)
    return Clip(before, after, after / before if before else 1.0)


def updates(passage: Passage) -> tuple[TensorUpdate, ...]:
    """What the update did to each tensor; empty where the step did not come so far."""
    if passage.done is None:
        return ()
    old, new = passage.state.params, passage.done.state.params
    return tuple(TensorUpdate(n, _norm(old[n]), _norm(new[n] - old[n])) for n in old)


def _norm(x: Real) -> float:
    return float(np.linalg.norm(x.astype(np.float64)))


def _runs_right(phase: Phase) -> bool:
    return phase.name.endswith(".bwd") == (phase.way == "backward")


def _own(part: Any) -> F32:
    return frozen(np.array(part, np.float32, order="C"))
