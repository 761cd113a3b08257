"""The faults to plant in the ops: a line as it stands, and as it might have been written wrong."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple


class Mutant(NamedTuple):
    """`old` stands once in the source of `module`; `new` is the fault planted there."""

    op: str
    fault: str
    module: str
    old: str
    new: str


def faults_of(module: str, op: str, *faults: tuple[str, str, str]) -> Iterator[Mutant]:
    return (Mutant(op, fault, f"crnn.{module}", old, new) for fault, old, new in faults)


OPS: tuple[Mutant, ...] = (
    *faults_of(
        *("ops.conv", "Conv2d"),
        ("kernel not flipped", '["w"][:, :, ::-1, ::-1]', '["w"][:, :, :, :]'),
        ("flipped one way only", '["w"][:, :, ::-1, ::-1]', '["w"][:, :, ::-1, :]'),
        ("padding of the way back off by one", "(kh - 1 - ph, kw", "(kh - ph, kw"),
        ("padding of the forward", "(kh - 1 - ph, kw - 1 - pw)", "(ph, pw)"),
        ("stride forgotten", "_spread(dy_NCHW, self.stride), turned", "dy_NCHW, turned"),
        ("dropped sum over samples", ").sum(axis=0)\n        db", ")[0]\n        db"),
        (
            "bias of the first sample only",
            "w, dy_NCHW.dtype)).sum(axis=0)",
            "w, dy_NCHW.dtype))[0]",
        ),
        ("sign", "dw += (dy_NOP", "dw -= (dy_NOP"),
    ),
    *faults_of(
        *("ops.pool", "MaxPool"),
        (
            "every tied or not cell takes it",
            "np.multiply(dy_NCHW, won, out=dcell)",
            "dcell[...] = dy_NCHW",
        ),
        ("factor", "np.multiply(dy_NCHW, won,", "np.multiply(dy_NCHW * 0.5, won,"),
        (
            "winners in the wrong order",
            "cells, cache.winners, strict",
            "cells, cache.winners[::-1], strict",
        ),
    ),
    *faults_of(
        *("ops.pool", "AvgPool"),
        ("share forgotten", "dcell[...] = share_NCHW", "dcell[...] = dy_NCHW"),
        ("sign", "dcell[...] = share_NCHW", "dcell[...] = -share_NCHW"),
        (
            "share of one side only",
            "dy_NCHW * (1 / (self.height * self.width))",
            "dy_NCHW * (1 / self.height)",
        ),
    ),
    *faults_of(
        *("ops.activation", "Relu"),
        ("mask forgotten", "return dy * (cache.y > 0), {}", "return dy * 1, {}"),
        ("mask turned round", "return dy * (cache.y > 0), {}", "return dy * (cache.y <= 0), {}"),
        ("output instead of mask", "return dy * (cache.y > 0), {}", "return dy * cache.y, {}"),
    ),
    *faults_of(
        *("ops.activation", "LeakyRelu"),
        ("no slope below 0", "dy * np.maximum(is_above, self.slope)", "dy * is_above"),
        ("slope added", "np.maximum(is_above, self.slope)", "(is_above + self.slope)"),
        (
            "sides swapped",
            "np.maximum(is_above, self.slope)",
            "np.maximum(1 - is_above, self.slope)",
        ),
    ),
    *faults_of(
        *("ops.activation", "Tanh"),
        ("square forgotten", "return dy * (1 - cache.y**2), {}", "return dy * (1 - cache.y), {}"),
        ("sign", "return dy * (1 - cache.y**2), {}", "return dy * (cache.y**2 - 1), {}"),
        ("missing term", "return dy * (1 - cache.y**2), {}", "return dy * 1, {}"),
    ),
    *faults_of(
        *("ops.activation", "Sigmoid"),
        ("missing term", "dy * (cache.y * (1 - cache.y))", "dy * cache.y"),
        ("tanh's derivative", "dy * (cache.y * (1 - cache.y))", "dy * (1 - cache.y**2)"),
        (
            "factor of the half angle",
            "dy * (cache.y * (1 - cache.y))",
            "dy * (cache.y * (1 - cache.y) / 2)",
        ),
    ),
    *faults_of(
        *("ops.activation", "LogSoftmax"),
        ("missing term", "dy - np.exp(cache.log_prob) * dy.sum(axis=-1, keepdims=True)", "dy * 1"),
        ("sign", "dy - np.exp(cache.log_prob)", "dy + np.exp(cache.log_prob)"),
        (
            "sum over another axis",
            "dy.sum(axis=-1, keepdims=True), {}",
            "dy.sum(axis=1, keepdims=True), {}",
        ),
        ("exp forgotten", "dy - np.exp(cache.log_prob)", "dy - cache.log_prob"),
    ),
    *faults_of(
        *("ops.activation", "Mask"),
        (
            "mask forgotten on the way back",
            "return dy_NCHW * cache.keep_NW[:, None, None, :], {}",
            "return dy_NCHW * 1, {}",
        ),
        (
            "off by one",
            "return dy_NCHW * cache.keep_NW[:, None",
            "return dy_NCHW * np.roll(cache.keep_NW, 1, axis=1)[:, None",
        ),
        (
            "mask turned round",
            "return dy_NCHW * cache.keep_NW[",
            "return dy_NCHW * ~cache.keep_NW[",
        ),
    ),
    *faults_of(
        *("ops.norm", "BatchNorm2d"),
        ("missing term: the mean moves too", "moved_NCHW += _spread(db_C / n_counted)", "pass"),
        (
            "missing term: the variance moves too",
            "cache.normal_NCHW * _spread(dw_C / n_counted)",
            "np.zeros_like(dy_NCHW)",
        ),
        ("unbiased count", "_spread(dw_C / n_counted)", "_spread(dw_C / (n_counted - 1))"),
        ("padding has a vote", "moved_NCHW *= cache.counted_NW[:, None, None, :]", "pass"),
        ("scale forgotten", '_spread(params["w"] * cache.scale_C)', '_spread(params["w"])'),
        ("w forgotten", '_spread(params["w"] * cache.scale_C)', "_spread(cache.scale_C)"),
        (
            "eval treated as training",
            "if cache.counted_NW is not None:",
            "if cache.counted_NW is None:",
        ),
    ),
    *faults_of(
        *("ops.norm", "LayerNorm"),
        (
            "missing term: the mean moves too",
            "dnormal - dnormal.mean(axis=self.axis, keepdims=True)",
            "dnormal * 1",
        ),
        ("missing term: the variance moves too", "dx -= cache.normal * by_scale", "pass"),
        ("w forgotten", 'dnormal = dy * self._along(params["w"], dy.ndim)', "dnormal = dy"),
        (
            "sum over the wrong axes",
            "for axis in range(dy.ndim) if axis != self.axis % dy.ndim)",
            "for axis in range(dy.ndim) if axis != self.axis % dy.ndim)[1:]",
        ),
        ("factor", "dx *= cache.scale", "dx *= cache.scale**2"),
    ),
    *faults_of(
        *("ops.dropout", "Dropout"),
        ("mask forgotten", "return dy * cache.factor, {}", "return dy * 1, {}"),
        ("scale forgotten", "return dy * cache.factor, {}", "return dy * (cache.factor > 0), {}"),
        ("scaled twice", "return dy * cache.factor, {}", "return dy * cache.factor**2, {}"),
    ),
    *faults_of(
        *("ops.linear", "Linear"),
        ("sign", 'dx = dy @ params["w"]', 'dx = -dy @ params["w"]'),
        (
            "dropped sum over time",
            "np.ones(n * t, dy.dtype) @ dy",
            "np.ones(n, dy.dtype) @ dy[::t]",
        ),
        ("factor", "dw_KD = dy.T @", "dw_KD = 2 * dy.T @"),
        (
            "samples and timesteps swapped",
            "cache.x_NTD.reshape(n * t, d)",
            "cache.x_NTD.swapaxes(0, 1).reshape(n * t, d)",
        ),
    ),
    *faults_of(
        *("ops.recurrent", "Recurrent tanh"),
        ("transposed", "dh = dz_TNU[t] @ w_hh\n", "dh = dz_TNU[t] @ w_hh.T\n"),
        ("no path through time", "dh = dz_TNU[t] @ w_hh\n", "dh = np.zeros_like(dh)\n"),
        (
            "the output's own gradient dropped",
            "dh = dz_TNU[t] @ w_hh\n            dh += dhidden_TNU[t - 1]",
            "dh = dz_TNU[t] @ w_hh",
        ),
        (
            "off by one",
            "dh = dz_TNU[t] @ w_hh\n            dh += dhidden_TNU[t - 1]",
            "dh = dz_TNU[t] @ w_hh\n            dh += dhidden_TNU[t]",
        ),
        (
            "square forgotten",
            "slope_TNU = 1 - steps.hidden_TNU**2",
            "slope_TNU = 1 - steps.hidden_TNU",
        ),
    ),
    *faults_of(
        *("ops.recurrent", "Recurrent"),
        (
            "w_hh meets its own step",
            "cache.steps.hidden_TNU[:-1].reshape",
            "cache.steps.hidden_TNU[1:].reshape",
        ),
        (
            "dropped sum over time",
            '"b": np.ones(t * n, dz.dtype) @ dz,',
            '"b": np.ones(n, dz.dtype) @ dz[:n],',
        ),
        (
            "input not turned back",
            "dx_NTD[np.arange(n), cache.order_TN] = (dz",
            "dx_NTD[np.arange(n), np.arange(t)[:, None]] = (dz",
        ),
        (
            "padding has a gradient",
            "cache.order_TN] * cache.is_inside_TN[:, :, None]",
            "cache.order_TN]",
        ),
    ),
    *faults_of(
        *("ops.recurrent", "Recurrent lstm"),
        (
            "forget gate meets its own cell",
            "cell_before[1:] = steps.cell_TNU[:-1]",
            "cell_before[:] = steps.cell_TNU",
        ),
        ("no path through the cell", "dc *= f[t]", "dc *= 0"),
        ("path of the next forget gate", "dc *= f[t]", "dc *= f[t - 1]"),
        (
            "gates swapped",
            "np.stack([g * i * (1 - i), cell_before * f * (1 - f),",
            "np.stack([cell_before * f * (1 - f), g * i * (1 - i),",
        ),
        (
            "squashing of the cell forgotten",
            "dcell_by_hidden = o * (1 - steps.tanh_cell_TNU**2)",
            "dcell_by_hidden = o",
        ),
        ("sigmoid instead of tanh", "i * (1 - g * g)]", "i * g * (1 - g)]"),
        (
            "output gate dropped",
            "dz_by_hidden = steps.tanh_cell_TNU * o * (1 - o)",
            "dz_by_hidden = 0 * o",
        ),
    ),
    *faults_of(
        *("ops.recurrent", "Recurrent gru"),
        (
            "reset before the product",
            "np.multiply(dcandidate, r[t], out=dproduct_TNGU[t, :, 2])",
            "dproduct_TNGU[t, :, 2] = dcandidate",
        ),
        ("no path past the candidate", "dh = dh * z[t]\n", "dh = np.zeros_like(dh)\n"),
        ("update gate turned round", "dh = dh * z[t]\n", "dh = dh * (1 - z[t])\n"),
        (
            "sign",
            "update_by_hidden = (before - candidate)",
            "update_by_hidden = (candidate - before)",
        ),
        (
            "update gate meets its own step",
            "before[1:] = steps.hidden_TNU[:-1]\n",
            "before[:] = steps.hidden_TNU\n",
        ),
        (
            "bias inside like the one outside",
            'grads["b_hn"] = np.ones(t * n, dz.dtype) @ dproduct[:',
            'grads["b_hn"] = np.ones(t * n, dz.dtype) @ dz[:',
        ),
        ("w_hh of the input's part", "later, before = dproduct[n:]", "later, before = dz[n:]"),
    ),
)
