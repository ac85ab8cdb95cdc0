"""What srcad makes of a grown program, held against the plain run and differences.

A verdict is "right", "raised" (the program raises, and its derivative the same), "refused", or a fault: "wrong",
"unraised" (the program raises, and its derivative doesn't), "internal" (a bug that srcad has found), "crashed", "slow".
"""

from __future__ import annotations

import copy
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

import srcad
from srcad.calls.config import chosen_backend
from srcad.errors import InternalError, SrcadError
from tests import reference
from tests.fuzz.grown import OutOfTime, limited, points
from tests.modules import module_at

ACTIVE = (0, 1, 2, 3, 4)
SECONDS = 60
SECONDS_OF_DIFFERENCES = 10


@dataclass(frozen=True)
class Verdict:
    """What came out, and more about it."""

    kind: str
    detail: str = ""

    @property
    def is_fault(self) -> bool:
        return self.kind in ("wrong", "unraised", "internal", "crashed", "slow")


class Wrong(Exception):
    """An answer that isn't the right one."""


class Unraised(Exception):
    """The program raises, and what is derived of it doesn't, or raises something else."""


def verdict(source: str, seed: int, folder: Path, ways: tuple[str, ...] = ()) -> Verdict:
    """Of a program in source; `ways`: what is compared besides gradients at all points."""
    name = f"grown_{seed}"
    f = loaded(source, name, folder)
    try:
        return judged(f, seed, ways or (WAYS[seed % len(WAYS)],))
    finally:
        del sys.modules[name]


def judged(f: Any, seed: int, ways: tuple[str, ...]) -> Verdict:
    try:
        with np.errstate(all="ignore"), limited(SECONDS):
            found = [gradient(f, args, seed) for args in _points_and_derived(f, seed)]
            for way in ways:
                CHECKS[way](f, seed)
    except InternalError as error:
        return Verdict("internal", str(error))
    except SrcadError as error:
        return (
            Verdict("refused", error.what) if error.span is not None else Verdict("crashed", f"without a line: {error}")
        )
    except OutOfTime:
        return Verdict("slow")
    except Wrong as error:
        return Verdict("wrong", str(error))
    except Unraised as error:
        return Verdict("unraised", str(error))
    except Exception as error:
        return Verdict("crashed", f"{type(error).__name__}: {error}")
    return Verdict("raised" if "raised" in found else "right")


def loaded(source: str, name: str, folder: Path) -> Any:
    """The program, from a file of its own: srcad reads source."""
    path = folder / f"{name}.py"
    path.write_text(source)
    module = module_at(path, name, known=True)
    return module.f


def _points_and_derived(f: Any, seed: int) -> list[tuple[Any, ...]]:
    """Points, with containers of the classes of this program."""
    return [tuple(_of_module(a, sys.modules[f.__module__]) for a in args) for args in points(seed)]


def _of_module(value: Any, module: Any) -> Any:
    name = type(value).__name__
    if name == "Pair":
        return module.Pair(*value)
    return module.Layer(value.w, value.b, value.parts) if name == "Layer" else value


def outcome(call: Any, args: tuple[Any, ...]) -> tuple[Any, Exception | None]:
    """The result, or the exception."""
    try:
        return call(*args), None
    except SrcadError:
        raise
    except Exception as error:
        return None, error


def same_error(due: Exception, got: Exception | None, where: str) -> str:
    if got is None or type(got) is not type(due):
        raise Unraised(
            f"{where}: the program raises {type(due).__name__}: {due}; the derivative {type(got).__name__}: {got}"
        )
    return "raised"


# ---- checks


