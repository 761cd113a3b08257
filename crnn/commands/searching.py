"""How eval and recognize search for a text: the decoder, and what it may know of the language."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import get_args

import numpy as np

from crnn.arrays import I64
from crnn.commands import console
from crnn.ctc.language import LanguageModel
from crnn.ctc.letters import Letters
from crnn.data.vocabulary import language
from crnn.errors import AlphabetError, DatasetError
from crnn.reading import GREEDY, Decoder, Search
from crnn.text.hangul import Alphabet

WORDS = 20_000
ORDER = 6
"""Two syllables of letters are told apart by what stands before them."""
LETTERS_WEIGHT = 0.4
"""Below 1, because the network has learned the letters of its training words already."""
LEXICON_BONUS = 2.0
BIGRAM_WEIGHT = 0.3


def add_options(parser: argparse.ArgumentParser) -> None:
    """--decoder, --lexicon, --bigrams and their weights."""
    parser.add_argument(
        "--decoder", choices=get_args(Decoder), default="auto",
        help="auto (default): greedy where one path holds more than 80 % of the probability, else "
        "beam with how letters follow each other in Korean words (alphabet jamo; others: greedy)",
    )  # fmt: skip
    know = parser.add_argument_group("with --decoder beam")
    know.add_argument("--lexicon", type=Path, metavar="FILE", help="words, UTF-8, one a line")
    know.add_argument(
        "--lexicon-bonus", type=_finite, metavar="NATS",
        help=f"what a word of the lexicon earns (default {LEXICON_BONUS})",
    )  # fmt: skip
    know.add_argument("--lexicon-only", action="store_true", help="read no other words")
    know.add_argument(
        "--bigrams", type=Path, metavar="FILE",
        help="UTF-8 text, one reading a line, to count neighbouring letters in",
    )  # fmt: skip
    know.add_argument(
        "--bigram-weight", type=_weight, metavar="W",
        help=f"how much their probability counts (default {BIGRAM_WEIGHT})",
    )  # fmt: skip


def check(parser: argparse.ArgumentParser, options: argparse.Namespace, *more: str) -> None:
    """End with status 2 where an option is given without what it belongs to; `more`: the names of
    others that are the beam's."""
    needs = [
        *((name, "--decoder beam", options.decoder == "beam") for name in
          ("lexicon", "lexicon_bonus", "lexicon_only", "bigrams", "bigram_weight", *more)),
        *((name, "--lexicon", options.lexicon) for name in ("lexicon_bonus", "lexicon_only")),
        ("bigram_weight", "--bigrams", options.bigrams),
    ]  # fmt: skip
    for name, needed, is_there in needs:
        if getattr(options, name) not in (None, False) and not is_there:
            parser.error(f"--{name.replace('_', '-')} needs {needed}")


def search(options: argparse.Namespace, alphabet: Alphabet, n_best: int = 0) -> Search:
    """What the options say, for a network with this alphabet.

    Raises DatasetError where a file cannot be read, is not UTF-8 or holds nothing of use.
    """
    if options.decoder == "auto":
        return Search("auto", _korean(alphabet)) if alphabet.kind == "jamo" else GREEDY
    return Search(options.decoder, _language(options, alphabet), n_best)


@lru_cache(maxsize=1)
def _korean(alphabet: Alphabet) -> LanguageModel:
    """How letters follow each other in the words that the synthesiser writes and knows."""
    texts = language(WORDS)
    labels = (alphabet.encode(text) for text in texts if not alphabet.missing(text))
    return LanguageModel(Letters(labels, alphabet.n_classes, ORDER), LETTERS_WEIGHT)


def _language(options: argparse.Namespace, alphabet: Alphabet) -> LanguageModel | None:
    if options.lexicon is None and options.bigrams is None:
        return None
    letters, weight, bonus, words = None, 0.0, 0.0, frozenset[tuple[int, ...]]()
    if options.bigrams is not None:
        letters = Letters(_labels(options.bigrams, alphabet), alphabet.n_classes, order=2)
        weight = BIGRAM_WEIGHT if options.bigram_weight is None else options.bigram_weight
    if options.lexicon is not None:
        found = _labels(options.lexicon, alphabet)
        words = frozenset(tuple(label_L.tolist()) for label_L in found)
        bonus = LEXICON_BONUS if options.lexicon_bonus is None else options.lexicon_bonus
    space = alphabet.symbols.index(" ") + 1 if " " in alphabet.symbols else 0
    return LanguageModel(letters, weight, words, bonus, options.lexicon_only, space)


def _labels(path: Path, alphabet: Alphabet) -> list[I64]:
    """The lines that the alphabet can spell; how many it cannot is said on stderr."""
    found, foreign, total = [], "", 0
    for line in _lines(path):
        total += 1
        try:
            found.append(alphabet.encode(line))
        except AlphabetError as error:
            foreign = foreign or str(error)
    if not found:
        cause = f": {foreign}" if foreign else ""
        raise DatasetError(f"{path}: no line of it can be read with this network{cause}")
    if len(found) < total:
        left_out = f"{total - len(found):,} of {total:,} lines are left out"
        console.say(f"{path}: {left_out}, the first because {foreign}")
    return found


def _lines(path: Path) -> Iterator[str]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise DatasetError(f"{path}: cannot be read ({error.strerror}); check the path") from error
    except UnicodeDecodeError as error:
        raise DatasetError(
            f"{path}: is not UTF-8 (byte {error.start}); save it as UTF-8"
        ) from error
    return (line.strip() for line in text.splitlines() if line.strip())


def _finite(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = np.inf
    if not np.isfinite(number):
        raise argparse.ArgumentTypeError(f"{text!r} is not a number")
    return number


def _weight(text: str) -> float:
    number = _finite(text)
    if number < 0:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of 0 or more")
    return number
