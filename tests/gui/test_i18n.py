"""Korean: every text of the program is translated, and the compiled file is that of the source."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest
from PySide6.QtCore import QCoreApplication, QTranslator

import assets
from gui.engine_words import NOTES, SENTENCES, note, sentence

ROOT = Path(__file__).parents[2]
TS = assets.path("i18n", "ko.ts")
Text = tuple[str, str]


def _messages(file: Path) -> dict[Text, ElementTree.Element]:
    """(context, source) -> message element."""
    found = {}
    for context in ElementTree.parse(file).getroot().iter("context"):
        name = context.findtext("name", "")
        for message in context.iter("message"):
            found[name, message.findtext("source", "")] = message
    return found


def _translation(message: ElementTree.Element) -> str:
    return message.findtext("translation", "")


def test_no_text_is_unfinished() -> None:
    unfinished = [
        key
        for key, message in _messages(TS).items()
        if not _translation(message) or message.find("translation[@type]") is not None
    ]
    assert unfinished == []


def test_every_text_in_the_code_is_in_the_file(tmp_path: Path) -> None:
    tool = Path(sys.executable).parent / "pyside6-lupdate"
    if not tool.exists():
        pytest.skip("pyside6-lupdate is not beside this Python")
    files = sorted(str(path) for path in (ROOT / "gui").rglob("*.py"))
    fresh = tmp_path / "fresh.ts"
    subprocess.run([tool, *files, "-ts", fresh], check=True, capture_output=True, timeout=100)
    assert set(_messages(fresh)) == set(_messages(TS))


def test_placeholders_survive_translation() -> None:
    for (context, source), message in _messages(TS).items():
        wanted = sorted(re.findall(r"\{\w*\}", source))
        found = sorted(re.findall(r"\{\w*\}", _translation(message)))
        assert found == wanted, f"{context}: {source}"


@pytest.mark.parametrize("template", NOTES)
def test_a_note_of_the_engine_keeps_its_numbers(qapp: QCoreApplication, template: str) -> None:
    numbers = ["63%", "1,204.5e-07"][: template.count("{}")]
    said = template.format(*numbers)
    assert note(said) == said
    translator = QTranslator()
    assert translator.load(str(assets.path("i18n", "ko.qm")))
    assert QCoreApplication.installTranslator(translator)
    korean = note(said)
    QCoreApplication.removeTranslator(translator)
    assert korean != said
    assert all(number in korean for number in numbers)


def test_the_compiled_file_says_the_same() -> None:
    translator = QTranslator()
    assert translator.load(str(assets.path("i18n", "ko.qm")))
    for (context, source), message in _messages(TS).items():
        assert translator.translate(context, source) == _translation(message), source


@pytest.mark.parametrize("template", SENTENCES)
def test_a_sentence_of_the_engine_keeps_what_it_names(
    qapp: QCoreApplication, template: str
) -> None:
    names = [f"‹{number}›" for number in range(template.count("{}"))]
    said = template.format(*names)
    assert sentence(said) == said
    translator = QTranslator()
    assert translator.load(str(assets.path("i18n", "ko.qm")))
    assert QCoreApplication.installTranslator(translator)
    korean = sentence(said)
    QCoreApplication.removeTranslator(translator)
    assert korean != said
    assert all(name in korean for name in names)


def test_a_sentence_that_is_not_known_stays_as_it_is() -> None:
    assert sentence("the moon is out") == "the moon is out"