def gradient(f: Any, args: tuple[Any, ...], seed: int) -> str:
    """The value, the gradient along a direction, arguments untouched, the second call the same.

    Nothing is asked where the program doesn't end.
    """
    derived = srcad.value_and_grad(f, ACTIVE)
    try:
        with limited(SECONDS_OF_DIFFERENCES):
            due, error = outcome(f, copy.deepcopy(args))
    except OutOfTime:
        return "endless"
    given = copy.deepcopy(args)
    got, raised = outcome(derived, given)
    if error is not None:
        return same_error(error, raised, "value_and_grad")
    if raised is not None:
        raise raised
    value, bars = got
    _, again = derived(*given)
    if not reference.identical(given, args):
        raise Wrong("the arguments were modified")
    if not _close(value, due, 1e-9):
        raise Wrong(f"the value is {value} instead of {due}")
    if not same_bits(bars, again):
        raise Wrong("the second call gives another gradient")
    along(f, args, bars, seed)
    return "right"


def same_bits(a: Any, b: Any) -> bool:
    return all(
        np.array_equal(np.asarray(x), np.asarray(y), equal_nan=True)
        for (_, x), (_, y) in zip(_leaves(a), _leaves(b), strict=True)
    )


def _leaves(tree: Any) -> list[tuple[str, Any]]:
    return [
        (label, leaf) for label, leaf in reference.leaves(tree) if isinstance(leaf, (float, np.floating, np.ndarray))
    ]


def along(f: Any, args: tuple[Any, ...], bars: tuple[Any, ...], seed: int) -> None:
    direction = direction_of(args, seed)
    wide = tuple(a.astype(float) if isinstance(a, np.ndarray) and a.dtype == np.float32 else a for a in args)
    due = _difference(lambda t: np.array([float(f(*reference.shifted(wide, direction, t)))]))
    tolerance = 1e-5 if wide is args or all(a is b for a, b in zip(wide, args, strict=True)) else 2e-3
    if due is None:
        return
    got = inner(bars, direction)
    if not abs(got - due[0]) < tolerance * max(1.0, abs(due[0])):
        raise Wrong(f"the gradient along a direction is {got} instead of {due[0]}")


def inner(bars: Any, direction: Any) -> float:
    pairs = zip(reference.leaves(bars), reference.leaves(direction[: len(bars)]), strict=True)
    return float(sum(np.sum(np.asarray(b, float) * d) for (_, b), (_, d) in pairs if d is not None))


def direction_of(args: tuple[Any, ...], seed: int) -> tuple[Any, ...]:
    rng = np.random.default_rng(seed + 1)

    def draw(leaf: Any) -> Any:
        if not reference.moves(leaf):
            return None
        drawn = rng.normal(size=np.shape(leaf))
        return float(drawn) if drawn.ndim == 0 else drawn.astype(leaf.dtype)

    return tuple(reference.map_leaves(draw, a) for a in args)


def _difference(phi: Any) -> np.ndarray | None:
    """The derivative at 0, unless there is a kink nearby or the program raises there."""
    try:
        with limited(SECONDS_OF_DIFFERENCES):
            due = reference.ridders(phi, 1e-3)
    except SrcadError:
        raise
    except (Exception, OutOfTime):  # another way of the program, which raises: nothing to compare with
        return None
    size = max(1.0, float(np.max(np.abs(due.value), initial=0.0)))
    return due.value if np.all(np.isfinite(due.value)) and due.error < 1e-6 * size else None


def rounding(tree: Any) -> float:
    """By how much values may differ that C's functions and NumPy's have computed."""
    single = any(np.asarray(leaf).dtype == np.float32 for _, leaf in _leaves(tree))
    return 1e-5 if single else 1e-12


def _close(a: Any, b: Any, tolerance: float) -> bool:
    return bool(np.allclose(a, b, rtol=tolerance, atol=tolerance, equal_nan=True))


def _first(f: Any, seed: int) -> tuple[Any, ...]:
    return _points_and_derived(f, seed)[0]


def gradients(f: Any) -> Any:
    """What has been compiled, and held against differences, before."""
    derived = srcad.value_and_grad(f, ACTIVE)
    return lambda *args: derived(*args)[1]


