"""Standing: where a run stands, as a value: what a verb returns and a script prints."""

from __future__ import annotations

from dataclasses import dataclass

from crnn.debug.messages import Frame


@dataclass(frozen=True, slots=True)
class Standing:
    """Where the run stands: `loss_nats` and `cer` of the update that led here (NaN at the first
    step), the watched sample, what is read in it, its truth, and the branch that is moved over."""

    step: int
    head: int
    mode: str
    reason: str
    loss_nats: float
    cer: float
    lr: float
    sample: int
    text: str
    truth: str
    branch: int


def standing(frame: Frame, reason: str) -> Standing:
    """Where `frame` stands; `reason` is why the run parked there."""
    nan = float("nan")
    at = frame.step - 1 - frame.run.first_step
    report = frame.reports.at(at) if 0 <= at < frame.n_reports else None
    trace = frame.trace
    return Standing(
        step=frame.step,
        head=frame.head,
        mode=frame.mode,
        reason=reason,
        loss_nats=report.loss_nats if report else nan,
        cer=report.cer if report else nan,
        lr=frame.lr,
        sample=trace.sample if trace else -1,
        text=trace.output.text if trace else "",
        truth=trace.truth if trace else "",
        branch=frame.branches.active if frame.branches else 0,
    )
