"""Health: three marks an op - does it answer, does the gradient reach it, does it move.

The thresholds, and what they tell:

act   conv: share of channels that are 0 everywhere (dead ReLU): warn from 25 %, bad from 60 %.
      rnn: share of gates beyond 0.02..0.98, or of tanh states beyond +-0.98 (saturated: no gradient
      passes): warn from 50 %, bad from 90 %. linear: largest |logit| above 50 warns.
      softmax: mean blank probability above 0.99 warns (normal in the first minutes).
      ctc: samples of the data whose label cannot be spelled warn.
grad  root mean square of the optimiser's running gradient, against the largest of all ops: below
      1e-4 warns (vanishing), below 1e-6 is bad; a gradient norm above 10 times clip_norm warns on
      the op with the most of it (exploding).
upd   norm of the weights' last change / norm of the weights: above 0.1 or below 1e-7 warns, above
      0.3 is bad. About 1e-3 is usual.

Activations are looked at in the first samples of a pass alone: enough for a mark, and cheap.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from crnn.arrays import Real
from crnn.config import Config
from crnn.debug.messages import HealthMark, OpHealth
from crnn.model import output_shapes
from crnn.ops.recurrent import LstmSteps, RecurrentCache, TanhSteps
from crnn.optim import MOMENT_NAMES
from crnn.train import ShardPass, TrainState

LOOKED_AT = 4
DEAD = (0.25, 0.6)
SATURATED = (0.5, 0.9)
LARGE_LOGIT = 50.0
ALL_BLANK = 0.99
VANISHING = (1e-4, 1e-6)
EXPLODING = 10.0
LARGE_UPDATE = (0.1, 0.3)
SMALL_UPDATE = 1e-7

Judged = tuple[HealthMark, str]
_FINE: Judged = ("ok", "")
_UNKNOWN: Judged = ("none", "")


@dataclass(frozen=True, slots=True)
class Evidence:
    """What health is judged by: the latest passes, the state they led to (or were made at), the
    one before it where it is at hand, and the last gradient norm (NaN where there is none)."""

    passes: Sequence[ShardPass]
    state: TrainState
    before: TrainState | None
    grad_norm: float
    n_infeasible: int


def health(config: Config, evidence: Evidence) -> tuple[OpHealth, ...]:
    """A row for each conv block, recurrent layer, linear, softmax and ctc, in the data's order."""
    made = evidence.passes[0]
    activations = _activations(made)
    ops = tuple(activations)
    grads = _gradients(config, evidence, ops)
    updates = {op: _update(evidence, op) for op in ops}
    shapes = _shapes(config, int(made.width_N.max()))
    rows = [_row(op, shapes[op], activations[op], grads[op], updates[op]) for op in ops]
    t = config.n_frames(int(made.width_N.max()))
    n_states = 2 * made.ctc.targets.label_NL.shape[1] + 1
    k = config.n_classes
    rows.append(_row("softmax", f"{t}×{k}", _blank(evidence.passes), _UNKNOWN, _UNKNOWN))
    ctc = _infeasible(evidence.n_infeasible)
    rows.append(_row("ctc", f"{t}×{n_states}", ctc, _UNKNOWN, _UNKNOWN))
    return tuple(rows)


def _row(name: str, shape: str, *judged: Judged) -> OpHealth:
    act, grad, upd = (mark for mark, _ in judged)
    return OpHealth(name, shape, act, grad, upd, tuple(note for _, note in judged if note))


def _shapes(config: Config, width: int) -> dict[str, str]:
    """The output of each op with parameters; both directions of a layer side by side."""
    shapes: dict[str, str] = {}
    for op in output_shapes(config, width):
        name, *way = op.name.split(".")
        sizes = [*op.shape]
        if way:
            sizes[-1] *= config.n_directions
        shapes[name] = "×".join(str(size) for size in sizes)
    return shapes