def tangents(f: Any, seed: int) -> None:
    """jvp against the gradient."""
    args = _first(f, seed)
    direction = direction_of(args, seed)
    bars = gradients(f)(*copy.deepcopy(args))
    value, tangent = srcad.jvp(f, copy.deepcopy(args), direction)
    if not _close(value, f(*copy.deepcopy(args)), 1e-9):
        raise Wrong(f"jvp: the value is {value}")
    tolerance = 2e-3 if args[1].dtype == np.float32 else 1e-7
    if not _close(tangent, inner(bars, direction), tolerance):
        raise Wrong(f"jvp: the tangent is {tangent}, the gradient along it {inner(bars, direction)}")


def curvature(f: Any, seed: int) -> None:
    """hvp against differences of the gradient."""
    args = _first(f, seed)
    if args[1].dtype == np.float32:
        return
    direction, derived = direction_of(args, seed), gradients(f)
    bent = srcad.hvp(f, ACTIVE)(*copy.deepcopy(args), direction[: len(ACTIVE)])
    due = _difference(lambda t: numbers(derived(*reference.shifted(args, direction, t))))
    if due is not None and not np.allclose(
        numbers(bent), due, rtol=1e-4, atol=1e-4 * max(1.0, float(np.max(np.abs(due), initial=0.0)))
    ):
        raise Wrong(f"hvp: {numbers(bent)} instead of {due}")


def numbers(tree: Any) -> np.ndarray:
    found = [np.ravel(leaf) for _, leaf in _leaves(tree)]
    return np.concatenate(found) if found else np.zeros(0)


def pullbacks(f: Any, seed: int) -> None:
    """vjp against the gradient, twice."""
    args = _first(f, seed)
    bars = gradients(f)(*copy.deepcopy(args))
    _, pullback = srcad.vjp(f, *copy.deepcopy(args))
    for seed_bar in (1.0, -0.5):
        got = pullback(seed_bar)
        if not np.allclose(numbers(got[:5]), seed_bar * numbers(bars), rtol=1e-6, atol=1e-8, equal_nan=True):
            raise Wrong(f"vjp: {numbers(got[:5])} instead of {seed_bar * numbers(bars)}")


def emitted(f: Any, seed: int) -> None:
    """`grad` alone gives the gradient, and the emitted module, run alone, the same bits; C has functions of its own."""
    args = _first(f, seed)
    derived = srcad.grad(f, ACTIVE)
    bars = derived(*copy.deepcopy(args))
    due = gradients(f)(*copy.deepcopy(args))
    if not np.allclose(numbers(bars), numbers(due), rtol=1e-9, atol=1e-9, equal_nan=True):
        raise Wrong(f"grad: {numbers(bars)} instead of {numbers(due)}")
    text = derived.emitted(copy.deepcopy(args), {})
    names: dict[str, Any] = {"__name__": f"emitted_{seed}"}
    exec(compile(text, "<emitted>", "exec"), names)
    got = names["f_grad"](*copy.deepcopy(args))
    alike = (
        same_bits(got, bars) if chosen_backend(None) == "numpy" else _close(numbers(got), numbers(bars), rounding(bars))
    )
    if not alike:
        raise Wrong(f"emitted: {numbers(got)} instead of {numbers(bars)}")


def rows(f: Any, seed: int) -> None:
    """Jacobians both ways, of a vector that is made of f, against each other."""
    args = _first(f, seed)

    def several(x: Any) -> Any:
        value = f(x, *copy.deepcopy(args[1:]))
        return np.array([value, np.sin(value)])

    ahead, back = srcad.jacfwd(several)(args[0].copy()), srcad.jacrev(several)(args[0].copy())
    if not np.allclose(ahead, back, rtol=1e-6, atol=1e-8, equal_nan=True):
        raise Wrong(f"jacfwd and jacrev: {ahead} and {back}")


CHECKS = {"tangents": tangents, "curvature": curvature, "pullbacks": pullbacks, "emitted": emitted, "rows": rows}
WAYS = tuple(CHECKS)
