"""What definitions say that isn't NumPy: each word is read by the frontend (`srcad.frontend.derivatives.definitions`).

The functions here do the same where a definition is called as a Python function.
"""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import Any, NoReturn

import numpy as np


def floats(x: Any) -> Any:
    """x in float64, as SciPy's functions make it of numbers, lists and arrays; complex numbers are refused."""
    return np.asarray(x, dtype=np.float64)[()]


def numbers(x: Any) -> Any:
    """x with a floating dtype, which is its own where it has one."""
    x = np.asarray(x)
    return (x if x.dtype.kind == "f" else x.astype(np.float64))[()]


def known(x: Any) -> bool:
    """Whether a number is known beforehand."""
    return isinstance(x, (int, float))


def single(x: Any) -> bool:
    """Whether an array has one element along its first axis."""
    return len(x) == 1


def of_module(x: Any, module: str) -> bool:
    """Whether x is an instance of a class of a module, or of one in it."""
    return any(f"{kind.__module__}.".startswith(f"{module}.") for kind in type(x).__mro__)


def count_of_parameters(f: Any) -> int:
    """How many parameters a function has."""
    return len(inspect.signature(f).parameters)


def same(x: Any, y: Any) -> bool:
    """Whether two values are one, or known to be equal."""
    return x is y or (known(x) and known(y) and x == y)


def fixed(x: Any) -> Any:
    """x, known beforehand: what isn't becomes part of the specialisation, or is refused."""
    return x


def in_order_of_set(keys: Mapping[Any, object]) -> Any:
    """The keys of a dict, in the order in which a set of them is run through."""
    return list(set(keys))


def held(x: Any) -> Any:
    """x, as a constant to derivatives."""
    return x


def run(function: Any, *args: Any, **keywords: Any) -> Any:
    """A call of a function as it stands: of one that the definition is of."""
    return function(*args, **keywords)


def moves(*values: Any) -> bool:
    """Whether one of the values depends on what is differentiated; without derivatives they all may."""
    return True


def found(dtype: str, rank: int, function: Any, *args: Any, **keywords: Any) -> Any:
    """What a function of SciPy finds, as it stands: an array with so many axes, which rests."""
    return np.asarray(function(*args, **keywords), dtype=dtype)


def part(dtype: str, rank: int, owner: Any, name: Any) -> Any:
    """An attribute or an item of what run() gave: an array with so many axes, which rests."""
    return np.asarray(getattr(owner, name) if isinstance(name, str) else owner[name], dtype=dtype)


def designed(function: Any, *args: Any, **keywords: Any) -> Any:
    """What a function without effects makes of options alone: constants, where these are known beforehand."""
    return function(*args, **keywords)


def rests(x: Any, what: str) -> Any:
    """x, which must not depend on what is differentiated; `what` it is."""
    return x


def drawn(dtype: str, function: Any, size: Any, args: tuple[Any, ...], random_state: Any) -> Any:
    """function(*args, size=size, random_state=random_state): random numbers, as many as `size` says."""
    return function(*args, size=size, random_state=random_state)


def sparse_product(data: Any, rows: Any, columns: Any, x: Any, count: int, width: int) -> Any:
    """The product of a sparse matrix, by its entries, and a vector or a matrix."""
    dense = np.zeros((count, width))
    np.add.at(dense, (rows, columns), data)
    return dense @ x


def sparse_solve(data: Any, rows: Any, columns: Any, b: Any, count: int) -> Any:
    """The solution of a sparse system, whose matrix is given by its entries."""
    dense = np.zeros((count, count))
    np.add.at(dense, (rows, columns), data)
    return np.linalg.solve(dense, b)


def at_times(*given: Any) -> Any:
    """The solution of an initial value problem: what it depends on, what SciPy has found, and the times."""
    return given[-2].sol(given[-1])


def nearest(points: Any, x: Any, k: int, p: float) -> Any:
    """Which k points are the nearest to each place."""
    distances = np.sum(np.abs(np.asarray(x)[..., None, :] - points) ** p, axis=-1)
    order = np.argsort(distances, axis=-1)
    return order[..., 0] if k == 1 else order[..., :k]


def refused(what: str, do: str) -> NoReturn:
    """There is no derivative of what the program does."""
    raise NotImplementedError(f"{what}: {do}")


def entry(table: Mapping[str, Any], key: str, what: str) -> Any:
    """What a table has under a name; `what` is in no table yet where there is nothing."""
    if key not in table:
        refused(f"{what} {key}", "write it with NumPy and scipy.special.")
    return table[key]


def bound(function: Any, args: tuple[Any, ...], keywords: dict[str, Any]) -> tuple[Any, ...]:
    """The values of all parameters of a function in a call, in their order."""
    arguments = inspect.signature(function).bind(*args, **keywords)
    arguments.apply_defaults()
    return tuple(arguments.arguments.values())


def object_named(module: Any, owner: Any) -> Any:
    """The object of a module that `owner` is, told by its class and its name: scipy.stats.norm."""
    return owner
