"""Programs that grow by being run: statements are proposed for what there is at a place, and kept if they run.

So the generator needs to know little of Python or NumPy: kinds, shapes and sharing are looked at, not kept account of,
and whatever runs may be proposed: classes, containers in containers, views of views, generators, exceptions, arrays
without elements. At the first point a grown program runs through; at others it may raise, and then what is derived of
it must raise that too.
"""

from __future__ import annotations

import copy
import random
import signal
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from tests.fuzz import prelude
from tests.fuzz.scenes import Place, Scene
from tests.fuzz.statements import Proposals

BOUND = 30.0
SECONDS = 2
NOTHING_THERE = (IndexError, StopIteration)  # of the kind that a proposal needs
HEAD = "def f(x, y, A, s, c, k):"


@dataclass
class Compound:
    """`if`, `for`, `try`, ...: heads, each with a block."""

    sections: list[tuple[str, list[Statement]]] = field(default_factory=list)


Statement = str | Compound


@dataclass(frozen=True)
class Program:
    """The body of f, and what it returns."""

    seed: int
    body: list[Statement]
    result: str

    @property
    def source(self) -> str:
        lines = [HEAD, *written(self.body), f"    return {self.result}"]
        return prelude.TEXT + "\n" + "\n".join(lines) + "\n"


class NotKept(Exception):
    """A proposal that doesn't run, or leads to numbers that are too large."""


def points(seed: int) -> list[tuple[Any, ...]]:
    """Arguments: of three sizes, the last one small."""
    rng = np.random.default_rng(seed)
    kind, narrow = rng.integers(7), rng.random() < 0.1

    def make(n: int, m: int) -> tuple[Any, ...]:
        def vector(size: int) -> np.ndarray:
            return rng.normal(size=size)

        def container() -> Any:
            space = namespace()
            return (
                {"w": vector(n), "b": float(rng.normal())},
                [vector(n), vector(m)],
                (vector(n), float(rng.normal())),
                space["Pair"](vector(n), [float(v) for v in vector(2)]),
                space["Layer"](vector(n), float(rng.normal()), [vector(n)]),
                {"layers": [{"w": vector(n)}, {"w": vector(n)}], "rate": 0.5},
                [[float(v) for v in vector(3)] for _ in range(2)],
            )[kind]

        y = vector(n).astype(np.float32) if narrow else vector(n)
        return vector(n), y, rng.normal(size=(m, n)), float(rng.normal()), container(), int(rng.integers(0, 2))

    small = (0 if rng.random() < 0.3 else int(rng.integers(1, 3)), int(rng.integers(1, 3)))
    return [make(4, 3), make(*(int(v) for v in rng.integers(2, 6, size=2))), make(*small)]


_SPACE: dict[str, Any] = {}


def namespace() -> dict[str, Any]:
    """The prelude, executed once."""
    if not _SPACE:
        exec(compile(prelude.TEXT, "<prelude>", "exec"), _SPACE)
    return _SPACE


def grow(seed: int, size: int = 7) -> Program:
    """The program of a seed, of about `size` statements."""
    return Grower(seed).grown(size)


