"""A set of millions is opened, surveyed and listed without a look at each of its samples."""

from __future__ import annotations

import numpy as np

from crnn.config import preset
from crnn.data.dataset import LISTED, Sample
from crnn.data.guests import with_guests
from crnn.data.sources import open_source
from crnn.data.written import WrittenDataset
from crnn.debug.runs import training_set
from crnn.debug.survey import CHUNK, SurveyBook
from crnn.train import advance, initial_state

MANY = 4_000_000
CONFIG = preset("lesson")


def test_the_first_are_surveyed_and_guests_after_them() -> None:
    data = training_set(CONFIG, open_source(f"synth:{MANY}"))
    book = SurveyBook(data)
    assert len(book.snapshot().text_M) == LISTED
    assert book.stale(0) == tuple(range(CHUNK))
    ink = Sample("ink", "", np.full((32, 40), 240, np.uint8))
    visited = with_guests(data, (ink,))
    book.invite(visited, MANY)
    assert (visited.row(MANY), visited.sample_in(LISTED)) == (LISTED, MANY)
    assert visited.row(LISTED) == -1
    state = initial_state(CONFIG)
    book.measure(CONFIG, state, (3, MANY))
    seen = book.snapshot()
    assert np.flatnonzero(seen.step_M == 0).tolist() == [3, LISTED]
    assert np.flatnonzero(~np.isnan(seen.loss_nats_M)).tolist() == [3]
    assert not book.all_right


def test_a_batch_beyond_what_is_listed_is_learned_from() -> None:
    """Its samples have no rows; those that have one get their reading."""
    data = training_set(CONFIG, WrittenDataset(MANY))
    book = SurveyBook(data)
    done = advance(CONFIG, data, initial_state(CONFIG))
    book.learn(done.passes, 0)
    listed = [sample for sample in data.ids(0) if sample < LISTED]
    assert np.flatnonzero(book.snapshot().step_M == 0).tolist() == sorted(listed)
