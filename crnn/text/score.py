"""How far a reading is from the truth: edit distance, alignment, corpus CER.

Corpus CER is total edits / total characters of the truth, not a mean of rates; it may pass 1.
Jamo CER is the same on split syllables, so one wrong letter of 한 costs 1 of 3 and not 1 of 1.
Distance: Hyyrö's bit-parallel form of Myers 1999, one column of the table in two integers.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, NamedTuple
from unicodedata import normalize

from crnn.errors import DatasetError
from crnn.text.jamo import FINALS, INITIALS, MEDIALS, spell

EditKind = Literal["same", "substituted", "inserted", "deleted"]
Places = tuple[int, int, int]
"""A count each for initials, vowels and finals."""

_PLACES = (frozenset(INITIALS), frozenset(MEDIALS), frozenset(FINALS))


class Edit(NamedTuple):
    """One step of an alignment. "inserted": the output has a character too many.

    `i` is the position in the output, `j` in the truth: of the character, or, where one side has
    none, of the gap before which it stands.
    """

    kind: EditKind
    i: int
    j: int


def edit_distance(a: str, b: str) -> int:
    """The fewest insertions, deletions and substitutions that turn `a` into `b`."""
    if a == b:
        return 0
    if not a or not b:
        return len(a) + len(b)
    rows: dict[str, int] = {}
    for i, char in enumerate(a):
        rows[char] = rows.get(char, 0) | 1 << i
    full = (1 << len(a)) - 1
    last = 1 << (len(a) - 1)
    up, down, distance = full, 0, len(a)  # bits: the column grows by +1 (up) or -1 (down) at row i
    for char in b:
        equal = rows.get(char, 0)
        diagonal = (((equal & up) + up) ^ up) | equal | down
        right = down | (full & ~(diagonal | up))
        left = up & diagonal
        distance += bool(right & last) - bool(left & last)
        right = right << 1 | 1
        up = full & (left << 1 | ~(diagonal | right))
        down = right & diagonal & full
    return distance


def alignment(output: str, truth: str) -> tuple[Edit, ...]:
    """A shortest sequence of edits from `output` to `truth`, left to right.

    Where several are shortest, a pair of characters is preferred to a gap, from the right end.
    """
    cost = _cost_table(output, truth)
    i, j = len(output), len(truth)
    edits: list[Edit] = []
    while i or j:
        is_equal = i > 0 and j > 0 and output[i - 1] == truth[j - 1]
        if i and j and cost[i][j] == cost[i - 1][j - 1] + (not is_equal):
            i, j = i - 1, j - 1
            edits.append(Edit("same" if is_equal else "substituted", i, j))
        elif i and cost[i][j] == cost[i - 1][j] + 1:
            i -= 1
            edits.append(Edit("inserted", i, j))
        else:
            j -= 1
            edits.append(Edit("deleted", i, j))
    return tuple(reversed(edits))


def wrong_positions(output: str, truth: str) -> tuple[bool, ...]:
    """For each character of `output`, whether the truth has another one there, or none."""
    return tuple(edit.kind != "same" for edit in alignment(output, truth) if edit.kind != "deleted")


@dataclass(frozen=True, slots=True)
class Score:
    """Counts over a corpus; the rates are fractions of its totals. Scores add.

    place_edits counts the edits of `jamo_edits` by the letter of the truth they concern, or, where
    a letter is too many, by that letter; digits, Latin and marks are in none of the three.
    """

    n: int = 0
    n_exact: int = 0
    edits: int = 0
    characters: int = 0
    jamo_edits: int = 0
    jamo: int = 0
    place_edits: Places = (0, 0, 0)
    place_jamo: Places = (0, 0, 0)

    def __add__(self, other: Score) -> Score:
        return Score(
            self.n + other.n,
            self.n_exact + other.n_exact,
            self.edits + other.edits,
            self.characters + other.characters,
            self.jamo_edits + other.jamo_edits,
            self.jamo + other.jamo,
            _sum(self.place_edits, other.place_edits),
            _sum(self.place_jamo, other.place_jamo),
        )

    @property
    def cer(self) -> float:
        """Edits per character of the truth. Raises DatasetError where there is none."""
        return _rate(self.edits, self.characters)

    @property
    def jamo_cer(self) -> float:
        """Edits per jamo of the truth. Raises DatasetError where there is none."""
        return _rate(self.jamo_edits, self.jamo)

    @property
    def place_cer(self) -> tuple[float | None, float | None, float | None]:
        """Edits per initial, vowel and final of the truth; None where the truth has none."""
        initial, vowel, final = (
            edits / total if total else None
            for edits, total in zip(self.place_edits, self.place_jamo, strict=True)
        )
        return initial, vowel, final

    @property
    def exact(self) -> float:
        """The share of texts that were read without a fault. Raises DatasetError where n is 0."""
        return _rate(self.n_exact, self.n)


def score(pairs: Iterable[tuple[str, str]]) -> Score:
    """Score (output, truth) pairs; both are taken as NFC."""
    total = Score()
    for pair in pairs:
        output, truth = (normalize("NFC", text) for text in pair)
        output_jamo, truth_jamo = spell(output), spell(truth)
        total += Score(
            1,
            int(output == truth),
            edit_distance(output, truth),
            len(truth),
            edit_distance(output_jamo, truth_jamo),
            len(truth_jamo),
            _place_edits(output_jamo, truth_jamo),
            _by_place(truth_jamo),
        )
    return total


def confusion(pairs: Iterable[tuple[str, str]]) -> Counter[tuple[str, str]]:
    """How often (letter of the truth, what stands there in the output); "" where there is none.

    Letters are split syllables' jamo; what was read rightly is not counted.
    """
    found: Counter[tuple[str, str]] = Counter()
    for output, truth in pairs:
        read, meant = (spell(normalize("NFC", text)) for text in (output, truth))
        for edit in alignment(read, meant) if read != meant else ():
            if edit.kind != "same":
                letter = "" if edit.kind == "inserted" else meant[edit.j]
                found[letter, "" if edit.kind == "deleted" else read[edit.i]] += 1
    return found


def _sum(a: Places, b: Places) -> Places:
    return a[0] + b[0], a[1] + b[1], a[2] + b[2]


def _by_place(jamo: str) -> Places:
    initial, vowel, final = (sum(letter in place for letter in jamo) for place in _PLACES)
    return initial, vowel, final


def _place_edits(output: str, truth: str) -> Places:
    if output == truth:
        return 0, 0, 0
    wrong = (edit for edit in alignment(output, truth) if edit.kind != "same")
    return _by_place("".join(output[e.i] if e.kind == "inserted" else truth[e.j] for e in wrong))


def _rate(count: int, total: int) -> float:
    if total == 0:
        raise DatasetError("there is no text to score against; give at least one labelled picture")
    return count / total


def _cost_table(a: str, b: str) -> list[list[int]]:
    """cost[i][j]: edit distance of a[:i] and b[:j]."""
    cost = [list(range(len(b) + 1))]
    for i, left in enumerate(a, start=1):
        above, row = cost[-1], [i]
        for j, right in enumerate(b, start=1):
            row.append(min(above[j] + 1, row[-1] + 1, above[j - 1] + (left != right)))
        cost.append(row)
    return cost
