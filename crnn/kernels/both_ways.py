"""BothWays: all directions of a recurrent layer at once; the fast form of `Recurrent`.

From the plain form to this one, step by step:

- One product projects all frames for both directions; its bias pass also lays the frames out in
  the order each walks, (T, directions, N, G): what both read at one step lies side by side.
- In the loops both directions are one batched product and one call of each function. To march in
  step, the backward direction reads the batch from its last frame, and where a sample has not
  begun its state is held at 0. (`Recurrent` turns each sample round within its own length: the
  same frames in the same order, but other steps.)
- The recurrent weights are laid out transposed beforehand, in pieces that BLAS multiplies where
  they lie. For the LSTM what leads to i, f and o is halved (exactly), so that one tanh serves all
  four gates: sigmoid(z) = (1 + tanh(z / 2)) / 2.
- Before the way back starts, the local derivatives of all frames are ready in the array that the
  gradients of the gates will overwrite: a frame costs seven calls.
- Each weight gradient is one product after the loop, that of the inputs one for both directions.

Parameters, semantics and caches are those of `Recurrent`; a GRU has only that form.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from crnn.arrays import I64, Bool, Params, Real, aligned, empty, require, zeros
from crnn.kernels.products import in_pieces, product, transposed
from crnn.ops.recurrent import LstmSteps, RecurrentCache, Steps, TanhSteps


@dataclass(frozen=True, slots=True)
class BothWays:
    """y_NTD: the hidden states of each direction side by side; `reverse` says how each walks."""

    cell: Literal["tanh", "lstm"]
    d_in: int
    units: int
    reverse: tuple[bool, ...]

    def forward(
        self, params: Sequence[Params], x_NTD: Real, frames_N: I64
    ) -> tuple[Real, tuple[RecurrentCache, ...]]:
        """`params` and caches one a direction; y_NTD is a view of time-major memory."""
        require(x_NTD, "N T D", N=len(frames_N), D=self.d_in)
        x_TND = aligned(x_NTD.swapaxes(0, 1))
        order_TN, inside = self._walks(len(x_TND), frames_N)
        scale_G = _scale(params[0]["b"]) if self.cell == "lstm" else None
        z = self._project(params, x_TND, scale_G)
        outside = None if all(i.all() for i in inside) else np.stack(inside, axis=1)[..., None]
        recurrent = [transposed(_scaled(own["w_hh"], scale_G)) for own in params]
        w_hh = in_pieces(np.stack(recurrent), len(frames_N))
        walk = _lstm_forward if self.cell == "lstm" else _tanh_forward
        steps = walk(z, w_hh, outside)
        y_TND: Real = empty((*x_TND.shape[:2], self.units * len(params)), x_TND.dtype)
        caches = []
        for d, way in enumerate(self._ways()):
            y_TND[way, :, d * self.units : (d + 1) * self.units] = steps[d].hidden_TNU
            caches.append(RecurrentCache(order_TN[way], inside[d], x_TND[way], steps[d]))
        return y_TND.swapaxes(0, 1), tuple(caches)

    def backward(
        self, params: Sequence[Params], caches: Sequence[RecurrentCache], dy_NTD: Real
    ) -> tuple[Real, list[dict[str, Real]]]:
        dy_TND, (t, n, d_in) = dy_NTD.swapaxes(0, 1), caches[0].x_TND.shape
        dhidden: Real = empty((t, len(caches), n, self.units), dy_NTD.dtype)
        for d, (way, run) in enumerate(zip(self._ways(), caches, strict=True)):
            dhidden[:, d] = dy_TND[way, :, d * self.units : (d + 1) * self.units]
            _zero_outside(dhidden[:, d], run.is_inside_TN)
        w_hh = in_pieces(np.stack([own["w_hh"] for own in params]), n)
        walk_back = _lstm_backward if self.cell == "lstm" else _tanh_backward
        dz = walk_back(caches, w_hh, dhidden)
        width = dz.shape[3]
        dz_TNG: Real = empty((t, n, len(caches) * width), dz.dtype)
        for d, way in enumerate(self._ways()):
            dz_TNG[way, :, d * width : (d + 1) * width] = dz[:, d]
        dz_2 = dz_TNG.reshape(t * n, -1)
        w_ih = _joined([own["w_ih"] for own in params])
        dx_TND = product(dz_2, w_ih).reshape(t, n, d_in)
        dw_ih = product(dz_2.T, caches[0].x_TND[self._ways()[0]].reshape(t * n, d_in))
        db = np.ones(t * n, dz.dtype) @ dz_2
        grads = []
        for d, run in enumerate(caches):
            own, way = slice(d * width, (d + 1) * width), self._ways()[d]
            before = aligned(run.steps.hidden_TNU[:-1][way]).reshape((t - 1) * n, self.units)
            after = dz_2[: (t - 1) * n, own] if self.reverse[d] else dz_2[n:, own]
            grads.append({"w_ih": dw_ih[own], "w_hh": product(after.T, before), "b": db[own]})
        return dx_TND.swapaxes(0, 1), grads

    def _ways(self) -> list[slice]:
        """Indexing time with one goes from the image's order to a walk's, and back."""
        return [slice(None, None, -1 if turned else 1) for turned in self.reverse]

    def _walks(self, t: int, frames_N: I64) -> tuple[I64, list[Bool]]:
        """The frames in image order, and for each direction which steps are the sample's own."""
        order_TN = np.broadcast_to(np.arange(t)[:, None], (t, len(frames_N)))
        inside_TN = order_TN < frames_N
        return order_TN, [np.ascontiguousarray(inside_TN[way]) for way in self._ways()]

    def _project(self, params: Sequence[Params], x_TND: Real, scale_G: Real | None) -> Real:
        """z = (x @ w_ih.T + b) scale, for all directions, (T, directions, N, G), each in the order
        it walks."""
        t, n, d_in = x_TND.shape
        w_ih = _joined([own["w_ih"] for own in params], scale_G)
        z_TNG = product(x_TND.reshape(t * n, d_in), w_ih.T).reshape(t, n, -1)
        width = z_TNG.shape[2] // len(params)
        z: Real = empty((t, len(params), n, width), z_TNG.dtype)
        for d, (way, own) in enumerate(zip(self._ways(), params, strict=True)):
            part_TNG = z_TNG[way, :, d * width : (d + 1) * width]
            np.add(part_TNG, _scaled(own["b"], scale_G), out=z[:, d])
        return z


