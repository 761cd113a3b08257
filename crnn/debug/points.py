"""Points: what a person wants to be told of, as values: conditions, breakpoints, watches, hits.

One idea: a condition is a reading at every step and a rule for two readings that follow each other.
So "loss > 5" hits where it becomes true, not at each step it stays so, and whether a step is a hit
depends on that step and the one before it alone: forwards and backwards find the same steps.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, fields, replace
from typing import TYPE_CHECKING, Any, Literal, TypeVar, get_args

from crnn.errors import RecordingError

if TYPE_CHECKING:  # the window is painted before the engine is loaded
    from crnn.debug.inner import Form
    from crnn.debug.moment import Name
    from crnn.debug.series import Series

Kind = Literal[
    "when", "changes", "sign", "text", "right", "forgotten", "in_batch", "non_finite", "line"
]  # fmt: skip
"""when: the expression becomes true. changes: its value (a number, an element, a region) is another
than a step before. sign: its sign is. text: what is read in the sample changes; right: it becomes
the truth; forgotten: it was the truth. in_batch: the sample enters the batch. non_finite: a NaN or
infinity stands in any tensor. line: a line of code is executed for the sample on screen; looked for
by runs at level line alone, so that no other run pays for it."""

Made = TypeVar("Made", bound="Condition | Point | Watch | Hit")
WITH_EXPRESSION = frozenset({"when", "changes", "sign"})
ABOUT_TEXT = frozenset({"text", "right", "forgotten"})


@dataclass(frozen=True, slots=True)
class Condition:
    """What to look for. `text` is the expression of the kinds that have one, `sample` the one it is
    about (-1: none).

    `is_thorough`: for when, hit at every step at which it is true, not only where it becomes so;
    for a text, read the sample at every step, also where it is not in the batch; for non_finite,
    look into activations and moments too, and not only at what training itself checks.

    Of a line: its `file` within the package ("ctc/linear.py"), its number, and its `code`, by which
    it is found again where the file has changed. Its `text` is over the names of the function at
    that line; "" for always.
    """

    kind: Kind
    text: str = ""
    sample: int = -1
    is_thorough: bool = False
    file: str = ""
    line: int = 0
    code: str = ""


@dataclass(frozen=True, slots=True)
class Point:
    """A breakpoint. `logs_only`: it notes its hits and stops nothing. The first `ignore` hits do
    not stop either. `number` is given by the book of points and never given twice."""

    number: int
    condition: Condition
    is_on: bool = True
    logs_only: bool = False
    ignore: int = 0


@dataclass(frozen=True, slots=True)
class Watch:
    """An expression whose value is kept for every step; `sample` as in a Condition. `is_drawn`:
    TIME has a curve of it."""

    number: int
    text: str
    sample: int = -1
    is_drawn: bool = True


@dataclass(frozen=True, slots=True)
class Spot:
    """A moment within a step: whose, of which text, in which phase, its place in that recording."""

    sample: int
    form: Form
    phase: int
    place: int


@dataclass(frozen=True, slots=True)
class Hit:
    """Point `number` hit at state `step`; `before` and `now` are its readings as text. `spot`: of a
    line, where within that step."""

    number: int
    step: int
    before: str
    now: str
    spot: Spot | None = None

    @property
    def key(self) -> tuple[int, int, int]:
        """What tells it from the point's other hits, in the order of execution."""
        spot = self.spot
        return (self.step, -1, -1) if spot is None else (self.step, spot.phase, spot.place)


@dataclass(frozen=True, slots=True)
class Kept:
    """What a run keeps of its points: they outlive the window."""

    points: tuple[Point, ...] = ()
    watches: tuple[Watch, ...] = ()
    hits: tuple[Hit, ...] = ()


NON_FINITE = Point(1, Condition("non_finite"))
"""Every run has this one ready-made: it costs nothing until it hits."""
FRESH = Kept(points=(NON_FINITE,))


# ---- as a frame shows them ----


@dataclass(frozen=True, slots=True)
class PointRow:
    """A breakpoint as it stands. `last` is its newest hit, `here` the one the run stopped at;
    `cost_ms` a step; `fault` why it cannot be read, or ""."""

    point: Point
    n_hits: int
    last: Hit | None
    here: Hit | None
    cost_ms: float
    fault: str


@dataclass(frozen=True, slots=True)
class WatchRow:
    """A watch and its values so far, to be read like `Frame.reports`; `n_values` rows may be.
    `filling` while its past is being computed, or waits to be."""

    watch: Watch
    series: Series
    n_values: int
    cost_ms: float
    fault: str
    filling: Filling | None = None


@dataclass(frozen=True, slots=True)
class Filling:
    """How far the past of a watch has been computed: `done` of `total` steps; eta_s NaN: not known
    yet. total 0: another watch is filled first."""

    done: int
    total: int
    eta_s: float


@dataclass(frozen=True, slots=True)
class Watching:
    """Breakpoints, watches, the newest hits (newest last), and the names that expressions may use
    beside those of a sample."""

    points: tuple[PointRow, ...]
    watches: tuple[WatchRow, ...]
    hits: tuple[Hit, ...]
    names: tuple[Name, ...]


# ---- as a run keeps them ----


def to_json(kept: Kept) -> str:
    """What `from_json` reads."""
    return json.dumps(asdict(kept), ensure_ascii=False, indent=1) + "\n"


def from_json(text: str, source: str) -> Kept:
    """Raises RecordingError, naming `source`, where the text is not what `to_json` wrote."""
    try:
        table: dict[str, list[dict[str, Any]]] = json.loads(text)
        points = tuple(
            _typed(Point(**{**row, "condition": _typed(Condition(**row["condition"]))}))
            for row in table["points"]
        )
        watches = tuple(_typed(Watch(**row)) for row in table["watches"])
        hits = tuple(_typed(_hit(row)) for row in table["hits"])
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise RecordingError(
            f"{source}: damaged or foreign ({error}); remove it, its breakpoints are lost"
        ) from error
    return Kept(points, watches, hits)


def _typed(made: Made) -> Made:
    """`made`, once every field holds what it says. Raises TypeError and ValueError."""
    plain = {"int": int, "str": str, "bool": bool}
    for field in fields(made):
        value, kind = getattr(made, field.name), plain.get(str(field.type))
        if kind is not None and type(value) is not kind:
            raise TypeError(f"{field.name} is {str(value)[:40]!r}")
        if field.name == "kind" and value not in get_args(Kind):
            raise ValueError(f"kind is {str(value)[:40]!r}")
    return made


def _hit(row: dict[str, Any]) -> Hit:
    spot = row.get("spot")
    return Hit(**{**row, "spot": None if spot is None else Spot(**spot)})


def without_hits(kept: Kept) -> Kept:
    """The same points and watches for another run."""
    return replace(kept, hits=())
