"""How each column computes the derivative of a row: a call without arguments that gives all of it."""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

import srcad
from benchmarks.native_c import Case, by_hand
from benchmarks.programs.row import Row
from srcad.native.build import library

Call = Callable[[], Any]
SOURCE = Path(__file__).parent.parent / "c" / "gradients.c"


def program(row: Row) -> Call:
    return lambda: row.program(*row.args)


def in_numpy(row: Row) -> Call:
    return lambda: row.by_hand(*row.args)


@cache
def gradients_in_c() -> ctypes.CDLL:
    return ctypes.CDLL(str(library(SOURCE.read_text())))


def in_c(row: Row) -> Call | None:
    if row.c is None:
        return None
    call, filled = by_hand(gradients_in_c(), Case(row.program, row.args, row.argnums, row.c.given, row.c.shapes))
    return lambda: (call(), filled)[1]


def of_srcad(backend: str) -> Callable[[Row], Call]:
    def column(row: Row) -> Call:
        with srcad.config(backend=backend):
            derivative = row.derivatives.get("srcad", srcad.grad)(row.program, row.argnums)
        return lambda: derivative(*row.args)

    return column


def of_autograd(row: Row) -> Call | None:
    if row.autograd is None:
        return None
    import autograd

    derivative = row.derivatives.get("autograd", autograd.grad)(row.autograd(), row.argnums)
    return lambda: derivative(*row.args)


def of_jax(row: Row) -> Call | None:
    """Compiled; ints say how often something is done, and are static."""
    if row.jax is None:
        return None
    import jax

    jax.config.update("jax_enable_x64", True)
    static = tuple(k for k, one in enumerate(row.args) if isinstance(one, int))

    def gradient(function: Callable[..., Any], argnums: int | tuple[int, ...]) -> Callable[..., Any]:
        return jax.jit(jax.grad(function, argnums), static_argnums=static)

    derivative = row.derivatives.get("jax", gradient)(row.jax(), row.argnums)
    args = [jax.numpy.asarray(one) if isinstance(one, np.ndarray) else one for one in row.args]
    return lambda: jax.block_until_ready(derivative(*args))


def of_torch(row: Row) -> Call | None:
    """Eager."""
    if row.torch is None:
        return None
    import torch

    torch.set_num_threads(1)
    made, function = row.derivatives.get("torch"), row.torch()
    active = (row.argnums,) if isinstance(row.argnums, int) else row.argnums
    args = list(row.args)
    for k, one in enumerate(args):
        if isinstance(one, np.ndarray) or k in active:
            args[k] = torch.tensor(np.asarray(one), requires_grad=made is None and k in active)
    if made is not None:
        derivative = made(function, row.argnums)
        return lambda: derivative(*args)
    leaves = [args[k] for k in active]
    return lambda: torch.autograd.grad(function(*args), leaves)


COLUMNS: dict[str, Callable[[Row], Call | None]] = {
    "NumPy": in_numpy,
    "C": in_c,
    "srcad": of_srcad("numpy"),
    "native": of_srcad("native"),
    "autograd": of_autograd,
    "jax": of_jax,
    "torch": of_torch,
}
OPTIONAL = ("autograd", "jax", "torch")


def missing(columns: list[str]) -> list[str]:
    """Those that aren't installed here."""
    return [one for one in columns if one in OPTIONAL and find_spec(one) is None]
