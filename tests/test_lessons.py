"""The two promises a newcomer meets: 32 words learned to the last letter, and the first lesson.

CI checks step counts, never seconds.
"""

from __future__ import annotations

from dataclasses import replace

from crnn.config import preset
from crnn.data import synth
from crnn.data.dataset import MemoryDataset
from crnn.debug.runs import fitted
from crnn.debug.runs import training_set as met
from crnn.train import StepReport, advance, initial_state


def test_the_seed_network_learns_its_32_words_to_the_last_letter() -> None:
    """The seed README's own figures: nats per label symbol from above 2.3 to below 0.4."""
    words = synth.seed_words()
    config = fitted(preset("seed"), words)
    data = met(config, words)
    assert "대구" in words.texts
    assert len(data.usable) == 32
    state = initial_state(config)
    reports: list[StepReport] = []
    while len(reports) < 400 and (not reports or reports[-1].n_correct < 32):
        done = advance(config, data, state)
        state = done.state
        reports.append(done.report)
    assert reports[0].nats_per_symbol > 2.3
    assert reports[-1].nats_per_symbol < 0.4
    assert reports[-1].n_correct == 32


def test_words_too_long_for_eight_timesteps_are_listed_not_dropped() -> None:
    words, longer = synth.seed_words(), synth.lesson()
    mixed = [words.sample(0), *(longer.sample(index) for index in range(len(longer)))]
    data = met(preset("seed"), MemoryDataset("mixed", mixed))
    too_long = {fault.index for fault in data.faults if fault.kind == "too_long"}
    assert too_long
    assert set(data.usable) | too_long == set(range(len(mixed)))
    assert all("timesteps" in fault.detail for fault in data.faults)


def test_the_first_lesson_reads_its_first_word_and_then_all_of_them() -> None:
    """Found: the first at step 111, all 64 of an epoch at step 231."""
    lesson = synth.lesson()
    config = preset("lesson")
    data = met(config, lesson)
    state, first, n_correct = initial_state(config), -1, 0
    for step in range(400):
        done = advance(config, data, state)
        state = done.state
        n_correct += done.report.n_correct
        if done.report.n_correct and first < 0:
            first = step
        if step % data.steps_per_epoch == data.steps_per_epoch - 1:
            if n_correct == len(lesson):
                break
            n_correct = 0
    assert 0 <= first < 200
    assert n_correct == len(lesson)


def test_another_seed_is_another_run() -> None:
    config = preset("lesson")
    other = replace(config, seed=config.seed + 1)
    data = met(config, synth.lesson())
    first = advance(config, data, initial_state(config)).report
    second = advance(other, met(other, synth.lesson()), initial_state(other)).report
    assert first.loss_nats != second.loss_nats