class Grower:
    """Grows one program."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.random = random.Random(seed)
        self.args = points(seed)[0]
        self.body: list[Statement] = []
        self.depth = 0
        self.hidden: set[str] = set()  # names that a block has made, most of which are left alone behind it
        self.seen: dict[str, dict[str, Any] | None] = {}  # by the text of the program so far: the variables at its end

    def grown(self, size: int) -> Program:
        self.fill(self.body, size)
        return Program(self.seed, self.body, self.result())

    # ---- growing

    def fill(self, block: list[Statement], size: int) -> None:
        kept = tries = 0
        while kept < size and tries < 6 * size:
            tries += 1
            kept += self.add(block)

    def add(self, block: list[Statement]) -> bool:
        """Whether a proposal was kept at the end of a block."""
        scene = self.scene(block)
        if scene is None:
            return False
        proposals = Proposals(scene, self.random)
        if self.depth < 2 and self.random.random() < 0.3:
            return self.add_compound(block, proposals)
        try:
            lines = proposals.simple()
        except NOTHING_THERE:
            return False
        before = len(block)
        block.extend(lines)
        if self.runs() and (not self.depth or self.random.random() < 0.1 or self.kinds_last(scene, block)):
            return True
        del block[before:]
        return False

    def kinds_last(self, before: Scene, block: list[Statement]) -> bool:
        """Whether names are still of the kinds that they were of: few programs change these in a loop or a branch."""
        after = self.scene(block)
        known = after.names if after is not None else {}
        return all(kind(known[name]) == kind(value) for name, value in before.names.items() if name in known)

    def add_compound(self, block: list[Statement], proposals: Proposals) -> bool:
        try:
            before, heads = proposals.compound()
        except NOTHING_THERE:
            return False
        start = len(block)
        made = Compound([(head, ["pass"]) for head in heads])
        block.extend([*before, made])
        if not self.runs():
            del block[start:]
            return False
        names = self.names(block[:start])
        self.depth += 1
        for _, inner in made.sections:
            inner.clear()
            self.fill(inner, self.random.randrange(1, 4))
            if not inner:
                inner.append("pass")
        self.depth -= 1
        if made.sections[0][1] == ["pass"]:
            del block[start:]
            return False
        self.hidden |= {name for name in sorted(self.names(block) - names) if self.random.random() < 0.9}
        return True

    def names(self, block: list[Statement]) -> set[str]:
        scene = self.scene(block)
        return set(scene.names) if scene is not None else set()

    def result(self) -> str:
        """All that there is at the end, so that nothing that is wrong goes unseen."""
        scene = self.scene(self.body)
        assert scene is not None
        terms = [term_of(p) for p in scene.places if p.text.count("[") < 3 and "None" not in p.text]
        wanted = [t for t in dict.fromkeys(terms) if t]
        chosen = wanted if len(wanted) < 16 else self.random.sample(wanted, 16)
        kept = [term for term in chosen if self.runs(term)]
        return " + ".join(kept) if kept and self.runs(" + ".join(kept)) else "0.5"

    # ---- running

    def scene(self, block: list[Statement]) -> Scene | None:
        """The variables at the end of a block, when it is run through last; None if it never is."""
        block.append("see(locals())")
        text = lines_of(self.body, "0.0")
        block.pop()
        if text not in self.seen:  # most proposals aren't kept, and leave the program as it was
            self.seen[text] = variables(text, self.args)
        seen = self.seen[text]
        if seen is None:
            return None
        return Scene({name: value for name, value in seen.items() if name not in self.hidden}, self.random)

    def runs(self, result: str = "0.0") -> bool:
        """Whether the program runs at the first point, to its end, and stays small."""
        ends: list[dict[str, Any]] = []
        try:
            value = run(lines_of([*self.body, "see(locals())"], result), self.args, ends.append)
            for names in ends:
                bounded(names)
        except Exception:
            return False
        return bool(ends and np.ndim(value) == 0 and np.isfinite(value) and abs(value) < 1e3)


def kind(value: Any) -> str:
    if isinstance(value, (bool, np.bool_, int, np.integer, float, np.floating)):
        return "number"
    return f"array {value.ndim}" if isinstance(value, np.ndarray) else type(value).__name__


def term_of(place: Place) -> str:
    if place.is_array or (isinstance(place.value, np.ndarray) and place.value.dtype.kind in "ib"):
        return f"weigh({place.text})" if place.value.dtype.kind == "f" else ""
    return f"np.sin({place.text})" if place.is_number else ""


def bounded(names: dict[str, Any]) -> None:
    """Raises NotKept where a number has become large, which makes differences inexact, or a container is in itself."""
    if any(is_in_itself(value) for value in names.values()):
        raise NotKept
    for value in leaves(list(names.values()), 5):
        if not np.all(np.isfinite(value)) or np.max(np.abs(value), initial=0.0) > BOUND:
            raise NotKept


def is_in_itself(value: Any, above: tuple[int, ...] = ()) -> bool:
    if id(value) in above:
        return True
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, (list, tuple)) else ()
    return any(is_in_itself(item, (*above, id(value))) for item in inner)


def leaves(value: Any, depth: int) -> Iterator[Any]:
    if isinstance(value, (float, np.floating)):
        yield value
    elif isinstance(value, np.ndarray) and value.dtype.kind == "f":
        yield value
    elif depth and isinstance(value, (list, tuple, dict)):
        for item in value.values() if isinstance(value, dict) else value:
            yield from leaves(item, depth - 1)
    elif depth and hasattr(value, "__dict__") and not callable(value):
        for item in vars(value).values():
            yield from leaves(item, depth - 1)


def written(body: list[Statement], indent: int = 1) -> list[str]:
    """Lines of a block."""
    lines = []
    for statement in body:
        if isinstance(statement, str):
            lines.append("    " * indent + statement)
        else:
            for head, inner in statement.sections:
                lines.append("    " * indent + head)
                lines += written(inner, indent + 1)
    return lines


def lines_of(body: list[Statement], result: str) -> str:
    return "\n".join([HEAD, *written(body), f"    return {result}"])


def run(text: str, args: tuple[Any, ...], see: Callable[[dict[str, Any]], None]) -> Any:
    """f at `args`, which are copied; `see` gets the local variables where the text calls it."""
    space = {**namespace(), "see": see}
    try:
        with np.errstate(all="ignore"), limited(SECONDS):
            exec(compile(text, "<grown>", "exec"), space)
            return space["f"](*copy.deepcopy(args))
    except OutOfTime:
        raise NotKept("it takes too long") from None


def variables(text: str, args: tuple[Any, ...]) -> dict[str, Any] | None:
    """The variables where the text calls `see` last; None if it never does."""
    last: list[dict[str, Any]] = []

    def see(names: dict[str, Any]) -> None:
        last[:] = [copy.deepcopy(names)]

    with suppress(Exception):  # behind the place that is looked at, or before it
        run(text, args, see)
    return last[0] if last else None


def runs(program: Program) -> bool:
    """Whether a program runs at its first point."""
    try:
        run(lines_of(program.body, program.result), points(program.seed)[0], bounded)
    except Exception:
        return False
    return True


class OutOfTime(BaseException):  # noqa: N818 - no error, and nothing that a program's own handlers catch
    """Something takes too long."""


class limited:  # noqa: N801  (reads as a statement)
    """Raises OutOfTime in what takes more of the processor's time, whatever else the machine does meanwhile.

    Again and again, as what it is raised in may go on; one within another is limited by both.
    """

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds

    def __enter__(self) -> None:
        self.handler = signal.signal(signal.SIGPROF, self.stop)
        self.left, _ = signal.setitimer(signal.ITIMER_PROF, self.seconds, 1.0)
        if 0.0 < self.left < self.seconds:
            signal.setitimer(signal.ITIMER_PROF, self.left, 1.0)

    def __exit__(self, *raised: object) -> None:
        now, _ = signal.setitimer(signal.ITIMER_PROF, 0.0)
        signal.signal(signal.SIGPROF, self.handler)
        if self.left:
            used = max(min(self.left, self.seconds) - now, 0.0)
            signal.setitimer(signal.ITIMER_PROF, max(self.left - used, 0.01), 1.0)

    @staticmethod
    def stop(*_: object) -> None:
        raise OutOfTime
