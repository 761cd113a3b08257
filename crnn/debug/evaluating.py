"""Evaluating a data set with the state on screen: some pictures at a time while the run stands.

The state is a value, so what is evaluated is the step it began at, wherever the cursor goes since.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

from crnn.data.dataset import Dataset, Sample
from crnn.data.picture import require_label
from crnn.data.sources import open_source
from crnn.debug.guest_messages import Evaluate, Evaluated, Evaluating, ShowEvaluated, StopEvaluation
from crnn.debug.guests import show
from crnn.debug.session import Session
from crnn.debug.stage import Handler, Refused, Stage
from crnn.evaluation import Row, evaluation, rows_of
from crnn.reading_page import fitting


def _evaluate(stage: Stage, command: Evaluate) -> None:
    session = stage.open_session()
    dataset = _dataset(session, command.source)
    require_label(dataset)
    session.evaluated = dataset
    stage.drop_chore()
    stage.chore = _work(stage, session, dataset)
    stage.do_chore()


def _dataset(session: Session, source: str) -> Dataset:
    """The set named, or the run's own: the same one where it is both."""
    own = session.timeline.data.dataset
    return own if source in ("", own.source) else open_source(source, "val")


def _work(stage: Stage, session: Session, dataset: Dataset) -> Generator[None]:
    """One picture batch a turn; when it is closed early, what there is is the evaluation."""
    here, config = session.here, session.info.config
    rows: list[Row] = []
    unread: list[tuple[str, str]] = []
    try:
        stage.outbox.put_event(Evaluating(0, len(dataset)))
        yield
        for more, failed in rows_of(config, here.params, here.statistics, dataset):
            rows += more
            unread += failed
            stage.outbox.put_event(Evaluating(len(rows) + len(unread), len(dataset)))
            yield
    finally:
        made = evaluation(dataset.name, here.step, len(dataset), rows, unread)
        stage.outbox.put_event(Evaluated(made))


def _stop(stage: Stage, command: StopEvaluation) -> None:
    stage.drop_chore()


def _show(stage: Stage, command: ShowEvaluated) -> None:
    session = stage.open_session()
    dataset = session.evaluated
    if dataset is None or not 0 <= command.index < len(dataset):
        raise Refused("no such sample was evaluated; evaluate a folder first")
    if dataset is session.timeline.data.dataset:
        session.info.data.prepared(command.index)
        show(stage, session, command.index, 1, dataset.name)
        return
    came = dataset.sample(command.index)
    fits = Sample(came.name, came.text, fitting(came.gray_HW, session.info.config.input))
    at = session.exhibit if session.exhibit >= 0 else len(session.guests)
    session.invite((*session.guests[:at], fits, *session.guests[at + 1 :]), at)
    session.exhibit = at
    show(stage, session, session.info.data.n_own + at, 1, came.name)


HANDLERS: dict[type[Any], Handler] = {
    Evaluate: _evaluate,
    StopEvaluation: _stop,
    ShowEvaluated: _show,
}
