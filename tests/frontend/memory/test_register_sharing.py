"""Copies and views: every function of the catalogue, by the calls of the register.

For each call two programs are made: one writes into the result and then reads the operands, one writes into the
operands and then reads the result. What NumPy does with them is what is right. Operands come in C order, in Fortran
order and with gaps between their elements, as some functions give a view of the one and a copy of the other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

import srcad
from srcad.errors import SrcadError
from tests import reference
from tests.modules import module_at
from tests.rules.register.cases import CASES
from tests.rules.register.operands import moves, operand
from tests.rules.register.programs import HEADER, Case

pytest.importorskip("scipy.special")

WEIGH = """

def weigh(v):
    return np.sum(v * np.sin(np.arange(1.0, np.size(v) + 1.0)).reshape(np.shape(v)))

"""
# of a number it gives an array without dimensions, and srcad a number
NUMBERS = ("np.i0",)
MOST_REFUSED = 40  # views in other orders, windows, writes through np.broadcast_arrays


def _strided(value: np.ndarray) -> np.ndarray:
    room = np.zeros((*value.shape, 2))
    room[..., 0] = value
    return room[..., 0]


LAYOUTS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "C": lambda value: value.copy(),
    "F": lambda value: value.copy(order="F"),
    "gaps": _strided,
}


@dataclass(frozen=True)
class Shared:
    """A case with the places of arrays in its result."""

    case: Case
    places: tuple[tuple[str, str], ...]

    @property
    def sources(self) -> list[str]:
        return [name for name in self.case.names if moves(name) and isinstance(operand(name), np.ndarray)]

    def text(self, k: int) -> str:
        names = ", ".join(self.case.names)
        read = [f"weigh({place})" if kind == "f" else _of_complex(place) for place, kind in self.places]
        total = " + ".join([*read, *(f"weigh({name})" for name in self.sources)])
        changed = {"into_result": [place for place, _ in self.places], "into_operands": self.sources}
        parts = []
        for label, places in changed.items():
            writes = "".join(f"    {place}[...] *= 1.7\n" for place in places)
            parts.append(f"def {label}{k}({names}):\n    r = {self.case.text}\n{writes}    return {total}\n")
        return "\n\n".join(parts)


def _of_complex(place: str) -> str:
    return f"weigh({place}.real) + weigh({place}.imag)"


def _places(result: Any, label: str = "r") -> Iterator[tuple[str, str]]:
    if isinstance(result, (tuple, list)):
        for k, item in enumerate(result):
            yield from _places(item, f"{label}[{k}]")
    elif isinstance(result, np.ndarray) and result.dtype.kind in "fc":
        yield label, result.dtype.kind


def _shared(case: Case) -> Shared | None:
    if "\n" in case.text or case.text.startswith("return") or "random" in case.text or not case.active:
        return None
    if case.key in NUMBERS:
        return None
    known: dict[str, Any] = {}
    exec(HEADER, known)
    try:
        with np.errstate(all="ignore"):
            result = eval(case.text, known, {name: operand(name) for name in case.names})
    except (NameError, AttributeError, TypeError, ValueError):  # it is of other modules, or of another version of NumPy
        return None
    made = Shared(case, tuple(_places(result)))
    return made if made.places and made.sources else None


def _made(k: int, case: Case) -> Any:
    shared = _shared(case)
    return None if shared is None else pytest.param(k, shared, id=f"{k}-{case.key}")


ROWS = [row for k, case in enumerate(CASES) if (row := _made(k, case)) is not None]


@pytest.fixture(scope="session")
def programs(tmp_path_factory: pytest.TempPathFactory) -> Any:
    path = tmp_path_factory.mktemp("sharing") / "sharing_programs.py"
    path.write_text(HEADER + WEIGH + "\n\n".join(row.values[1].text(row.values[0]) for row in ROWS))
    return module_at(path)


@pytest.fixture(scope="session")
def refused() -> list[str]:
    return []


@pytest.mark.parametrize(("k", "shared"), ROWS)
def test_copies_are_copies_and_views_are_views(k: int, shared: Shared, programs: Any, refused: list[str]) -> None:
    for label in ("into_result", "into_operands"):
        for layout, lay in LAYOUTS.items():
            if layout == "F" and all(np.ndim(operand(name)) < 2 for name in shared.sources):
                continue
            f = getattr(programs, f"{label}{k}")
            with np.errstate(all="ignore"):
                try:
                    _check(f, shared.case, lay)
                except SrcadError as error:
                    refused.append(f"{label} {layout} {shared.case.text}: {error}")
    assert len(refused) <= MOST_REFUSED, refused


def _check(f: Callable[..., Any], case: Case, lay: Callable[[np.ndarray], np.ndarray]) -> None:
    def fresh() -> list[Any]:
        return [lay(v) if isinstance(v, np.ndarray) and moves(n) else v for n in case.names for v in (operand(n),)]

    try:
        due = f(*fresh())
    except ValueError as error:
        assert "read-only" in str(error)
        with pytest.raises((ValueError, SrcadError)):
            srcad.grad(f, case.active)(*fresh())
        return
    given = fresh()
    value, gradient = srcad.value_and_grad(f, case.active)(*given)
    assert all(np.array_equal(a, b) for a, b in zip(given, fresh(), strict=True)), "an argument has been changed"
    np.testing.assert_allclose(value, due, rtol=1e-9, atol=1e-12)
    if lay is LAYOUTS["C"]:
        _check_direction(f, case, fresh, gradient)


def _check_direction(f: Callable[..., Any], case: Case, fresh: Callable[[], list[Any]], gradient: Any) -> None:
    drawn = np.random.default_rng(0)
    direction = [drawn.normal(size=np.shape(operand(case.names[k]))) for k in case.active]

    def along(t: float) -> float:
        args = fresh()
        for k, d in zip(case.active, direction, strict=True):
            if isinstance(args[k], np.ndarray):
                args[k] += t * d
            else:
                args[k] = args[k] + t * float(d)
        return float(f(*args))

    wide, narrow = ((along(h) - along(-h)) / (2 * h) for h in (2e-4, 1e-4))
    due = (4 * narrow - wide) / 3
    scale = max(1.0, abs(due))
    if abs(wide - narrow) < 1e-4 * scale:
        assert abs(reference.inner(gradient, tuple(direction)) - due) < 1e-5 * scale