def _activations(made: ShardPass) -> dict[str, Judged]:
    judged: dict[str, Judged] = {}
    for number, block in enumerate(made.cache.blocks, start=1):
        dead = float(np.mean(~block.pool_NCHW[:LOOKED_AT].any(axis=(0, 2, 3))))
        judged[f"conv{number}"] = _share(dead, DEAD, "of the channels are 0 everywhere")
    for number, caches in enumerate(made.cache.layers, start=1):
        shares = [_saturated(cache) for cache in caches]
        share = sum(shares) / len(shares)
        judged[f"rnn{number}"] = _share(share, SATURATED, "of the gates are saturated")
    largest = float(np.abs(made.cache.logits_NTK[:LOOKED_AT]).max())
    is_large = not largest <= LARGE_LOGIT
    judged["linear"] = ("warn", f"the largest logit is {largest:.3g}") if is_large else _FINE
    return judged


def _share(share: float, limits: tuple[float, float], of_what: str) -> Judged:
    if share < limits[0]:
        return _FINE
    return "bad" if share >= limits[1] else "warn", f"{share:.0%} {of_what}"


def _saturated(cache: RecurrentCache) -> float:
    """The share of gates (LSTM i, f, o; GRU r, z; tanh: the state) near the ends of their range."""
    if isinstance(cache.steps, TanhSteps):
        return float(np.mean(np.abs(cache.steps.hidden_TNU[:, :LOOKED_AT]) > 0.98))
    squashed = [0, 1, 3] if isinstance(cache.steps, LstmSteps) else [0, 1]
    gates = cache.steps.gates_TNGU[:, :LOOKED_AT][:, :, squashed]
    return float(np.mean(np.abs(gates - 0.5) > 0.48))


def _gradients(config: Config, evidence: Evidence, ops: Sequence[str]) -> dict[str, Judged]:
    """Judged by the first moment: a running mean of the gradient, or of its square."""
    running = {op: _of(evidence.state, evidence.state.moments_P[0], op) for op in ops}
    is_square = MOMENT_NAMES[config.optimiser][0] == "square"
    rms = {op: float(np.sqrt(np.mean(g if is_square else g * g))) for op, g in running.items()}
    largest = max(rms.values())
    if largest == 0:
        return dict.fromkeys(ops, _UNKNOWN)
    judged: dict[str, Judged] = {}
    for op in ops:
        ratio = rms[op] / largest
        mark: HealthMark = "bad" if ratio < VANISHING[1] else "warn"
        is_small = ratio < VANISHING[0]
        judged[op] = (mark, f"its gradient is {ratio:.0e} of the largest") if is_small else _FINE
    if evidence.grad_norm > EXPLODING * config.clip_norm:
        most = max(ops, key=lambda op: rms[op] * running[op].size ** 0.5)
        norm = f"the gradient norm is {evidence.grad_norm:.3g}, cut to {config.clip_norm:g}"
        judged[most] = ("warn", norm)
    return judged


def _update(evidence: Evidence, op: str) -> Judged:
    """Norm of the change over norm of the weights, biases included."""
    if evidence.before is None:
        return _UNKNOWN
    now = _of(evidence.state, evidence.state.params.flat, op)
    before = _of(evidence.state, evidence.before.params.flat, op)
    ratio = float(np.linalg.norm(now - before) / max(float(np.linalg.norm(before)), 1e-30))
    if SMALL_UPDATE <= ratio < LARGE_UPDATE[0]:
        return _FINE
    mark: HealthMark = "bad" if ratio >= LARGE_UPDATE[1] else "warn"
    return mark, f"the last update changed its weights by {ratio:.1e} of their size"


def _of(state: TrainState, flat_P: Real, op: str) -> Real:
    """The part of a flat vector that belongs to one op; its tensors stand side by side."""
    places = [p for p in state.params.layout.places if p.name.startswith(f"{op}.")]
    return flat_P[places[0].start : places[-1].stop]


def _blank(passes: Sequence[ShardPass]) -> Judged:
    made = passes[0]
    inside_NT = np.arange(made.ctc.log_blank_NT.shape[1]) < made.cache.frames_N[:, None]
    p_blank = float(np.exp(made.ctc.log_blank_NT)[inside_NT].mean())
    if p_blank <= ALL_BLANK:
        return _FINE
    return "warn", f"blank has {p_blank:.1%} of the probability: normal at first, not for long"


def _infeasible(count: int) -> Judged:
    if count == 0:
        return _FINE
    return "warn", f"{count:,} samples need more timesteps than their picture gives"
