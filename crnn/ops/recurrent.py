"""Recurrent: one direction of a tanh RNN, LSTM or GRU layer, with true backpropagation in time.

Batch-major at the door, time-major inside, because the loop walks time. Everything that does not
depend on the previous step is taken out of the two loops: one product projects all inputs, the
local derivatives of all steps are ready before the way back starts, and each weight gradient is one
product after it.

Lengths: the backward direction turns each sample round within its own length, so padding always
comes after the last real step and cannot reach back. Outputs there are 0 and take no gradient.

LSTM: Hochreiter and Schmidhuber 1997, with the forget gate of Gers et al. 2000. Gates stand in the
order i, f, g, o, and weights are (gates x units, inputs), both as in PyTorch; there is one bias.
GRU: Cho et al. 2014, in PyTorch's form: gates r, z, n, and the reset gate r works on the product
w_hn h + b_hn, after it. So the candidate n needs a bias of its own inside, `b_hn`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np

from crnn.arrays import I64, Bool, Params, Real, require

N_GATES = {"tanh": 1, "lstm": 4, "gru": 3}
GATE_NAMES = {"tanh": "", "lstm": "ifgo", "gru": "rzn"}


class TanhSteps(NamedTuple):
    hidden_TNU: Real


class LstmSteps(NamedTuple):
    """gates_TNGU after their squashing, in the order i, f, g, o."""

    hidden_TNU: Real
    gates_TNGU: Real
    cell_TNU: Real
    tanh_cell_TNU: Real


class GruSteps(NamedTuple):
    """gates_TNGU after their squashing, in the order r, z, n; product_TNU = w_hn h + b_hn."""

    hidden_TNU: Real
    gates_TNGU: Real
    product_TNU: Real


Steps = TanhSteps | LstmSteps | GruSteps


class RecurrentCache(NamedTuple):
    """In the order the direction walks: `order_TN[t, n]` is the frame read at its step t."""

    order_TN: I64
    is_inside_TN: Bool
    x_TND: Real
    steps: Steps


class States(NamedTuple):
    """One sample in image order; gates "i", "f", "g", "o" and cell "c" of an LSTM, "r",
    "z", "n" of a GRU, empty for a tanh RNN."""

    hidden_TU: Real
    gates: dict[str, Real]


@dataclass(frozen=True, slots=True)
class Recurrent:
    """y_NTU: the hidden state of every frame, walked left to right, or with `reverse` back."""

    cell: Literal["tanh", "lstm", "gru"]
    d_in: int
    units: int
    reverse: bool = False

    @property
    def shapes(self) -> dict[str, tuple[int, ...]]:
        rows = N_GATES[self.cell] * self.units
        shapes = {"w_ih": (rows, self.d_in), "w_hh": (rows, self.units), "b": (rows,)}
        return shapes | ({"b_hn": (self.units,)} if self.cell == "gru" else {})

    def init(self, rng: np.random.Generator) -> dict[str, Real]:
        """Uniform within 1/sqrt(units), as PyTorch draws it; bias 0, but 1 for the forget gate, so
        that a fresh cell remembers (Jozefowicz et al. 2015)."""
        bound = self.units**-0.5
        b = np.zeros(self.shapes["b"])
        if self.cell == "lstm":
            b[self.units : 2 * self.units] = 1
        w_ih, w_hh = (rng.uniform(-bound, bound, self.shapes[name]) for name in ("w_ih", "w_hh"))
        drawn: dict[str, Real] = {"w_ih": w_ih, "w_hh": w_hh, "b": b}
        return drawn | ({"b_hn": np.zeros(self.units)} if self.cell == "gru" else {})

    def forward(self, params: Params, x_NTD: Real, frames_N: I64) -> tuple[Real, RecurrentCache]:
        """`frames_N`: how many frames of each sample are real, 1 to T."""
        require(x_NTD, "N T D", N=len(frames_N), D=self.d_in)
        n, t, d = x_NTD.shape
        order_TN, is_inside_TN = self._order(t, frames_N)
        x_TND = x_NTD[np.arange(n), order_TN]
        z = x_TND.reshape(t * n, d) @ params["w_ih"].T
        z += params["b"]
        steps = self._walk(params, z.reshape(t, n, -1))
        y_TNU = steps.hidden_TNU * is_inside_TN[:, :, None]
        y_NTU: Real = np.empty((n, t, self.units), x_NTD.dtype)
        y_NTU[np.arange(n), order_TN] = y_TNU
        return y_NTU, RecurrentCache(order_TN, is_inside_TN, x_TND, steps)

    def backward(
        self, params: Params, cache: RecurrentCache, dy_NTU: Real
    ) -> tuple[Real, dict[str, Real]]:
        t, n, d = cache.x_TND.shape
        dhidden_TNU = dy_NTU[np.arange(n), cache.order_TN] * cache.is_inside_TN[:, :, None]
        dz_TNG, dproduct_TNG = _walk_back(cache.steps, params["w_hh"], dhidden_TNU)
        dz, dproduct = dz_TNG.reshape(t * n, -1), dproduct_TNG.reshape(t * n, -1)
        # The state before the first step is 0, so step 0 gives w_hh nothing.
        later, before = dproduct[n:], cache.steps.hidden_TNU[:-1].reshape((t - 1) * n, self.units)
        grads = {
            "w_ih": dz.T @ cache.x_TND.reshape(t * n, d),
            "w_hh": later.T @ before,
            "b": np.ones(t * n, dz.dtype) @ dz,
        }
        if self.cell == "gru":
            grads["b_hn"] = np.ones(t * n, dz.dtype) @ dproduct[:, 2 * self.units :]
        dx_NTD: Real = np.empty((n, t, d), dz.dtype)
        dx_NTD[np.arange(n), cache.order_TN] = (dz @ params["w_ih"]).reshape(t, n, d)
        return dx_NTD, grads

    def states(self, cache: RecurrentCache, sample: int) -> States:
        """What the cells of one sample of the batch held, frame by frame in image order."""
        t_real = int(cache.is_inside_TN[:, sample].sum())
        back_to_image = cache.order_TN[:t_real, sample]
        hidden_TU = cache.steps.hidden_TNU[back_to_image, sample]
        if isinstance(cache.steps, TanhSteps):
            return States(hidden_TU, {})
        gates_TGU = cache.steps.gates_TNGU[back_to_image, sample]
        names = GATE_NAMES[self.cell]
        gates: dict[str, Real] = {gate: gates_TGU[:, g] for g, gate in enumerate(names)}
        if isinstance(cache.steps, LstmSteps):
            gates["c"] = cache.steps.cell_TNU[back_to_image, sample]
        return States(hidden_TU, gates)

    def _walk(self, params: Params, z_TNG: Real) -> Steps:
        if self.cell == "tanh":
            return _tanh_forward(z_TNG, params["w_hh"])
        if self.cell == "lstm":
            return _lstm_forward(z_TNG, params["w_hh"])
        return _gru_forward(z_TNG, params["w_hh"], params["b_hn"])

    def _order(self, t: int, frames_N: I64) -> tuple[I64, Bool]:
        """Turning round is its own inverse: the same index leads to the walk and back."""
        step_TN = np.broadcast_to(np.arange(t)[:, None], (t, len(frames_N)))
        is_inside_TN = step_TN < frames_N
        turned_TN = np.where(is_inside_TN, frames_N - 1 - step_TN, step_TN)
        return (turned_TN if self.reverse else step_TN), is_inside_TN


def _walk_back(steps: Steps, w_hh: Real, dhidden_TNU: Real) -> tuple[Real, Real]:
    """Gradients of what is added up in the gates: of the input's part, of the state's part.

    One and the same array but for the GRU, whose reset gate stands between the two.
    """
    if isinstance(steps, GruSteps):
        return _gru_backward(steps, w_hh, dhidden_TNU)
    if isinstance(steps, LstmSteps):
        dz_TNG = _lstm_backward(steps, w_hh, dhidden_TNU)
    else:
        dz_TNG = _tanh_backward(steps, w_hh, dhidden_TNU)
    return dz_TNG, dz_TNG


def _tanh_forward(z_TNU: Real, w_hh: Real) -> TanhSteps:
    """hidden[t] = tanh(z[t] + hidden[t-1] @ w_hh.T)."""
    w_UU = np.ascontiguousarray(w_hh.T)
    hidden_TNU: Real = np.empty_like(z_TNU)
    np.tanh(z_TNU[0], out=hidden_TNU[0])
    for t in range(1, len(z_TNU)):
        z = hidden_TNU[t - 1] @ w_UU
        z += z_TNU[t]
        np.tanh(z, out=hidden_TNU[t])
    return TanhSteps(hidden_TNU)


def _tanh_backward(steps: TanhSteps, w_hh: Real, dhidden_TNU: Real) -> Real:
    slope_TNU = 1 - steps.hidden_TNU**2
    dz_TNU: Real = np.empty_like(slope_TNU)
    dh = dhidden_TNU[-1]
    for t in range(len(dz_TNU) - 1, -1, -1):
        np.multiply(dh, slope_TNU[t], out=dz_TNU[t])
        if t:
            dh = dz_TNU[t] @ w_hh
            dh += dhidden_TNU[t - 1]
    return dz_TNU


def _lstm_forward(z_TNG: Real, w_hh: Real) -> LstmSteps:
    """i, f, o = sigmoid, g = tanh of z[t] + hidden[t-1] @ w_hh.T; c = f c + i g; hidden = o tanh c.

    sigmoid(z) = (tanh(z / 2) + 1) / 2: with those columns halved beforehand, one tanh serves all
    four gates. Halving is exact, so the gates lose nothing. Overwrites z.
    """
    n_steps, n, width = z_TNG.shape
    u = width // 4
    scale_G = np.repeat(np.array([0.5, 0.5, 1, 0.5], z_TNG.dtype), u)
    shift_G = np.repeat(np.array([0.5, 0.5, 0, 0.5], z_TNG.dtype), u)
    w_UG = w_hh.T * scale_G
    z_TNG *= scale_G
    hidden, cell, tanh_cell = (np.empty((n_steps, n, u), z_TNG.dtype) for _ in range(3))
    for t in range(n_steps):
        gates = z_TNG[t]
        if t:
            gates += hidden[t - 1] @ w_UG
        np.tanh(gates, out=gates)
        gates *= scale_G
        gates += shift_G
        i, f, g, o = (gates[:, k * u : (k + 1) * u] for k in range(4))
        np.multiply(i, g, out=cell[t])
        if t:
            cell[t] += f * cell[t - 1]
        np.tanh(cell[t], out=tanh_cell[t])
        np.multiply(o, tanh_cell[t], out=hidden[t])
    return LstmSteps(hidden, z_TNG.reshape(n_steps, n, 4, u), cell, tanh_cell)


def _lstm_backward(steps: LstmSteps, w_hh: Real, dhidden_TNU: Real) -> Real:
    """dc = dh o (1 - tanh(c)^2) + dc[t+1] f[t+1]; a gate's dz is dc or dh times a local factor."""
    i, f, g, o = (steps.gates_TNGU[:, :, k] for k in range(4))
    cell_before: Real = np.zeros_like(steps.cell_TNU)
    cell_before[1:] = steps.cell_TNU[:-1]
    dz_by_cell = np.stack([g * i * (1 - i), cell_before * f * (1 - f), i * (1 - g * g)], axis=2)
    dz_by_hidden = steps.tanh_cell_TNU * o * (1 - o)
    dcell_by_hidden = o * (1 - steps.tanh_cell_TNU**2)
    n_steps, n, u = steps.cell_TNU.shape
    dz_TNGU: Real = np.empty_like(steps.gates_TNGU)
    dh, dc = dhidden_TNU[-1], np.zeros((n, u), dhidden_TNU.dtype)
    for t in range(n_steps - 1, -1, -1):
        dc += dh * dcell_by_hidden[t]
        np.multiply(dc[:, None], dz_by_cell[t], out=dz_TNGU[t, :, :3])
        np.multiply(dh, dz_by_hidden[t], out=dz_TNGU[t, :, 3])
        if t:
            dc *= f[t]
            dh = dz_TNGU[t].reshape(n, 4 * u) @ w_hh
            dh += dhidden_TNU[t - 1]
    return dz_TNGU.reshape(n_steps, n, 4 * u)


