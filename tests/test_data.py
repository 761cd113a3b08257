"""Pictures in, batches out: the one door, data folders, faults by name, honest epochs."""

from __future__ import annotations

import unicodedata
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from crnn.arrays import U8
from crnn.data.cache import ArrayCache
from crnn.data.dataset import MemoryDataset, Sample, TrainingSet, subset
from crnn.data.folder import open_folder, read_label
from crnn.data.meeting import meet
from crnn.data.prepare import InputSpec, prepare, prepared_width, read_gray
from crnn.errors import DatasetError, ShapeError
from crnn.text.hangul import make_alphabet, min_frames

KEPT = InputSpec(height=32, width=128, max_width=256, shape="height")
SQUARE = InputSpec(height=32, width=32, max_width=32, shape="square")


def picture(width: int = 150, height: int = 80) -> Image.Image:
    page = Image.new("L", (width, height), 235)
    pen = ImageDraw.Draw(page)
    pen.line((10, 12, width - 12, height - 15), fill=30, width=6)
    pen.rectangle((20, 10, 50, 40), outline=40, width=5)
    return page


def gray(width: int = 150, height: int = 80) -> U8:
    return np.array(picture(width, height))


def memory(*texts: str, width: int = 150) -> MemoryDataset:
    return MemoryDataset("mine", (Sample(f"s{i}", t, gray(width)) for i, t in enumerate(texts)))


def met(dataset: MemoryDataset, spec: InputSpec = KEPT, batch_size: int = 4) -> TrainingSet:
    alphabet = make_alphabet("compat", dataset.texts)
    return meet(dataset, spec=spec, alphabet=alphabet, stride=4, seed=7, batch_size=batch_size)


def write_pair(folder: Path, name: str, text: str, encoding: str = "utf-8") -> None:
    for part in ("images", "labels"):
        (folder / part).mkdir(parents=True, exist_ok=True)
    picture().save(folder / "images" / f"{name}.png")
    (folder / "labels" / f"{name}.txt").write_text(text, encoding)


# ---- prepare ----


def test_prepare_gives_ink_one_paper_zero_at_the_height_of_the_spec() -> None:
    x_HW = prepare(gray(), KEPT)
    assert x_HW.shape == (32, 60)
    assert x_HW.dtype == np.float32
    assert not x_HW.flags.writeable
    assert (x_HW.min(), x_HW.max()) == (0, 1)
    assert np.median(x_HW) == 0


