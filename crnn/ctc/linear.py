"""The same sums as `lattice` in plain probabilities: fast, and used only where proven right.

Where `lattice` adds logarithms, an exponential and a logarithm a cell, this multiplies and adds.
The price is range: a float64 ends at 2^-1074. Four ideas pay it.

- Ratios. Every emission is divided by the blank's of its frame, exp(x_symbol - x_blank), straight
  from the logits: blanks then emit 1, and half of the multiplications fall away. What comes out is
  P(label) relative to the path that is blank throughout.
- Gauge. A path enters each symbol of its label exactly once, so a weight on entering a symbol
  multiplies all paths alike. The power of two that brings the symbol's best ratio to 2^LIFT keeps
  the mass from dying out from symbol to symbol while the network still says "blank" everywhere.
- Scale. Every EVERY frames each row is divided by the power of two that its blanks have reached.
- Floor. At the same moments no cell is left below 2^FLOOR. So nothing is ever lost: the sums may be
  too large, never too small, and by how much at most can be told afterwards (`judge`).

Powers of two round nothing, and rows are added in an order that padding does not change, so a
sample has the same bits alone and in a batch. Layout: frames, then states, then samples inside,
which makes "one state to the left" a shift of one contiguous run. Blanks and symbols are kept
apart: blank s stands left of symbol s, the last blank right of the last symbol.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from crnn.arrays import F64, I64, Bool, Real, empty
from crnn.ctc.lattice import Targets

EVERY = 8
FLOOR = -700
LARGEST_RATIO = 46
"""log2. In EVERY frames what was lost to underflow grows to 2^(8 * 46 - 1074) at most: below the
floor that is then laid."""
SMALLEST_RATIO = -300
"""log2. Times a gauge of at most 2^300 and the floor it still is a number."""
LIFT = 4
"""log2. A symbol's usual ratio is about as far below its best one."""
AGREEMENT = 1e-9
BLOCK = 1 << 18
"""Logits that are worked on together outside the recursion: what the cache holds."""


class Ratios(NamedTuple):
    """Emissions of R = 2N lattices, the second half of them reversed in frames and symbols.

    ratio_TLR: the symbol's probability over the blank's, 0 outside a sample's own frames and
    symbols. exponent_LN: the gauge is 2^exponent. largest_N: log2 of the largest ratio of a sample.
    fits_N: whether its ratios are in the range that can be proven at all; if not, they are 0 here.
    """

    ratio_TLR: F64
    exponent_LN: I64
    largest_N: F64
    fits_N: Bool


class Masses(NamedTuple):
    """Alpha of the same R lattices, each row of a frame still to be multiplied by 2^shift.

    before_TLR: of the symbols, without the emission of their own frame. blank_TSR: of L + 1 blanks.
    """

    before_TLR: F64
    blank_TSR: F64
    shift_TR: I64