def _joined(parts: list[Real], scale_G: Real | None = None) -> Real:
    """The directions' weights one below the other, their rows scaled."""
    if len(parts) == 1 and scale_G is None:
        return parts[0]
    (rows, columns), dtype = parts[0].shape, parts[0].dtype
    joined: Real = empty((len(parts), rows, columns), dtype)
    for part, own in zip(joined, parts, strict=True):
        np.multiply(own, 1 if scale_G is None else scale_G[:, None], out=part)
    return joined.reshape(-1, columns)


def _scale(like_G: Real) -> Real:
    """A half for the rows of an LSTM's gates i, f and o: one tanh serves all four."""
    return _of_gates((0.5, 0.5, 1, 0.5), like_G)


def _scaled(w: Real, scale_G: Real | None) -> Real:
    """`w`, each row times its own number."""
    return w if scale_G is None else w * scale_G[(...,) + (None,) * (w.ndim - 1)]


def _zero_outside(x_TNU: Real, is_inside_TN: Bool) -> None:
    if not is_inside_TN.all():
        x_TNU[~is_inside_TN] = 0


def _of_gates(values_IFGO: tuple[float, ...], like_G: Real) -> Real:
    """One of four values for each row of the gates i, f, g, o."""
    return np.repeat(np.array(values_IFGO, like_G.dtype), len(like_G) // 4)


class _Product:
    """state @ w for all directions, again and again into the same memory; w by `in_pieces`."""

    def __init__(self, w: Real, n: int) -> None:
        directions, pieces, _, wide = w.shape
        by_state: Real = empty((directions, n, pieces, wide), w.dtype)
        self._w, self._by_piece = w, by_state.swapaxes(1, 2)
        self._by_state = by_state.reshape(directions, n, pieces * wide)

    def __call__(self, state: Real) -> Real:
        np.matmul(state[:, None], self._w, out=self._by_piece)
        return self._by_state


def _tanh_forward(z: Real, w_hh: Real, inside: Bool | None) -> list[Steps]:
    """hidden[t] = tanh(z[t] + hidden[t-1] @ w_hh), in the memory of z."""
    by_state = _Product(w_hh, z.shape[2])
    for t in range(len(z)):
        hidden = z[t]
        if t:
            hidden += by_state(z[t - 1])
        np.tanh(hidden, out=hidden)
        if inside is not None:
            hidden *= inside[t]
    return [TanhSteps(z[:, d]) for d in range(z.shape[1])]


def _tanh_backward(runs: Sequence[RecurrentCache], w_hh: Real, dhidden: Real) -> Real:
    """dz[t] = (1 - hidden^2) (dhidden[t] + dz[t+1] @ w_hh)."""
    dz: Real = empty(dhidden.shape, dhidden.dtype)
    for d, run in enumerate(runs):
        own = dz[:, d]
        np.multiply(run.steps.hidden_TNU, run.steps.hidden_TNU, out=own)
        np.subtract(1, own, out=own)
        _zero_outside(own, run.is_inside_TN)
    by_state = _Product(w_hh, dz.shape[2])
    last = len(dz) - 1
    for t in range(last, -1, -1):
        dh = dhidden[t]
        if t < last:
            dh += by_state(dz[t + 1])
        dz[t] *= dh
    return dz


def _lstm_forward(z: Real, w_hh: Real, inside: Bool | None) -> list[Steps]:
    """The LSTM of `Recurrent`, gates i, f, g, o in the memory of z."""
    n_steps, directions, n, width = z.shape
    u = width // 4
    scale, shift = (
        aligned(np.broadcast_to(_of_gates(values, z[0, 0, 0]), z[0].shape))
        for values in ((0.5, 0.5, 1, 0.5), (0.5, 0.5, 0, 0.5))
    )
    hidden, cell, tanh_cell = (empty((n_steps, directions, n, u), z.dtype) for _ in range(3))
    by_state, remembered = _Product(w_hh, n), empty(cell[0].shape, z.dtype)
    i, f, g, o = (z[..., k * u : (k + 1) * u] for k in range(4))
    for t in range(n_steps):
        gates, now = z[t], cell[t]
        if t:
            gates += by_state(hidden[t - 1])
        np.tanh(gates, out=gates)
        gates *= scale
        gates += shift
        np.multiply(i[t], g[t], out=now)
        if t:
            now += np.multiply(f[t], cell[t - 1], out=remembered)
        if inside is not None:
            now *= inside[t]
        np.tanh(now, out=tanh_cell[t])
        np.multiply(o[t], tanh_cell[t], out=hidden[t])
    made = hidden, z.reshape(n_steps, directions, n, 4, u), cell, tanh_cell
    return [LstmSteps(*(x[:, d] for x in made)) for d in range(directions)]


def _lstm_backward(runs: Sequence[RecurrentCache], w_hh: Real, dhidden: Real) -> Real:
    """dc = dh o (1 - tanh(c)^2) + dc[t+1] f[t+1]; a gate's dz is dc or dh times its factor."""
    n_steps, directions, n, u = dhidden.shape
    dz: Real = empty((n_steps, directions, n, 4, u), dhidden.dtype)
    dcell_by_hidden, forget = (empty(dhidden.shape, dhidden.dtype) for _ in range(2))
    for d, run in enumerate(runs):
        assert isinstance(run.steps, LstmSteps)
        _lstm_factors(run.steps, dz[:, d], dcell_by_hidden[:, d])
        forget[:, d] = run.steps.gates_TNGU[:, :, 1]
        _zero_outside(dz[:, d], run.is_inside_TN)
    dc, by_cell = (zeros((directions, n, u), dz.dtype) for _ in range(2))
    by_state = _Product(w_hh, n)
    for t in range(n_steps - 1, -1, -1):
        dh = dhidden[t]
        if t < n_steps - 1:
            dh += by_state(dz[t + 1].reshape(directions, n, 4 * u))
        dc += np.multiply(dh, dcell_by_hidden[t], out=by_cell)
        dz[t, :, :, :3] *= dc[:, :, None]
        dz[t, :, :, 3] *= dh
        dc *= forget[t]
    return dz.reshape(n_steps, directions, n, 4 * u)


def _lstm_factors(steps: LstmSteps, factors: Real, dcell_by_hidden: Real) -> None:
    """Of all frames: each gate's own derivative and what it multiplied, into (T, N, 4, U);
    o (1 - tanh(c)^2) into the other."""
    gates, tanh_cell = steps.gates_TNGU, steps.tanh_cell_TNU
    i, g, o = (gates[:, :, k] for k in (0, 2, 3))
    np.subtract(1, gates, out=factors)
    factors *= gates  # right for i, f and o; g comes last
    factors[:, :, 0] *= g
    factors[0, :, 1] = 0
    factors[1:, :, 1] *= steps.cell_TNU[:-1]
    factors[:, :, 3] *= tanh_cell
    of_g = factors[:, :, 2]
    np.multiply(g, g, out=of_g)
    np.subtract(1, of_g, out=of_g)
    of_g *= i
    np.multiply(tanh_cell, tanh_cell, out=dcell_by_hidden)
    np.subtract(1, dcell_by_hidden, out=dcell_by_hidden)
    dcell_by_hidden *= o
