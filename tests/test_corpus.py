"""Every program of the corpus: value, gradient, untouched arguments, a second call that gives the same."""

from __future__ import annotations

import copy
import zlib
from typing import Any

import numpy as np
import pytest

import srcad
from srcad.errors import NotYetSupported
from tests import reference
from tests.corpus import Program, load

PROGRAMS = load()


@pytest.mark.parametrize("program", [program for program in PROGRAMS if program.not_yet], ids=str)
def test_not_yet(program: Program) -> None:
    """It is refused, with the place and advice. When this fails because it works now: take its `not_yet` away."""
    with pytest.raises(NotYetSupported) as caught:
        derivative_of(program)(copy.deepcopy(program.points[0]))
    assert caught.value.span is not None
    assert caught.value.do


@pytest.mark.parametrize("program", [program for program in PROGRAMS if not program.not_yet], ids=str)
def test_gradient(program: Program) -> None:
    derived = derivative_of(program)
    for args in program.points:
        given = copy.deepcopy(args)
        value, gradient = derived(given)
        assert reference.identical(given, args), "the arguments were modified"
        due = program.function(*copy.deepcopy(args))
        np.testing.assert_allclose(reference.flat(value), reference.flat(due), rtol=1e-10, atol=1e-12)
        check_structure(program, args, gradient)
        check_second_call(derived, args, gradient)
        check_directions(program, args, gradient)


@pytest.mark.parametrize("program", PROGRAMS, ids=str)
def test_program_itself(program: Program) -> None:
    """A program runs twice to the same value, has a reference, and every active argument matters."""
    for args in program.points:
        first, second = (program.function(*copy.deepcopy(args)) for _ in range(2))
        assert reference.identical(first, second)
        for label, direction in program_directions(program, args).items():
            due = reference.along(program.function, args, direction, program.step, program.complex_step)
            assert due.error <= program.rtol * max(1.0, float(np.max(np.abs(due.value)))), f"{label}: {due}"
            assert np.any(due.value != 0.0) or len(program.points) > 1, f"{label}: no influence"


def derivative_of(program: Program) -> Any:
    """args -> (value, gradient); through `vjp` with fixed weights where the result isn't a scalar."""
    if is_scalar(program.function(*copy.deepcopy(program.points[0]))):
        compiled = srcad.value_and_grad(program.function, argnums=program.argnums)
        return lambda args: compiled(*args)

    def derived(args: tuple[Any, ...]) -> tuple[Any, Any]:
        value, pullback = srcad.vjp(program.function, *args)
        bars = pullback(weights(program, value))
        return value, bars[program.argnums] if isinstance(program.argnums, int) else tuple(
            bars[k] for k in program.argnums
        )

    return derived


def is_scalar(value: Any) -> bool:
    return not isinstance(value, (tuple, list, dict)) and np.ndim(value) == 0


def weights(program: Program, value: Any) -> Any:
    """What multiplies the outputs of a program, to get the one number that is differentiated."""
    if is_scalar(value):
        return 1.0
    rng = np.random.default_rng(zlib.crc32(str(program).encode()))
    return reference.map_leaves(lambda leaf: rng.normal(size=np.shape(leaf))[()], value)


def check_structure(program: Program, args: tuple[Any, ...], gradient: Any) -> None:
    per_argument = (gradient,) if isinstance(program.argnums, int) else gradient
    assert isinstance(per_argument, tuple)
    assert len(per_argument) == len(program.active)
    for k, part in zip(program.active, per_argument, strict=True):
        assert not (reason := reference.mismatch(part, args[k], f"gradient[{k}]")), reason


def check_second_call(derived: Any, args: tuple[Any, ...], gradient: Any) -> None:
    kept = copy.deepcopy(gradient)
    _, again = derived(copy.deepcopy(args))
    assert reference.identical(gradient, kept), "a second call changes the first gradient"
    np.testing.assert_array_equal(numbers(again), numbers(kept))


def numbers(tree: Any) -> np.ndarray:
    moving = [np.ravel(leaf) for _, leaf in reference.leaves(tree) if reference.moves(leaf)]
    return np.concatenate(moving) if moving else np.zeros(0)


def program_directions(program: Program, args: tuple[Any, ...]) -> dict[str, tuple[Any, ...]]:
    return reference.directions(args, program.active, zlib.crc32(str(program).encode()))


def check_directions(program: Program, args: tuple[Any, ...], gradient: Any) -> None:
    """The gradient's inner product with directions is the derivative along them."""
    per_argument = (gradient,) if isinstance(program.argnums, int) else gradient
    weight = reference.flat(weights(program, program.function(*copy.deepcopy(args))))
    for label, direction in program_directions(program, args).items():
        moved = tuple(direction[k] for k in program.active)
        due = reference.along(program.function, args, direction, program.step, program.complex_step)
        want = float(weight @ due.value)
        scale = max(1.0, abs(want), float(np.abs(weight) @ np.abs(due.value)))
        assert abs(reference.inner(per_argument, moved) - want) <= program.rtol * scale, label
