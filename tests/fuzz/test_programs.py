"""Random programs in source: the right value and gradient, or a refusal; the arguments untouched; twice the same.

The tangent agrees with the gradient, and second derivatives with differences of the gradient.
"""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import srcad
from srcad.errors import InternalError, SrcadError
from tests import reference
from tests.fuzz import programs
from tests.modules import module_at

SEEDS = range(160)
SEEDS_OF_TANGENTS = range(1000, 1080)
ACTIVE = (0, 1, 2, 3)


def points(seed: int) -> list[tuple[Any, ...]]:
    """Two sizes, rows and columns first, a vector with gaps in memory."""
    rng = np.random.default_rng(seed)

    def make(n: int, m: int) -> tuple[Any, ...]:
        return rng.normal(size=n), rng.normal(size=n), rng.normal(size=(m, n)), float(rng.normal()), 1

    first, (x, z, A, s, k), (gaps, *others) = make(5, 3), make(6, 4), make(4, 3)
    return [first, (x, z, np.asfortranarray(A), s, k), (np.repeat(gaps, 2)[::2], *others)]


def fresh(args: tuple[Any, ...]) -> tuple[Any, ...]:
    """Copies of the same layout."""
    return tuple(_copy(a) if isinstance(a, np.ndarray) else a for a in args)


def _copy(a: np.ndarray) -> np.ndarray:
    return np.repeat(a, 2)[::2] if a.ndim == 1 and not a.flags.c_contiguous else a.copy(order="K")


def load(seed: int, size: int, folder: Path) -> Any:
    """The program, from a file of its own: srcad reads source."""
    path = folder / f"program_{seed}.py"
    path.write_text(programs.source(seed, size))
    module = module_at(path)
    return module.f


def check(f: Any, seed: int) -> str:
    """What came out: "right" or "refused"; AssertionError for anything else."""
    derived = srcad.value_and_grad(f, ACTIVE)
    for args in points(seed):
        due = f(*fresh(args))
        given = fresh(args)
        try:
            value, gradient = derived(*given)
            _, again = derived(*given)
        except InternalError:
            raise
        except SrcadError as error:
            assert error.span is not None, error
            return "refused"
        assert all(np.array_equal(a, b) for a, b in zip(given, args, strict=True)), "the arguments were modified"
        assert all(np.array_equal(a, b, equal_nan=True) for a, b in zip(gradient, again, strict=True))
        np.testing.assert_allclose(value, due, rtol=1e-9, atol=1e-10)
        check_direction(f, args, gradient, seed)
    return "right"


def check_direction(f: Any, args: tuple[Any, ...], gradient: tuple[Any, ...], seed: int) -> None:
    """Along one direction, unless there is a kink nearby."""
    direction = direction_of(args, seed)
    due = reference.ridders(lambda t: np.array([float(f(*moved(args, direction, t)))]), 1e-3)
    size = max(1.0, abs(due.value[0]))
    if due.error < 1e-6 * size:
        assert abs(reference.inner(gradient, direction) - due.value[0]) < 1e-5 * size


def direction_of(args: tuple[Any, ...], seed: int) -> tuple[Any, ...]:
    rng = np.random.default_rng(seed + 1)
    drawn = [rng.normal(size=np.shape(args[k])) for k in ACTIVE]
    return tuple(d if d.ndim else float(d) for d in drawn)


def moved(args: tuple[Any, ...], direction: tuple[Any, ...], t: float) -> list[Any]:
    there = list(fresh(args))
    for k in ACTIVE:
        there[k] = there[k] + t * direction[k] if k == 3 else _shifted(there[k], t * direction[k])
    return there


def _shifted(a: np.ndarray, by: np.ndarray) -> np.ndarray:
    """In place, so that the layout stays."""
    a += by
    return a


def check_tangents(f: Any, seed: int) -> str:
    """The tangent against the gradient, the tangent of the gradient against its differences."""
    args = points(seed)[seed % 3]
    direction = direction_of(args, seed)
    gradient = srcad.grad(f, ACTIVE)
    try:
        value, tangent = srcad.jvp(f, fresh(args), (*direction, None))
        bars, bent = gradient(*fresh(args)), srcad.hvp(f, ACTIVE)(*fresh(args), direction)
    except InternalError:
        raise
    except SrcadError as error:
        assert error.span is not None, error
        return "refused"
    np.testing.assert_allclose(value, f(*fresh(args)), rtol=1e-9, atol=1e-10)
    along = reference.inner(bars, direction)
    if not np.isfinite(along):
        return "right"
    assert abs(along - tangent) < 1e-7 * max(1.0, abs(along)), "the tangent"
    due = reference.ridders(lambda t: reference.flat(gradient(*moved(args, direction, t))), 1e-3)
    size = max(1.0, np.max(np.abs(due.value)))
    if due.error < 1e-5 * size:
        assert np.max(np.abs(due.value - reference.flat(bent))) < 1e-4 * size, "the second order"
    return "right"


@pytest.mark.parametrize(("checked", "seeds"), [(check, SEEDS), (check_tangents, SEEDS_OF_TANGENTS)])
def test_programs(checked: Any, seeds: range, tmp_path: Path) -> None:
    counts = {"right": 0, "refused": 0}
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        for seed in seeds:
            size = 4 + seed % 4
            try:
                counts[checked(load(seed, size, tmp_path), seed)] += 1
            except Exception as error:
                pytest.fail(f"seed {seed}: {error}\n{programs.source(seed, size)}")
    assert counts["refused"] <= 0.05 * counts["right"], counts


def test_generator_is_deterministic() -> None:
    assert programs.source(3) == programs.source(3) != programs.source(4)
