"""Every program of the corpus gives the same by C as by NumPy: values, gradients, in both modes."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
import pytest

import srcad
from tests import reference
from tests.corpus import Program, load
from tests.test_corpus import is_scalar, weights

PROGRAMS = [program for program in load() if not program.not_yet]


@pytest.mark.parametrize("program", PROGRAMS, ids=str)
def test_reverse(program: Program) -> None:
    for args in program.points:
        given = copy.deepcopy(args)
        native, plain = (_gradient(program, given, backend) for backend in ("native", "numpy"))
        assert reference.identical(given, args), "the arguments were modified"
        np.testing.assert_allclose(numbers(native), numbers(plain), rtol=1e-9, atol=1e-12)


def numbers(tree: Any) -> Any:
    """All numbers, in one vector: parts that aren't differentiated have None as their gradient."""
    return reference.flat(reference.map_leaves(lambda leaf: 0.0 if leaf is None else leaf, tree))


def _gradient(program: Program, args: tuple[Any, ...], backend: str) -> Any:
    if is_scalar(program.function(*copy.deepcopy(args))):
        return srcad.value_and_grad(program.function, argnums=program.argnums, backend=backend)(*args)
    value, pullback = srcad.vjp(program.function, *args, backend=backend)
    bars = pullback(weights(program, value))
    return value, bars[program.argnums] if isinstance(program.argnums, int) else [bars[k] for k in program.argnums]