def _gru_forward(z_TNG: Real, w_hh: Real, b_hn: Real) -> GruSteps:
    """r, z = sigmoid, n = tanh(z_n + r (w_hn h + b_hn)); hidden = (1 - z) n + z hidden[t-1].

    sigmoid by tanh as in the LSTM; overwrites z_TNG with the gates.
    """
    n_steps, n, width = z_TNG.shape
    u = width // 3
    w_UG = np.ascontiguousarray(w_hh.T)
    hidden, product = (np.empty((n_steps, n, u), z_TNG.dtype) for _ in range(2))
    before: Real = np.zeros((n, u), z_TNG.dtype)
    for t in range(n_steps):
        by_state = before @ w_UG
        gates, both = z_TNG[t], z_TNG[t, :, : 2 * u]
        both += by_state[:, : 2 * u]
        both *= 0.5
        np.tanh(both, out=both)
        both += 1
        both *= 0.5
        r, z, candidate = (gates[:, k * u : (k + 1) * u] for k in range(3))
        np.add(by_state[:, 2 * u :], b_hn, out=product[t])
        candidate += r * product[t]
        np.tanh(candidate, out=candidate)
        np.subtract(before, candidate, out=hidden[t])  # n + z (h - n)
        hidden[t] *= z
        hidden[t] += candidate
        before = hidden[t]
    return GruSteps(hidden, z_TNG.reshape(n_steps, n, 3, u), product)


