"""The receptive field's arithmetic agrees with what really changes when a pixel column changes."""

from __future__ import annotations

import numpy as np
import pytest

from crnn.arrays import F64
from crnn.config import Config
from crnn.errors import ShapeError
from crnn.geometry import Stage, cell_field, field, n_columns, n_rows, reach
from crnn.model import build, forward, init_statistics
from tests.stacks import STACKS
from tests.support import images, random_params, tiny_seed, tiny_word


@pytest.mark.parametrize("width", [61, 45])
def test_a_column_depends_on_exactly_the_pixels_of_its_field(width: int) -> None:
    config = tiny_word(dtype="float64")
    x_NCHW, width_N = images(config, (width,))
    params, model = random_params(config, scale=1), build(config)

    def outputs(x: F64) -> list[F64]:
        cache = forward(model, params, x, width_N)[1]
        return [np.asarray(block.pool_NCHW[0]) for block in cache.blocks]

    plain = outputs(x_NCHW)
    seen = [np.zeros((maps.shape[2], width), bool) for maps in plain]
    for column in range(width):
        for change in (30, -30):
            changed = x_NCHW.copy()
            changed[..., column] += change
            for now, before, dependence in zip(outputs(changed), plain, seen, strict=True):
                dependence[:, column] |= (now != before).any(axis=(0, 1))
    for level, dependence in enumerate(seen, start=1):
        for column in range(n_columns(config, level, width)):
            expected = np.zeros(width, bool)
            expected[slice(*field(config, level, column, width))] = True
            np.testing.assert_array_equal(dependence[column], expected)


Maps = dict[tuple[int, Stage], F64]
STAGES: tuple[Stage, ...] = ("conv", "pool")


def _dependence(config: Config, width: int) -> Maps:
    """(level, stage) -> for each cell (H, W) and each pixel (h, w), whether one moves the other."""
    x_NCHW, width_N = images(config, (width,))
    params, model = random_params(config, scale=1), build(config)
    statistics = init_statistics(config)

    def outputs(x: F64) -> Maps:
        blocks = forward(model, params, x, width_N, statistics=statistics)[1].blocks
        levels = enumerate(blocks, start=1)
        stages = {(n, s): getattr(b, f"{s}_NCHW")[0] for n, b in levels for s in STAGES}
        return {
            (level, stage): maps[:, :, : n_columns(config, level, width, stage)]
            for (level, stage), maps in stages.items()
        }

    plain = outputs(x_NCHW)
    height = config.input.height
    seen = {at: np.zeros((*maps.shape[1:], height, width)) for at, maps in plain.items()}
    for y, x in np.ndindex(height, width):
        for change in (30, -30):
            changed = x_NCHW.copy()
            changed[..., y, x] += change
            for at, now in outputs(changed).items():
                seen[at][:, :, y, x] += (now != plain[at]).any(axis=0)
    return seen


@pytest.mark.parametrize("config", STACKS.values(), ids=STACKS.keys())
def test_every_cell_of_any_stack_depends_on_pixels_up_to_the_edges_of_its_box(
    config: Config,
) -> None:
    """Before and after every pool, rows and columns: found by changing each pixel in turn."""
    width = 21
    for (level, stage), seen in _dependence(config, width).items():
        assert seen.shape[0] == n_rows(config, level, stage)
        for row, column in np.ndindex(seen.shape[:2]):
            rows, columns = (np.flatnonzero(seen[row, column].any(axis=axis)) for axis in (1, 0))
            found = cell_field(config, level, row, column, width, stage)
            assert found == (columns[0], columns[-1] + 1, rows[0], rows[-1] + 1)
            if stage == "pool":
                assert field(config, level, column, width) == found[:2]


def test_levels_count_columns_and_the_last_counts_timesteps() -> None:
    config = tiny_word()
    assert [n_columns(config, level, 61) for level in range(4)] == [61, 31, 16, 16]
    assert n_columns(config, 3, 61) == config.n_frames(61)


def test_fields_are_cut_at_the_edges_of_the_picture() -> None:
    config = tiny_seed()
    assert field(config, 1, 0, 16) == (0, 3)
    assert field(config, 1, 3, 16) == (5, 9)
    assert field(config, 2, 3, 16) == (9, 16)


@pytest.mark.parametrize(("level", "column"), [(0, 0), (3, 0), (1, 8), (2, -1)])
def test_a_level_or_column_that_is_not_there_is_refused(level: int, column: int) -> None:
    with pytest.raises(ShapeError, match="allowed"):
        field(tiny_seed(), level, column, 16)


def test_a_timestep_reaches_the_columns_whose_fields_make_up_its_own() -> None:
    config, width = tiny_word(), 61
    top = len(config.convs)
    for t in range(config.n_frames(width)):
        assert reach(config, 0, t, width) == field(config, top, t, width)
        assert reach(config, top, t, width) == (t, t + 1)
        for level in range(1, top):
            first, stop = reach(config, level, t, width)
            fields = [field(config, level, column, width) for column in range(first, stop)]
            assert (fields[0][0], fields[-1][1]) == field(config, top, t, width)


@pytest.mark.parametrize(("level", "t"), [(-1, 0), (3, 0), (1, 4), (1, -1)])
def test_a_reach_from_nowhere_is_refused(level: int, t: int) -> None:
    with pytest.raises(ShapeError, match="allowed"):
        reach(tiny_seed(), level, t, 16)
