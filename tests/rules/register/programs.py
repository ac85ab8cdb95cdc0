"""From calls as text to modules of programs, and what is true of each."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from tests.modules import module_at
from tests.rules.register.operands import is_operand, moves, operand

HEADER = """\
import cmath
import math
import operator

import numpy as np
import scipy.special

import srcad
"""


@dataclass(frozen=True)
class Case:
    """A call, or several, as text, and the operands in it."""

    key: str
    text: str

    @cached_property
    def names(self) -> tuple[str, ...]:
        found = {node.id for node in ast.walk(ast.parse(self.text, mode="exec")) if isinstance(node, ast.Name)}
        return tuple(sorted(name for name in found if is_operand(name)))

    @cached_property
    def active(self) -> tuple[int, ...]:
        return tuple(k for k, name in enumerate(self.names) if moves(name))

    def values(self, dtype: Any = None) -> tuple[Any, ...]:
        """The operands; `dtype`: of all arrays that move."""
        return tuple(_cast(operand(name), dtype) for name in self.names)

    def tangents(self, dtype: Any = None) -> tuple[Any, ...]:
        return tuple(_cast(direction(operand(n), n), dtype) if moves(n) else None for n in self.names)


def _cast(value: Any, dtype: Any) -> Any:
    moving = isinstance(value, np.ndarray) and value.dtype.kind == "f"
    return value.astype(dtype) if moving and dtype is not None else value


def module_text(cases: Sequence[Case]) -> str:
    """The module with the functions of cases."""
    return HEADER + "\n\n".join(_definition(k, case) for k, case in enumerate(cases))


def _definition(k: int, case: Case) -> str:
    names = ", ".join(case.names)
    body = case.text if "\n" in case.text or case.text.startswith("return ") else f"return {case.text}"
    lines = "\n".join("    " + line for line in body.splitlines())
    return f"def f{k}({names}):\n{lines}\n"


def load(cases: Sequence[Case], folder: Path, name: str) -> Any:
    """The functions of cases, from a file, as srcad reads source."""
    return _module(module_text(cases), folder, name)


def _module(text: str, folder: Path, name: str) -> Any:
    path = folder / f"{name}.py"
    path.write_text(text)
    return module_at(path)


def with_totals(cases: Sequence[Case], module: Any, folder: Path, name: str, dtype: Any = None) -> Any:
    """A module with `total` and `slope` of each case.

    `total`: a number, curved in all floats of the result (known by running the case); `slope`: the tangent of that,
    made in the program; `bend`: the tangent of the slope. A case that raises fails in its own tests, which run it
    themselves, and not in those of all cases, which share this module.
    """
    texts, constants = [], []
    for k, case in enumerate(cases):
        try:
            with np.errstate(all="ignore"):
                result = getattr(module, f"f{k}")(*case.values(dtype))
        except Exception:
            result = None
        text, found = _totals(k, case, result, dtype)
        texts.append(text)
        constants.append(found)
    made = _module(HEADER + "\n\n".join(texts), folder, name)
    for k, found in enumerate(constants):
        setattr(made, f"f{k}", getattr(module, f"f{k}"))
        for label, value in found.items():
            setattr(made, label, value)
    return made


def _totals(k: int, case: Case, result: Any, dtype: Any) -> tuple[str, dict[str, Any]]:
    names = ", ".join(case.names)
    constants: dict[str, Any] = {}
    terms = []
    for label, part in real_parts(result):
        weight = f"w{k}_{len(terms)}"
        draw = np.random.default_rng(len(terms)).normal(size=np.shape(part)) + 0.1
        constants[weight] = draw.astype(np.asarray(part).dtype) if np.ndim(part) else float(draw)
        terms.append(f"np.sum({weight} * {label} + 0.2 * {label} * {label})")
    seeds = [None if dot is None else f"v{k}_{name}" for name, dot in zip(case.names, case.tangents(), strict=True)]
    constants |= {seed: dot for seed, dot in zip(seeds, case.tangents(dtype), strict=True) if seed is not None}
    tangents = ", ".join(map(str, seeds))
    lines = [
        f"def total{k}({names}):",
        f"    r = f{k}({names})",
        f"    return {' + '.join(terms) or '0.0'}",
        "",
        "",
        f"def slope{k}({names}):",
        f"    return srcad.jvp(total{k}, ({names},), ({tangents},))[1]",
        "",
        "",
        f"def bend{k}({names}):",
        f"    return srcad.jvp(slope{k}, ({names},), ({tangents},))[1]",
        "",
    ]
    return "\n".join(lines), constants


def direction(value: Any, name: str) -> Any:
    rng = np.random.default_rng([7, *map(ord, name)])
    drawn = rng.normal(size=np.shape(value))
    return drawn.astype(np.asarray(value).dtype) if np.ndim(value) or isinstance(value, np.ndarray) else float(drawn)


def real_parts(result: Any, label: str = "r") -> Iterator[tuple[str, Any]]:
    """(how it is spelled, value) of the floats of a result; complex numbers by their parts."""
    if isinstance(result, (tuple, list)):
        for k, item in enumerate(result):
            yield from real_parts(item, f"{label}[{k}]")
    elif np.asarray(result).dtype.kind == "c":
        yield f"{label}.real", np.asarray(result).real
        yield f"{label}.imag", np.asarray(result).imag
    elif np.asarray(result).dtype.kind == "f":
        yield label, result