def _gru_backward(steps: GruSteps, w_hh: Real, dhidden_TNU: Real) -> tuple[Real, Real]:
    """(dz, dproduct): they differ in the candidate, whose product passed the reset gate."""
    r, z, candidate = (steps.gates_TNGU[:, :, k] for k in range(3))
    before: Real = np.zeros_like(steps.hidden_TNU)
    before[1:] = steps.hidden_TNU[:-1]
    candidate_by_hidden = (1 - z) * (1 - candidate**2)
    reset_by_candidate = steps.product_TNU * r * (1 - r)
    update_by_hidden = (before - candidate) * z * (1 - z)
    n_steps, n, u = steps.hidden_TNU.shape
    dz_TNGU, dproduct_TNGU = (np.empty_like(steps.gates_TNGU) for _ in range(2))
    dh = dhidden_TNU[-1]
    for t in range(n_steps - 1, -1, -1):
        dcandidate = dh * candidate_by_hidden[t]
        np.multiply(dcandidate, reset_by_candidate[t], out=dz_TNGU[t, :, 0])
        np.multiply(dh, update_by_hidden[t], out=dz_TNGU[t, :, 1])
        dz_TNGU[t, :, 2] = dcandidate
        dproduct_TNGU[t, :, :2] = dz_TNGU[t, :, :2]
        np.multiply(dcandidate, r[t], out=dproduct_TNGU[t, :, 2])
        if t:
            dh = dh * z[t]
            dh += dproduct_TNGU[t].reshape(n, 3 * u) @ w_hh
            dh += dhidden_TNU[t - 1]
    return dz_TNGU.reshape(n_steps, n, 3 * u), dproduct_TNGU.reshape(n_steps, n, 3 * u)
