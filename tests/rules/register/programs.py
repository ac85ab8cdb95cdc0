"""From calls as text to modules of programs, and what is true of each."""

from __future__ import annotations

import ast
import importlib.util
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from tests.rules.register.operands import is_operand, moves, operand

HEADER = """\
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

    @property
    def names(self) -> tuple[str, ...]:
        found = {node.id for node in ast.walk(ast.parse(self.text, mode="exec")) if isinstance(node, ast.Name)}
        return tuple(sorted(name for name in found if is_operand(name)))

    @property
    def active(self) -> tuple[int, ...]:
        return tuple(k for k, name in enumerate(self.names) if moves(name))

    @property
    def values(self) -> tuple[Any, ...]:
        return tuple(map(operand, self.names))


@dataclass(frozen=True)
class Programs:
    """`call`: the function of the case; `total`: a number, curved in all results; `slope`: its tangent, in the program.

    `seeds` are the tangents in `slope`, `weights` those of the results in `total`.
    """

    call: Any
    total: Any
    slope: Any
    seeds: tuple[Any, ...]
    weights: tuple[Any, ...]


def module_text(cases: Sequence[Case], dtype: Any = None) -> str:
    """The module with the programs of cases; `dtype`: of all operands."""
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
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def with_totals(cases: Sequence[Case], module: Any, values: Sequence[tuple[Any, ...]], folder: Path, name: str) -> Any:
    """A module with `total` and `slope` of each case, whose results are known by running it."""
    texts, constants = [], []
    for k, (case, args) in enumerate(zip(cases, values, strict=True)):
        with np.errstate(all="ignore"):
            result = getattr(module, f"f{k}")(*args)
        text, found = _totals(k, case, result)
        texts.append(text)
        constants.append(found)
    made = _module(HEADER + "\n\n".join(texts), folder, name)
    for k, found in enumerate(constants):
        setattr(made, f"f{k}", getattr(module, f"f{k}"))
        for label, value in found.items():
            setattr(made, label, value)
    return made


def _totals(k: int, case: Case, result: Any) -> tuple[str, dict[str, Any]]:
    names = ", ".join(case.names)
    constants: dict[str, Any] = {}
    terms = []
    for label, part in real_parts(result):
        weight = f"w{k}_{len(terms)}"
        draw = np.random.default_rng(len(terms)).normal(size=np.shape(part)) + 0.1
        constants[weight] = draw.astype(np.asarray(part).dtype) if np.ndim(part) else float(draw)
        terms.append(f"np.sum({weight} * {label} + 0.2 * {label} * {label})")
    tangents = []
    for name in case.names:
        if moves(name):
            constants[f"v{k}_{name}"] = direction(operand(name), name)
            tangents.append(f"v{k}_{name}")
        else:
            tangents.append("None")
    lines = [
        f"def total{k}({names}):",
        f"    r = f{k}({names})",
        f"    return {' + '.join(terms) or '0.0'}",
        "",
        "",
        f"def slope{k}({names}):",
        f"    return srcad.jvp(total{k}, ({names},), ({', '.join(tangents)},))[1]",
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