def blocks(shape_NTK: tuple[int, ...]) -> list[slice]:
    """The frames in runs of about BLOCK logits."""
    n, n_frames, n_classes = shape_NTK
    step = max(1, BLOCK // max(1, n * n_classes))
    return [slice(t, min(t + step, n_frames)) for t in range(0, n_frames, step)]


def flat_index(shape_NTK: tuple[int, ...], frames: slice, targets: Targets) -> NDArray[np.intp]:
    """index_TLN into an array (N, T, K) seen flat: where a frame of sample n scores symbol l."""
    n, n_frames, n_classes = shape_NTK
    column_LN = targets.label_NL.T + n_frames * n_classes * np.arange(n)
    row_T = n_classes * np.arange(frames.start, frames.stop)
    index_TLN: NDArray[np.intp] = row_T[:, None, None] + column_LN
    return index_TLN


def ratios(
    logits_NTK: Real, frames_N: I64, targets: Targets, places: Sequence[NDArray[np.intp]]
) -> Ratios:
    """The emissions of the labels' symbols, relative to blank's, from contiguous logits; `places`
    are the `flat_index` of each of the `blocks`."""
    n, n_frames, _ = shape = logits_NTK.shape
    n_symbols = targets.label_NL.shape[1]
    ratio_TLR = empty((n_frames, n_symbols, 2 * n), np.float64)
    is_beyond_LN = np.arange(n_symbols)[:, None] >= targets.length_N
    first_LN = largest_LN = smallest_LN = np.zeros((n_symbols, n))
    for block, index_TLN in zip(blocks(shape), places, strict=True):
        log_TLN = _log_ratios(logits_NTK, block, index_TLN)
        if block.start == 0:
            first_LN, largest_LN, smallest_LN = log_TLN[0].copy(), log_TLN[0], log_TLN[0]
        is_over_TN = np.arange(block.start, block.stop)[:, None] >= frames_N
        if is_over_TN.any():  # the extremes are to be those of its own frames
            np.copyto(log_TLN, first_LN, where=is_over_TN[:, None])
        largest_LN = np.maximum(largest_LN, log_TLN.max(axis=0))
        smallest_LN = np.minimum(smallest_LN, log_TLN.min(axis=0))
        with np.errstate(over="ignore"):  # infinity does not fit
            np.exp(log_TLN, out=log_TLN)
        if is_over_TN.any():
            np.copyto(log_TLN, 0.0, where=is_over_TN[:, None])
        if is_beyond_LN.any():
            np.copyto(log_TLN, 0.0, where=is_beyond_LN)
        ratio_TLR[block, :, :n] = log_TLN
        ratio_TLR[_mirrored(block, n_frames), :, n:] = log_TLN[::-1, ::-1]
    exponent_LN, largest_N, fits_N = _fit(largest_LN / np.log(2), smallest_LN / np.log(2))
    exponent_LN[is_beyond_LN] = 0
    if not fits_N.all():
        ratio_TLR[:, :, ~np.concatenate((fits_N, fits_N))] = 0.0
    return Ratios(ratio_TLR, exponent_LN, largest_N, fits_N)


def _log_ratios(logits_NTK: Real, frames: slice, index_TLN: NDArray[np.intp]) -> F64:
    picked_TLN = logits_NTK.reshape(-1).take(index_TLN)
    log_TLN = picked_TLN.astype(np.float64)
    with np.errstate(invalid="ignore"):  # inf - inf: NaN does not fit
        log_TLN -= logits_NTK[:, frames, 0].T.astype(np.float64)[:, None]
    return log_TLN


def _fit(largest_LN: F64, smallest_LN: F64) -> tuple[I64, F64, Bool]:
    """(exponent_LN, largest_N, fits_N). Beyond a label stands class 0; its ratio 1 always fits."""
    largest_N = largest_LN.max(axis=0, initial=0.0)
    smallest_N = smallest_LN.min(axis=0, initial=0.0)
    fits_N: Bool = (largest_N <= LARGEST_RATIO) & (smallest_N >= SMALLEST_RATIO)
    exponent_LN = LIFT - np.ceil(np.where(fits_N, largest_LN, 0.0)).astype(np.int64)
    return exponent_LN, largest_N, fits_N


def _mirrored(frames: slice, n_frames: int) -> slice:
    """These frames as the reversed lattices count them; the last comes first."""
    return slice(n_frames - frames.stop, n_frames - frames.start)


def sweep(emitted: Ratios, targets: Targets) -> Masses:
    """Frame by frame, both directions: stay, step, or skip the blank between unequal symbols.

    A frame's blank takes in the symbol to its left; since blanks emit 1, it never shrinks.
    """
    ratio_TLR = emitted.ratio_TLR
    n_frames, n_symbols, n_rows = ratio_TLR.shape
    gauge_LN = np.ldexp(1.0, emitted.exponent_LN)
    gauge_LR = np.concatenate((gauge_LN, gauge_LN[::-1]), axis=1)
    skip_LR = _skips(targets) if targets.is_repeat_NL.any() else None
    before_TLR = empty(ratio_TLR.shape, np.float64)
    blank_TSR = empty((n_frames, n_symbols + 1, n_rows), np.float64)
    jump_TR = np.zeros((n_frames, n_rows), np.int64)
    # Row 0 stays 0: no symbol stands left of the first blank.
    symbol_SR = np.zeros((n_symbols + 1, n_rows))
    left_LR, symbol_LR = symbol_SR[:-1], symbol_SR[1:]
    was_SR = _start(targets.length_N, n_symbols)
    for t in range(n_frames):
        blank_SR, before_LR = blank_TSR[t], before_TLR[t]
        np.add(was_SR, symbol_SR, out=blank_SR)
        if skip_LR is None:  # then whatever was left of a symbol, blank or symbol, may enter it
            np.multiply(blank_SR[:-1], gauge_LR, out=before_LR)
        else:
            np.multiply(left_LR, skip_LR, out=before_LR)
            before_LR += was_SR[:-1]
            before_LR *= gauge_LR
        before_LR += symbol_LR
        np.multiply(before_LR, ratio_TLR[t], out=symbol_LR)
        if t % EVERY == EVERY - 1:
            jump_TR[t] = _rescale(blank_SR, before_LR, symbol_LR)
        was_SR = blank_SR
    return Masses(before_TLR, blank_TSR, jump_TR.cumsum(axis=0))


def _start(length_N: I64, n_symbols: int) -> F64:
    """All mass in the first blank; a reversed label stands at the right end of its row."""
    n = len(length_N)
    start_SR = np.zeros((n_symbols + 1, 2 * n))
    start_SR[0, :n] = 1.0
    start_SR[n_symbols - length_N, np.arange(n, 2 * n)] = 1.0
    return start_SR


def _skips(targets: Targets) -> F64:
    """skip_LR: 1 where a symbol may be entered from the one before it, 0 where they are equal."""
    skip_LN = 1.0 - targets.is_repeat_NL.T
    reversed_LN = np.ones_like(skip_LN)
    reversed_LN[1:] = skip_LN[:0:-1]
    return np.concatenate((skip_LN, reversed_LN), axis=1)


def _rescale(blank_SR: F64, before_LR: F64, symbol_LR: F64) -> NDArray[np.int32]:
    """Bring each row's largest blank to 0.5..1 and lay the floor; the powers of two taken out."""
    exponent_R: NDArray[np.int32] = np.frexp(blank_SR.max(axis=0))[1]
    scale_R = np.ldexp(1.0, -exponent_R)
    for x in (blank_SR, before_LR, symbol_LR):
        x *= scale_R
    for x in (blank_SR, symbol_LR):
        np.maximum(x, 2.0**FLOOR, out=x)
    return exponent_R


def meet(emitted: Ratios, reached: Masses, frames: slice) -> tuple[F64, F64]:
    """Alpha times beta in these frames: (of each symbol (T, L, N), of all blanks (T, N))."""
    n = len(emitted.fits_N)
    mirrored = _mirrored(frames, len(emitted.ratio_TLR))
    with np.errstate(over="ignore", invalid="ignore"):  # infinity is no proof
        mass_TLN = reached.before_TLR[frames, :, :n] * emitted.ratio_TLR[frames, :, :n]
        # Both directions have paid for entering this symbol: one is given back.
        mass_TLN *= np.ldexp(1.0, -emitted.exponent_LN)
        mass_TLN *= reached.before_TLR[mirrored][::-1, ::-1, n:]
        ahead_TSN = reached.blank_TSR[mirrored][::-1, ::-1, n:]
        return mass_TLN, added(reached.blank_TSR[frames, :, :n] * ahead_TSN)


def judge(emitted: Ratios, reached: Masses, total_TN: F64) -> tuple[Bool, F64]:
    """(proven_N, log_odds_N) from alpha times beta, added over all states of a frame.

    log_odds_N is log P(label) - log P(blank throughout). It is right where the totals are the same
    number at all frames, and so large that the floor cannot matter: what it adds to a cell, 2^FLOOR
    at most, counts times what the other direction has there, and between two rescalings nothing
    exceeds (2 + 2^LIFT + largest ratio)^(EVERY + 4). Over fewer than 2^30 cells the excess is at
    most 2^(FLOOR + 30) times that; a total 2^34 times larger is right to ten digits.
    """
    n = len(emitted.fits_N)
    mantissa_TN, power_TN = np.frexp(total_TN)
    ratio_N = np.exp2(np.minimum(emitted.largest_N, LARGEST_RATIO))
    limit_N = FLOOR + 30 + 34 + (EVERY + 4) * np.log2(2 + 2**LIFT + ratio_N)
    is_large_TN = np.isfinite(total_TN) & (total_TN > 0) & (power_TN > limit_N)
    power_TN = power_TN + reached.shift_TR[:, :n] + reached.shift_TR[::-1, n:]
    proven_N = emitted.fits_N & is_large_TN.all(axis=0)
    mantissa_TN[:, ~proven_N] = 1.0
    apart_TN = np.maximum(np.minimum(power_TN - power_TN[0], 9), -9)
    same_TN = np.ldexp(mantissa_TN, apart_TN) / mantissa_TN[0]
    proven_N &= (np.abs(same_TN - 1) <= AGREEMENT).all(axis=0)
    log2_N = power_TN[0] - emitted.exponent_LN.sum(axis=0)
    return proven_N, np.log(mantissa_TN[0]) + log2_N * np.log(2)


def added(x_TSN: F64) -> F64:
    """Sum over the middle axis, in place: halves are added until one is left.

    Half the next power of two, so that zeros at the end, however many, change no bit.
    """
    n_left = x_TSN.shape[1]
    if n_left == 0:
        return np.zeros((x_TSN.shape[0], x_TSN.shape[2]))
    while n_left > 1:
        half = 1 << ((n_left - 1).bit_length() - 1)
        x_TSN[:, : n_left - half] += x_TSN[:, half:n_left]
        n_left = half
    return x_TSN[:, 0]
