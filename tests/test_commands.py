"""The headless commands, called as `main.py` calls them: exit codes, JSON keys, one clear error."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from crnn.commands import diagram, evaluate, recognize, replay, train
from crnn.config import Config
from crnn.data.synth import lesson
from crnn.model import output_shapes
from tests.stacks import STACKS

RECIPE = """
preset = "seed"
units = 8
batch = 4
convs = [{channels = 2, pool = [2, 2]}, {channels = 2, pool = [2, 2]}]
"""


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Ten recorded steps of a tiny network on the seed's words."""
    folder = tmp_path_factory.mktemp("commands")
    recipe = folder / "tiny.toml"
    recipe.write_text(RECIPE, encoding="utf-8")
    words = ["--data", "words32", "--recipe", str(recipe)]
    assert train.main(["--out", str(folder / "run"), "--steps", "10", *words]) == 0
    return folder / "run"


def _json(capsys: pytest.CaptureFixture[str]) -> Any:
    """What stood on stdout, which must be one JSON object and nothing else."""
    return json.loads(capsys.readouterr().out)


def test_a_recorded_run_replays_bit_for_bit(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert replay.main([str(run), "--check", "--json"]) == 0
    found = _json(capsys)
    assert found["steps_checked"] == 10
    assert found["equal"]
    assert found["first_difference"] is None


def test_a_flipped_bit_in_the_recording_is_named(
    run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    copy = tmp_path / "copy"
    for file in run.rglob("*"):
        if file.is_file():
            target = copy / file.relative_to(run)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(file.read_bytes())
    metrics = bytearray((copy / "metrics.bin").read_bytes())
    size = len(metrics) // 10
    metrics[7 * size - 1] ^= 1  # the last digest of record 6
    (copy / "metrics.bin").write_bytes(bytes(metrics))
    assert replay.main([str(copy), "--check", "--json"]) == 1
    found = _json(capsys)["first_difference"]
    assert (found["branch"], found["step"], found["tensor"]) == (0, 6, "linear.b")
    assert (found["file"], found["error_step"], found["largest_error"]) == ("metrics.bin", 10, 0.0)
    assert replay.main([str(copy), "--check"]) == 1
    said = capsys.readouterr().out
    assert "differs at step 6 in linear.b" in said
    assert "the record of this step was altered" in said


def test_resuming_gives_the_bits_of_the_straight_run(
    run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    recipe = str(run.parent / "tiny.toml")
    words = ["--data", "words32", "--recipe", recipe, "--out", str(tmp_path / "run")]
    assert train.main(["--steps", "4", *words]) == 0
    assert train.main(["--out", words[-1], "--steps", "10", "--resume", "--workers", "2"]) == 0
    straight, pieces = (
        (folder / "last.safetensors").read_bytes() for folder in (run, tmp_path / "run")
    )
    assert straight == pieces
    capsys.readouterr()


def test_train_reports_what_the_design_words(
    tmp_path: Path, run: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    recipe = str(run.parent / "tiny.toml")
    words = ["--data", "words32", "--val", "words32", "--recipe", recipe]
    assert train.main(["--out", str(tmp_path / "r"), "--epochs", "1", "--json", *words]) == 0
    found = _json(capsys)
    assert found["steps"] == 8
    assert found["cer"] >= 0
    assert {"loss_first", "loss_last", "samples_per_s", "run"} <= found.keys()


@pytest.mark.parametrize("decoder", ["auto", "greedy", "beam"])
def test_eval_scores_a_folder(run: Path, decoder: str, capsys: pytest.CaptureFixture[str]) -> None:
    checkpoint = str(run / "last.safetensors")
    arguments = ["--checkpoint", checkpoint, "--data", "words32", "--decoder", decoder, "--json"]
    assert evaluate.main(arguments) == 0
    found = _json(capsys)
    assert found["n"] == found["greedy"]["n"] == 32
    assert {"cer", "jamo_cer", "exact", "ms_per_image", "worst"} <= found.keys()
    if decoder == "greedy":
        assert found["greedy"]["cer"] == found["cer"]


def test_recognize_gives_text_confidence_and_the_box_of_the_ink(
    run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    checkpoint = str(run / "last.safetensors")
    assert recognize.main(["--checkpoint", checkpoint, _word(tmp_path), "--json"]) == 0
    (found,) = _json(capsys)["results"]
    assert 0 <= found["confidence"] <= 1
    (box,) = found["boxes"]
    assert abs(box["x"] - 50) < 8
    assert abs(box["y"] - 20) < 4
    assert abs(box["w"] - 100) < 12


def _word(folder: Path) -> str:
    picture = np.full((60, 200), 255, np.uint8)
    picture[20:40, 50:150] = 0
    Image.fromarray(picture).save(folder / "word.png")
    return str(folder / "word.png")


def test_recognize_says_where_each_character_lies_and_what_else_it_might_be(
    run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["--checkpoint", str(run / "last.safetensors"), _word(tmp_path), "--json"]
    assert recognize.main(words) == 0
    (plain,) = _json(capsys)["results"]
    assert "nbest" not in plain
    assert "".join(piece["text"] for piece in plain["characters"]) == plain["text"]
    assert recognize.main([*words, "--decoder", "beam", "--nbest", "12"]) == 0
    (found,) = _json(capsys)["results"]
    assert len(found["nbest"]) == 12
    assert found["nbest"][0] == {"text": found["text"], "confidence": found["confidence"]}
    confidences = [guess["confidence"] for guess in found["nbest"]]
    assert sum(confidences) <= 1
    stops = [0, *(piece["stop"] for piece in found["characters"])]
    for piece, before in zip(found["characters"], stops, strict=False):
        assert before <= piece["start"] < piece["stop"] <= 8
        assert 0 < piece["confidence"] <= 1


def test_a_lexicon_alone_is_read_where_nothing_else_may_be(
    run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lexicon = tmp_path / "words.txt"
    lexicon.write_text("대구\n\n漢字\n", encoding="utf-8")
    words = ["--checkpoint", str(run / "last.safetensors"), _word(tmp_path), "--json"]
    words += ["--decoder", "beam", "--lexicon", str(lexicon), "--lexicon-only"]
    assert recognize.main(words) == 0
    said = capsys.readouterr()
    assert json.loads(said.out)["results"][0]["text"] == "대구"
    assert "1 of 2 lines are left out" in said.err
    assert "漢" in said.err


def test_letter_pairs_of_a_text_change_what_eval_reads(
    run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = tmp_path / "text.txt"
    text.write_text("서울\n" * 50, encoding="utf-8")
    words = ["--checkpoint", str(run / "last.safetensors"), "--data", "words32", "--json"]
    words += ["--decoder", "beam"]
    outputs = []
    for more in ([], ["--bigrams", str(text), "--bigram-weight", "6"]):
        assert evaluate.main([*words, *more]) == 0
        outputs.append([one["output"] for one in _json(capsys)["worst"]])
    assert outputs[0] != outputs[1]


@pytest.mark.parametrize("option", ["--lexicon", "--bigrams"])
@pytest.mark.parametrize(
    ("content", "cause"),
    [(None, "cannot be read"), (b"\xff\xfe\x00", "is not UTF-8"), ("漢\n".encode(), "漢")],
)
def test_a_bad_word_file_is_one_clear_error(
    run: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    option: str,
    content: bytes | None,
    cause: str,
) -> None:
    file = tmp_path / "words.txt"
    if content is not None:
        file.write_bytes(content)
    words = ["--checkpoint", str(run / "last.safetensors"), "--data", "words32"]
    assert evaluate.main([*words, "--decoder", "beam", option, str(file)]) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.count("\n") == 1
    assert str(file) in said.err
    assert cause in said.err


@pytest.mark.parametrize(
    "words",
    [
        ["--lexicon", "words.txt"],
        ["--nbest", "3"],
        ["--nbest", "0", "--decoder", "beam"],
        ["--lexicon-only", "--decoder", "beam"],
        ["--decoder", "beam", "--bigram-weight", "1"],
        ["--decoder", "beam", "--bigrams", "words.txt", "--bigram-weight", "-1"],
    ],
)
def test_options_of_the_beam_alone_are_wrong_usage_elsewhere(words: list[str]) -> None:
    with pytest.raises(SystemExit) as left:
        recognize.main(["word.png", *words])
    assert left.value.code == 2


def test_a_missing_checkpoint_is_one_clear_error(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    missing = str(tmp_path / "none.safetensors")
    assert evaluate.main(["--checkpoint", missing, "--data", "words32"]) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert missing in said.err
    assert "Traceback" not in said.err


def test_a_wrong_recipe_names_file_and_field(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    recipe = tmp_path / "wrong.toml"
    recipe.write_text("unitz = 3", encoding="utf-8")
    assert train.main(["--out", str(tmp_path / "r"), "--recipe", str(recipe)]) == 1
    said = capsys.readouterr().err
    assert str(recipe) in said
    assert "unitz" in said


def test_wrong_usage_leaves_with_status_two(tmp_path: Path) -> None:
    with pytest.raises(SystemExit) as left:
        train.main(["--out", str(tmp_path / "r"), "--steps", "0"])
    assert left.value.code == 2


def test_the_diagram_names_every_op_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("word.svg", "word.png"):
        assert diagram.main(["--out", str(tmp_path / name), "--json"]) == 0
        assert _json(capsys)["parameters"] > 600_000
    svg = (tmp_path / "word.svg").read_text(encoding="utf-8")
    for name in ("conv1", "conv4", "pool4", "rnn1.fwd + bwd", "linear", "CTC"):
        assert svg.count(f">{name}<") == 1
    with Image.open(tmp_path / "word.png") as picture:
        assert picture.width > 1000


@pytest.mark.parametrize("config", STACKS.values(), ids=STACKS.keys())
def test_the_diagram_draws_every_kind_of_op(config: Config) -> None:
    svg = diagram.to_svg(config)
    for op in output_shapes(config, config.input.width):
        assert svg.count(f">{op.name}<") == 1 or op.name.startswith("rnn")


def test_a_run_of_samples_of_a_built_in_set_finds_its_data_again() -> None:
    from crnn.data.dataset import subset
    from crnn.data.sources import open_source

    part = subset(lesson(), (3, 17), "two")
    assert open_source(part.source).fingerprint == part.fingerprint
