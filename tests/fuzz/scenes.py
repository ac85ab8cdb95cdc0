"""What a program has at a point of its run, and how it can be spelled: `box.w[1:]`, `D["a"][0].T`, `L[-1].first`."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass
from functools import lru_cache
from types import CodeType
from typing import Any

import numpy as np

DEPTH = 3


@dataclass(frozen=True)
class Place:
    """An expression that can be read and written, with its value at this point of the run."""

    text: str
    value: Any

    @property
    def is_array(self) -> bool:
        return isinstance(self.value, np.ndarray) and self.value.dtype.kind == "f"

    @property
    def is_number(self) -> bool:
        return isinstance(self.value, (float, np.floating)) and not isinstance(self.value, bool)

    @property
    def is_name(self) -> bool:
        return self.text.isidentifier()


class Scene:
    """The local variables at a point."""

    def __init__(self, names: dict[str, Any], chosen: random.Random) -> None:
        self.names = names
        self.random = chosen
        self.places = [place for name, value in names.items() for place in reached(Place(name, value), DEPTH, chosen)]

    def of(self, *kinds: type) -> list[Place]:
        return [p for p in self.places if isinstance(p.value, kinds) and not isinstance(p.value, bool)]

    def arrays(self, ndim: int | None = None) -> list[Place]:
        return [p for p in self.places if p.is_array and (ndim is None or p.value.ndim == ndim)]

    def numbers(self) -> list[Place]:
        return [p for p in self.places if p.is_number]

    def one(self, places: list[Place]) -> Place:
        """One of them, names rather than parts."""
        names = [p for p in places if p.is_name]
        return self.random.choice(names if names and self.random.random() < 0.4 else places)


def reached(place: Place, depth: int, chosen: random.Random) -> Iterator[Place]:
    """A place and what can be reached from it."""
    yield place
    if depth == 0:
        return
    for part in parts(place, chosen):
        yield from reached(part, depth - 1, chosen)


def parts(place: Place, chosen: random.Random) -> Iterator[Place]:
    text, value = place.text, place.value
    if isinstance(value, np.ndarray):
        yield from views(place, chosen) if text.count("[") < 3 else ()
    elif isinstance(value, dict):
        yield from (Place(f"{text}[{key!r}]", item) for key, item in value.items())
    elif isinstance(value, tuple) and hasattr(value, "_fields"):
        yield from (Place(f"{text}.{name}", item) for name, item in zip(value._fields, value, strict=True))
    elif isinstance(value, (list, tuple)):
        spelled = [*range(min(len(value), 3)), -1] if value else []
        yield from (Place(f"{text}[{k}]", value[k]) for k in spelled)
    elif is_dataclass(value):
        yield from (Place(f"{text}.{f.name}", getattr(value, f.name)) for f in fields(value))
    elif type(value).__name__ in ("Shape", "Wide", "Store"):
        yield from (Place(f"{text}.{name}", item) for name, item in vars(value).items() if not name.startswith("_"))


@lru_cache(maxsize=128)
def _read_by(spelling: str) -> CodeType:
    return compile(f"v{spelling}", "<view>", "eval")


def views(place: Place, chosen: random.Random) -> Iterator[Place]:
    """Two of the views that an array has."""
    text, array = place.text, place.value
    spellings = ["[...]", "[:]"] if array.ndim else ["[...]"]
    if array.ndim >= 1:
        spellings += ["[1:]", "[:-1]", "[::-1]", "[::2]", "[-1:]", "[1:-1]", "[:0]", "[None]", ".T", ".ravel()"]
    if array.ndim >= 2:
        spellings += ["[0]", "[-1]", "[:, 0]", "[:, 1:]", "[..., -1]", "[::-1, ::2]", ".reshape(-1)", "[:1]", "[0, :]"]
        spellings += [".swapaxes(0, 1)", ".diagonal()"]
    for spelling in chosen.sample(spellings, min(2, len(spellings))):
        try:
            yield Place(text + spelling, eval(_read_by(spelling), {"v": array}))
        except (IndexError, ValueError):
            continue
