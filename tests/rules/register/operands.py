"""What the calls of the register are about: names of operands, and values for them far from kinks and from each other.

The letter says the shape, what follows it the domain:

    s number    z 0-d array    o (1,)    x, y, w (3,)    l (5,)    A, B (3, 4)    R (1, 4)    C (3, 1)
    T, U (2, 3, 4)    M, N (3, 3) regular    K (2, 3, 3) regular    e (0,)    E (0, 3)

    p positive    u inside of (0, 1)    g greater than 1    c inside of (-1, 1)

Of `i`, `j`, `m`, `I` (places, masks), nothing is differentiated.
"""

from __future__ import annotations

from typing import Any

import numpy as np

SHAPES: dict[str, tuple[int, ...]] = {
    "s": (),
    "t": (),
    "z": (),
    "o": (1,),
    "x": (3,),
    "y": (3,),
    "w": (3,),
    "q": (4,),
    "l": (5,),
    "A": (3, 4),
    "B": (3, 4),
    "R": (1, 4),
    "C": (3, 1),
    "D": (4, 2),
    "T": (2, 3, 4),
    "U": (2, 3, 4),
    "M": (3, 3),
    "N": (3, 3),
    "K": (2, 3, 3),
    "e": (0,),
    "E": (0, 3),
}
DOMAINS = {"": (-2.0, 2.0), "p": (0.3, 2.7), "u": (0.1, 0.9), "g": (1.2, 2.8), "c": (-0.8, 0.8)}
FIXED: dict[str, Any] = {
    "i": np.array([2, 0, 2]),
    "j": np.array([[1, 0], [2, 1]]),
    "k": 2,
    "m": np.array([True, False, True]),
    "I": np.array([0, 2, 2, 5, 1]),
}


def operand(name: str) -> Any:
    """The value of an operand, always the same."""
    if name in FIXED:
        return FIXED[name]
    shape, (low, high) = SHAPES[name[0]], DOMAINS[name[1:]]
    rng = np.random.default_rng([ord(c) for c in name])
    size = int(np.prod(shape))
    places = (rng.permutation(size) + rng.uniform(0.25, 0.75, size)) / max(size, 1)
    value = (low + (high - low) * places).reshape(shape)
    if name[0] in "MNK":
        value = 0.4 * value + 2 * np.eye(3)
    if name[0] in "st":
        return float(value)
    return value


def is_operand(name: str) -> bool:
    return name in FIXED or (name[:1] in SHAPES and name[1:] in DOMAINS)


def moves(name: str) -> bool:
    return name not in FIXED