@pytest.mark.parametrize(
    ("source", "most"),
    [
        pytest.param(255 - gray(), 1e-6, id="white on black"),
        pytest.param((gray() // 4 + 100).astype(np.uint8), 0.02, id="low contrast"),
        pytest.param((90 - gray() // 5).astype(np.uint8), 0.03, id="low contrast on black"),
    ],
)
def test_the_brightness_of_the_source_hardly_changes_the_input(source: U8, most: float) -> None:
    assert np.abs(prepare(source, KEPT) - prepare(gray(), KEPT)).max() <= most


def test_a_coloured_picture_gives_nearly_the_same_input(tmp_path: Path) -> None:
    ink = np.asarray(picture()) < 128
    page = np.where(ink[..., None], (160, 30, 40), (250, 240, 200)).astype(np.uint8)
    Image.fromarray(page).save(tmp_path / "red.png")
    Image.fromarray(np.where(ink, 0, 255).astype(np.uint8)).save(tmp_path / "black.png")
    red, black = (prepare(read_gray(tmp_path / n), KEPT) for n in ("red.png", "black.png"))
    assert np.abs(red - black).max() < 0.02


def test_a_faint_speck_of_noise_on_blank_paper_is_not_blown_up_to_ink() -> None:
    noisy = np.random.default_rng(1).normal(230, 2, (80, 150)).astype(np.uint8)
    assert not prepare(noisy, KEPT).any()


def test_a_short_stroke_on_much_paper_still_reaches_full_ink() -> None:
    page = np.full((100, 400), 240, np.uint8)
    page[45:52, 180:220] = 20
    assert prepare(page, KEPT).max() == 1


def test_square_squashes_and_height_keeps_the_aspect() -> None:
    assert prepare(gray(300, 50), SQUARE).shape == (32, 32)
    assert prepare(gray(100, 50), KEPT).shape == (32, 64)


@given(st.integers(1, 300), st.integers(1, 90))
def test_prepared_width_is_the_width_that_prepare_gives(width: int, height: int) -> None:
    columns = prepared_width((height, width), KEPT)
    if columns <= KEPT.max_width:
        assert prepare(np.full((height, width), 9, np.uint8), KEPT).shape == (32, columns)


def test_prepare_refuses_what_is_too_wide_empty_or_not_gray() -> None:
    with pytest.raises(DatasetError, match=r"400 columns wide at height 32; at most 256"):
        prepare(gray(1000, 80), KEPT)
    with pytest.raises(DatasetError, match="no pixels"):
        prepare(np.zeros((0, 5), np.uint8), KEPT)
    with pytest.raises(ShapeError):
        prepare(np.zeros((5, 5, 3), np.uint8), KEPT)


# ---- reading pictures ----


def test_transparency_is_laid_on_white(tmp_path: Path) -> None:
    clear = Image.new("RGBA", (40, 20), (0, 0, 0, 0))
    clear.paste((0, 0, 0, 255), (10, 5, 20, 15))
    clear.save(tmp_path / "clear.png")
    gray_HW = read_gray(tmp_path / "clear.png")
    assert (gray_HW[0, 0], gray_HW[10, 15]) == (255, 0)


def test_a_turned_photograph_is_read_upright(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    picture(150, 80).save(tmp_path / "turned.jpg", exif=exif)
    assert read_gray(tmp_path / "turned.jpg").shape == (150, 80)


def test_sixteen_bits_a_pixel_are_scaled_not_clipped(tmp_path: Path) -> None:
    Image.fromarray(np.full((4, 4), 0x8080, np.uint16)).save(tmp_path / "deep.png")
    assert (read_gray(tmp_path / "deep.png") == 128).all()


def test_a_missing_cut_or_foreign_picture_is_refused_by_name(tmp_path: Path) -> None:
    write_pair(tmp_path, "cut", "가")
    whole = (tmp_path / "images" / "cut.png").read_bytes()
    cases = {"cut.png": whole[: len(whole) // 2], "text.png": b"not a picture"}
    for name, content in cases.items():
        (tmp_path / name).write_bytes(content)
        with pytest.raises(DatasetError, match=name):
            read_gray(tmp_path / name)
    with pytest.raises(DatasetError, match=r"absent.png: there is no such file"):
        read_gray(tmp_path / "absent.png")


def test_a_decompression_bomb_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    picture().save(tmp_path / "bomb.png")
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 10_000)
    with pytest.raises(DatasetError, match=r"bomb.png: too many pixels"):
        read_gray(tmp_path / "bomb.png")


# ---- folders ----


def test_a_folder_comes_back_in_natural_order_with_bom_and_nfd_read_as_nfc(tmp_path: Path) -> None:
    write_pair(tmp_path, "w10", "하늘\n", "utf-8-sig")
    write_pair(tmp_path, "w2", unicodedata.normalize("NFD", "대구"))
    write_pair(tmp_path, "w1", "서울")
    dataset = open_folder(tmp_path)
    assert dataset.texts == ("서울", "대구", "하늘")
    assert [dataset.sample(i).name for i in range(len(dataset))] == ["w1", "w2", "w10"]
    assert (dataset.sample(0).gray_HW == gray()).all()
    assert dataset.faults == ()


def test_names_in_nfd_and_nfc_are_one_pair(tmp_path: Path) -> None:
    write_pair(tmp_path, "한글", "한글")
    label = tmp_path / "labels" / "한글.txt"
    label.rename(label.with_name(unicodedata.normalize("NFD", "한글.txt")))
    assert open_folder(tmp_path).texts == ("한글",)


def test_the_parent_of_train_and_val_opens_either(tmp_path: Path) -> None:
    write_pair(tmp_path / "train", "a", "가")
    write_pair(tmp_path / "val", "b", "나")
    assert open_folder(tmp_path).texts == ("가",)
    assert open_folder(tmp_path, "val").texts == ("나",)
    assert open_folder(tmp_path, "val").name == f"{tmp_path.name}/val"


def test_what_is_missing_broken_or_double_becomes_a_fault_by_name(tmp_path: Path) -> None:
    for name in ("good", "no_label", "no_image", "cut", "latin"):
        write_pair(tmp_path, name, "가")
    (tmp_path / "labels" / "no_label.txt").unlink()
    (tmp_path / "images" / "no_image.png").unlink()
    (tmp_path / "labels" / "latin.txt").write_bytes("대구".encode("cp949"))
    picture().save(tmp_path / "images" / "good.bmp")
    cut = tmp_path / "images" / "cut.png"
    cut.write_bytes(cut.read_bytes()[:90])
    dataset = open_folder(tmp_path)
    data = meet(dataset, spec=KEPT, alphabet=make_alphabet("jamo"), stride=4, seed=7, batch_size=4)
    faults = {fault.name: fault.kind for fault in data.faults}
    assert faults.pop("가") == "unreadable_image"
    assert faults == {
        "no_label": "missing_label",
        "no_image": "missing_image",
        "latin": "unreadable_label",
        "good": "duplicate_stem",
    }
    assert [dataset.sample(i).name for i in data.usable] == ["good"]
    assert len(dataset.fingerprint) == 64


def test_a_place_that_is_no_data_folder_says_what_one_is(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=r"is not a data folder.*images/NAME.png"):
        open_folder(tmp_path)
    with pytest.raises(DatasetError, match="does not exist"):
        open_folder(tmp_path / "absent")
    (tmp_path / "images").mkdir()
    (tmp_path / "labels").mkdir()
    with pytest.raises(DatasetError, match="none of 0 pictures and 0 labels"):
        open_folder(tmp_path)


def test_a_label_that_is_not_utf8_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "bad.txt").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(DatasetError, match=r"bad.txt: not readable as UTF-8"):
        read_label(tmp_path / "bad.txt")


# ---- memory sets and fingerprints ----


def test_the_fingerprint_is_stable_and_sees_every_part() -> None:
    base = memory("가", "나")
    assert base.fingerprint == memory("가", "나").fingerprint
    first = base.sample(0)
    dotted = first.gray_HW.copy()
    dotted[0, 0] ^= 1
    for changed in (
        replace(first, name="other"),
        replace(first, text="다"),
        replace(first, gray_HW=dotted),
    ):
        assert MemoryDataset("mine", (changed, base.sample(1))).fingerprint != base.fingerprint


def test_a_subset_holds_the_chosen_samples_in_order() -> None:
    small = subset(memory("가", "나", "다"), (2, 0), "two")
    assert (small.texts, small.name, len(small)) == (("다", "가"), "two", 2)


def test_a_memory_set_does_not_change_with_the_array_it_was_made_from() -> None:
    canvas = gray()
    dataset = MemoryDataset("ink", (Sample("ink", "가", canvas),))
    canvas[:] = 0
    assert (dataset.sample(0).gray_HW == gray()).all()


def test_a_full_cache_computes_again_and_gives_the_same() -> None:
    cache: ArrayCache[int, U8] = ArrayCache(10)
    made: list[int] = []

    def make() -> U8:
        made.append(1)
        return np.zeros(8, np.uint8)

    for key in (1, 1, 2, 2):
        assert cache.get(key, make).size == 8
    assert len(made) == 3


# ---- meeting a network ----


def test_every_kind_of_misfit_is_named_with_its_numbers() -> None:
    alphabet = make_alphabet("compat", ())
    samples = [
        Sample("good", "대구", gray()),
        Sample("empty", "", gray()),
        Sample("foreign", "東", gray()),
        Sample("wide", "대구", gray(900)),
        Sample("long", "대구광역시", gray(80)),
    ]
    data = meet(
        MemoryDataset("mixed", samples),
        spec=KEPT,
        alphabet=alphabet,
        stride=4,
        seed=7,
        batch_size=4,
    )
    assert data.usable == (0,)
    faults = {fault.name: fault for fault in data.faults}
    assert [faults[n].kind for n in ("empty", "foreign", "wide", "long")] == [
        "empty_text",
        "not_in_alphabet",
        "too_wide",
        "too_long",
    ]
    assert "東" in faults["foreign"].detail
    assert "360 columns" in faults["wide"].detail
    needed = min_frames(alphabet.encode("대구광역시"))
    assert f"needs {needed} timesteps" in faults["long"].detail
    assert "has 8" in faults["long"].detail


def test_a_set_without_a_usable_sample_is_refused_with_the_counts() -> None:
    with pytest.raises(DatasetError, match=r"no sample of mine is usable \(empty_text 2\)"):
        met(memory("", ""))
    with pytest.raises(DatasetError, match="holds no samples"):
        met(MemoryDataset("none", ()))


@given(st.integers(1, 23), st.integers(1, 9), st.integers(0, 4))
def test_an_epoch_shows_every_sample_once(count: int, batch_size: int, epoch: int) -> None:
    data = TrainingSet(
        memory(), KEPT, make_alphabet("jamo"), 4, 7, batch_size, tuple(range(5, 5 + count)), ()
    )
    first = epoch * data.steps_per_epoch
    parts = [data.ids(first + k) for k in range(data.steps_per_epoch)]
    assert sorted(i for part in parts for i in part) == list(data.usable)
    assert all(len(part) == batch_size for part in parts[:-1])


def test_the_batch_of_a_step_depends_on_seed_and_step_alone() -> None:
    data = met(memory(*"가나다라마바사"))
    late = data.ids(41)
    data.ids(0)
    assert met(memory(*"가나다라마바사")).ids(41) == late
    assert (data.batch(41).x_NCHW == met(memory(*"가나다라마바사")).batch(41).x_NCHW).all()
    orders = {tuple(data.ids(2 * e) + data.ids(2 * e + 1)) for e in range(6)}
    assert len(orders) > 1


@pytest.mark.parametrize(
    ("widths", "padded"), [((100, 150), 128), ((150, 330), 192), ((600,), 256)]
)
def test_batches_are_padded_with_paper_to_a_multiple_of_the_bucket(
    widths: tuple[int, ...], padded: int
) -> None:
    samples = [Sample(f"w{w}", "가", gray(w)) for w in widths]
    data = met(MemoryDataset("widths", samples))
    batch = data.collate(tuple(range(len(widths))))
    assert batch.x_NCHW.shape == (len(widths), 1, 32, padded)
    assert batch.x_NCHW.dtype == np.float32
    assert batch.x_NCHW.flags.c_contiguous
    assert not batch.x_NCHW.flags.writeable
    for n, width in enumerate(batch.width_N):
        assert (batch.x_NCHW[n, 0, :, :width] == data.prepared(n)).all()
        assert not batch.x_NCHW[n, 0, :, width:].any()
        assert (batch.labels[n] == data.label(n)).all()


def test_the_square_spec_is_never_padded() -> None:
    batch = met(memory("가", "나"), SQUARE).batch(0)
    assert batch.x_NCHW.shape == (2, 1, 32, 32)
    assert batch.width_N.tolist() == [32, 32]
