"""Types to propose for arguments, where a function only raises for floats: those with which it runs.

    def loss(w, b, X, y):
        return np.mean((X @ w + b - y) ** 2)          w: float64[n], b: float, X: float64[m, n], y: float64[m]

What is tried first comes from the body: what is indexed, iterated over or multiplied as a matrix is an array, one with
a capital name rather a matrix. What is proposed has been tried out.
"""

from __future__ import annotations

import copy
import warnings
from collections.abc import Callable, Iterator, Sequence
from itertools import product

import numpy as np

from srcad.calls.example import Example
from srcad.frontend.core.literals import array_names

SYMBOLS = {3: "n", 4: "m"}
MOST_TRIED = 400
Shape = tuple[int, ...]
SCALAR: Shape = ()
VECTORS: tuple[Shape, ...] = ((3,), (4,))
MATRICES: tuple[Shape, ...] = ((4, 3), (3, 3), (3, 4))


def proposed_types(function: Callable[..., object], example: Example) -> str:
    """What to say with --args; "" if nothing was found with which the function runs."""
    assumed = [text.partition(":")[0] for text in example.assumed if text.endswith(": float")]
    places = [k for k, name in enumerate(example.names[: len(example.args)]) if name in assumed]
    if not places:
        return ""
    used = array_names(function)
    choices = [_choices(example.names[k], used) for k in places]
    for shapes in _in_order(choices):
        args = list(example.args)
        for k, shape in zip(places, shapes, strict=True):
            args[k] = np.linspace(0.5, 1.5, int(np.prod(shape))).reshape(shape) if shape else 1.0
        if gives(function, args, example.kwargs):
            found = dict(zip((example.names[k] for k in places), shapes, strict=True))
            return ", ".join(f"{name}: {_described(shape)}" for name, shape in found.items())
    return ""


def _choices(name: str, used: dict[str, int]) -> list[Shape]:
    """The shapes to try, the likeliest first."""
    rank = used.get(name, 0)
    if rank > 1 or (rank == 1 and name[:1].isupper()):
        return [*MATRICES, *VECTORS]
    return [*VECTORS, *MATRICES, SCALAR] if rank else [SCALAR, *VECTORS, *MATRICES]


def _in_order(choices: list[list[Shape]]) -> Iterator[tuple[Shape, ...]]:
    """Combinations of choices, in the order of how far down their lists they stand together."""
    most = [range(len(one)) for one in choices]
    ranked = sorted(product(*most), key=sum) if np.prod([len(one) for one in choices]) <= 50_000 else [(0,) * len(most)]
    for picked in ranked[:MOST_TRIED]:
        yield tuple(one[k] for one, k in zip(choices, picked, strict=True))


def gives(function: Callable[..., object], args: Sequence[object], kwargs: dict[str, object]) -> bool:
    """Whether the function gives anything for these arguments."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            function(*copy.deepcopy(tuple(args)), **copy.deepcopy(kwargs))
    except Exception:
        return False
    return True


def _described(shape: Shape) -> str:
    return f"float64[{', '.join(SYMBOLS[n] for n in shape)}]" if shape else "float"
