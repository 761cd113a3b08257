"""Inspection: one number of a trace, exactly: its value, what it is made of, where it was made.

Pure functions of (trace, config, cell), no Qt. Names are keys that the view puts into words. In a
formula ^{...} is raised.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from crnn.geometry import Stage, cell_field, field
from gui.classes import rank, top, wanted_TK
from gui.lattice import QUANTITIES, letter_at, name_of, quantity_TS
from gui.letters import letter_of
from gui.numerals import amount, fixed, signed
from gui.selection import Cell

if TYPE_CHECKING:
    from crnn.arrays import Real
    from crnn.config import Config
    from crnn.debug.inner import Inner
    from crnn.debug.trace import CtcTrace, DirectionTrace, Trace
    from crnn.text.hangul import Letter

Row = tuple[str, str]
_LATTICE = {"alpha": "log α", "beta": "log β", "gamma": "γ", "grad": "p − γ"}


@dataclass(frozen=True, slots=True)
class Inspected:
    """What the panel writes. rank = (this class, K); truth = (the wanted letter, its rank)."""

    title: str
    value: float
    text: str
    formula: str = ""
    rank: tuple[int, int] | None = None
    truth: tuple[Letter, int] | None = None
    rows: tuple[Row, ...] = ()


def inspect(trace: Trace, config: Config, cell: Cell) -> Inspected | None:
    """Everything about `cell`; None where this trace has no such number."""
    if not 0 <= cell.t < trace.n_frames or cell.row < 0:
        return None
    if cell.tensor == "softmax":
        return _softmax(trace, config, cell) if cell.row < trace.prob_TK.shape[1] else None
    if cell.tensor in QUANTITIES:
        ctc = trace.ctc
        is_there = ctc is not None and cell.row < len(ctc.states_S)
        return _lattice(trace, ctc, cell) if ctc is not None and is_there else None
    if cell.tensor == "image":
        return _image(trace, cell)
    if cell.tensor.startswith("conv"):
        return _conv(trace, config, cell)
    return _recurrent(trace, config, cell)


def is_computed(inner: Inner | None, cell: Cell) -> bool:
    """Whether the number is there where one stands within the step; all are at level step."""
    if inner is None:
        return True
    name, _, stage = cell.tensor.partition(".")
    array = "prob" if name == "softmax" else cell.tensor
    if name.startswith("conv"):
        array = ".".join((name, {"relu": "act", "": "pool"}.get(stage, stage)))
    elif name.startswith("rnn"):
        array = cell.tensor.rpartition(".")[0]
    start, stop = inner.known.get(array, (0, 0))
    return start <= cell.t < stop


def facts(trace: Trace, config: Config, cell: Cell) -> tuple[Row, ...]:
    """(name, value) of everything known about `cell`; empty where this trace has no such number."""
    found = inspect(trace, config, cell)
    return (("value", found.text), *found.rows) if found else ()


# ---- softmax ----


def _softmax(trace: Trace, config: Config, cell: Cell) -> Inspected:
    t, k = cell.t, cell.row
    p_K, logit_K = trace.prob_TK[t], trace.logits_TK[t].astype(np.float64)
    value, z = float(p_K[k]), float(logit_K[k])
    parts = f"{amount(_exp(z))} / {amount(float(np.exp(np.minimum(logit_K, 700)).sum()))}"
    letter = name_of(letter_of(config.alphabet, k))
    rows: tuple[Row, ...] = (("logit", fixed(z)), _made_by("ctc/loss.py", "ops/linear.py"))
    truth = None
    if trace.ctc is not None:
        wanted_K = wanted_TK(trace.ctc, len(p_K))[t]
        best = top(wanted_K, 1)[0]
        truth = (letter_of(config.alphabet, best), rank(p_K, best))
        wanted = float(wanted_K[k])
        rows = (("wanted", fixed(wanted)), ("gradient", signed(value - wanted)), *rows)
    return Inspected(
        title=f"softmax[t={t}, {letter}]",
        value=value,
        text=fixed(value),
        formula=f"= e^{{{fixed(z, 2)}}} / Σ e^{{z}} = {parts}",
        rank=(rank(p_K, k), len(p_K)),
        truth=truth,
        rows=rows,
    )


def _exp(x: float) -> float:
    """e to the x; beyond 700, where a double ends, e to the 700."""
    return float(np.exp(min(x, 700.0)))


# ---- the lattice ----


def _lattice(trace: Trace, ctc: CtcTrace, cell: Cell) -> Inspected:
    t, s, name = cell.t, cell.row, cell.tensor
    value = float(quantity_TS(trace, ctc, name)[t, s])
    formula, rows = {
        "gamma": _gamma, "alpha": _alpha, "beta": _beta, "grad": _grad,
    }[name](trace, ctc, t, s)  # fmt: skip
    return Inspected(
        title=f"{_LATTICE[name]}[t={t}, s={s} {name_of(letter_at(ctc, s))}]",
        value=value,
        text=signed(value) if name == "grad" else fixed(value),
        formula=formula,
        rows=rows,
    )


Parts = tuple[str, tuple[Row, ...]]


def _sum(*terms: float) -> str:
    """3 terms as one sum: −3.11 − 6.39 + 9.49."""
    first, *rest = (fixed(term, 2) for term in terms)
    return " ".join([first, *(f"− {x[1:]}" if x.startswith("−") else f"+ {x}" for x in rest)])


def _gamma(trace: Trace, ctc: CtcTrace, t: int, s: int) -> Parts:
    alpha, beta = float(ctc.log_alpha_TS[t, s]), float(ctc.log_beta_TS[t, s])
    formula = f"= e^{{{_sum(alpha, beta, ctc.loss_nats)}}}"
    rows = (
        ("log α", fixed(alpha)),
        ("log β", fixed(beta)),
        ("−log P", fixed(ctc.loss_nats)),
        ("p", fixed(float(trace.prob_TK[t, ctc.states_S[s]]))),
        _made_by("ctc/lattice.py"),
    )
    return formula, rows


def _alpha(trace: Trace, ctc: CtcTrace, t: int, s: int) -> Parts:
    """log alpha is log of the sum over the ways into the cell, and the emission."""
    states_S = ctc.states_S
    can_skip = s >= 2 and s % 2 == 1 and states_S[s] != states_S[s - 2]
    sources = [("stay", s), ("step", s - 1), ("skip", s - 2 if can_skip else -1)]
    before = [
        (name, fixed(float(ctc.log_alpha_TS[t - 1, source])))
        for name, source in sources
        if t > 0 and source >= 0
    ]
    with np.errstate(divide="ignore"):
        log_p = float(np.log(trace.prob_TK[t, states_S[s]]))
    rows = (*before, ("log p", fixed(log_p)), _made_by("ctc/lattice.py", "ctc/loss.py"))
    ways = ", ".join(name for name, _ in before)
    return (f"= log Σ e^{{{ways}}} + log p" if before else "= log p"), rows


def _beta(trace: Trace, ctc: CtcTrace, t: int, s: int) -> Parts:
    rows = (
        ("log α", fixed(float(ctc.log_alpha_TS[t, s]))),
        ("−log P", fixed(ctc.loss_nats)),
        ("γ", fixed(float(ctc.gamma_TS[t, s]))),
        _made_by("ctc/lattice.py", "ctc/loss.py"),
    )
    return "", rows


def _grad(trace: Trace, ctc: CtcTrace, t: int, s: int) -> Parts:
    k = int(ctc.states_S[s])
    p, wanted = float(trace.prob_TK[t, k]), float(wanted_TK(ctc, trace.prob_TK.shape[1])[t, k])
    rows = (
        ("p", fixed(p)),
        ("wanted", fixed(wanted)),
        ("γ of this state", fixed(float(ctc.gamma_TS[t, s]))),
        _made_by("ctc/loss.py", "ctc/lattice.py"),
    )
    return f"= {fixed(p)} − {fixed(wanted)}", rows


# ---- image, features, states ----


def _image(trace: Trace, cell: Cell) -> Inspected | None:
    image_HW = trace.image_HW
    if not (cell.row < image_HW.shape[0] and 0 <= cell.x < image_HW.shape[1]):
        return None
    value = float(image_HW[cell.row, cell.x])
    title = f"image[y={cell.row}, x={cell.x}]"
    rows = (*_spread(image_HW), _made_by("data/prepare.py"))
    return Inspected(title, value, fixed(value), rows=rows)


def _conv(trace: Trace, config: Config, cell: Cell) -> Inspected | None:
    """ "conv2" is what block 2 hands on (the pool); conv2.relu and conv2.conv stand before it."""
    name, _, stage = cell.tensor.partition(".")
    level = next((i for i, block in enumerate(trace.blocks, 1) if block.name == name), 0)
    if not level:
        return None
    block = trace.blocks[level - 1]
    maps_CHW = {"conv": block.conv_CHW, "relu": block.act_CHW, "": block.pool_CHW}[stage]
    place = (cell.row, cell.y, cell.x)
    if not all(0 <= i < n for i, n in zip(place, maps_CHW.shape, strict=True)):
        return None
    value = float(maps_CHW[place])
    reached: Stage = "conv" if stage else "pool"
    width = trace.image_HW.shape[1]
    x0, x1, y0, y1 = cell_field(config, level, cell.y, cell.x, width, reached)
    files = ("ops/pool.py", "ops/activation.py", "ops/conv.py")
    rows = (
        *_spread(maps_CHW[cell.row]),
        ("field", f"x {x0}…{x1 - 1}, y {y0}…{y1 - 1}"),
        _made_by(*files[{"": 0, "relu": 1, "conv": 2}[stage] :]),
    )
    title = f"{cell.tensor}[c={cell.row}, y={cell.y}, x={cell.x}]"
    return Inspected(title, value, signed(value), rows=rows)


def _recurrent(trace: Trace, config: Config, cell: Cell) -> Inspected | None:
    layer, _, rest = cell.tensor.partition(".")
    way, _, gate = rest.partition(".")
    number = next((i for i, found in enumerate(trace.recurrents) if found.name == layer), -1)
    ways = trace.recurrents[number].directions if number >= 0 else ()
    direction = next((found for found in ways if found.name == way), None)
    if direction is None or cell.row >= direction.hidden_TU.shape[1]:
        return None
    values_TU = direction.hidden_TU if gate == "h" else direction.gates.get(gate)
    if values_TU is None:
        return None
    value = float(values_TU[cell.t, cell.row])
    x0, x1 = _state_field(trace, config, number, way, cell.t)
    below = "ops/recurrent.py" if number else "ops/pool.py"
    rows = (
        *_spread(values_TU),
        ("field", f"x {x0}…{x1 - 1}"),
        _made_by("ops/recurrent.py", below),
    )
    formula = _state_formula(direction, gate, cell)
    title = f"{cell.tensor}[t={cell.t}, u={cell.row}]"
    return Inspected(title, value, signed(value), formula=formula, rows=rows)


def _state_field(trace: Trace, config: Config, number: int, way: str, t: int) -> tuple[int, int]:
    """Pixel columns that a state can know of: all up to t, from t on, or above that all."""
    width = trace.image_HW.shape[1]
    x0, x1 = field(config, len(config.convs), t, width)
    if number and config.bidirectional:
        return 0, width
    return (0, x1) if way == "fwd" else (x0, width)


def _state_formula(direction: DirectionTrace, gate: str, cell: Cell) -> str:
    """How an LSTM makes h and c from its gates, with the numbers."""
    gates, t, u = direction.gates, cell.t, cell.row
    if gate == "h" and {"o", "c"} <= gates.keys():
        o, c = (fixed(float(gates[name][t, u])) for name in "oc")
        return f"= o tanh c = {o} × tanh {c}"
    before = t - 1 if direction.name == "fwd" else t + 1
    if gate == "c" and {"i", "f", "g"} <= gates.keys() and 0 <= before < len(gates["c"]):
        i, f, g = (fixed(float(gates[name][t, u]), 2) for name in "ifg")
        return f"= f c′+i g = {f}×{fixed(float(gates['c'][before, u]), 2)} + {i}×{g}"
    return ""


def _spread(values: Real) -> tuple[Row, ...]:
    low, mean, high = (fixed(float(x), 3) for x in (values.min(), values.mean(), values.max()))
    return ("range", f"{low} … {high}"), ("mean", mean)


def _made_by(*files: str) -> Row:
    """The files of crnn/ that made the number, last first."""
    return "made by", " ← ".join(files)
