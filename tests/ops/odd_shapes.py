"""Calls of the register with operands of other shapes: numbers, lists, arrays without dimensions or elements.

python -m tests.ops.odd_shapes --most 2 --axes    tries them all, and prints what is wrong
"""

from __future__ import annotations

import argparse
import ast
import sys
import tempfile
import warnings
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

import srcad
from srcad.errors import InternalError, SrcadError
from srcad.ops.signatures import signature_of, title
from tests.modules import module_at
from tests.ops.options import OPTIONS
from tests.ops.sampled import call_text, calls_in
from tests.rules.register.cases import CASES, FLAT_CASES
from tests.rules.register.operands import operand
from tests.rules.register.programs import HEADER, Case

# what a function of matrices does to what is none, or is singular, what NumPy makes of weights without places, and what
# versions of SciPy give as the flag of a factor without elements
STRANGE = ("signm", "solve_sylvester", "bincount", "choose", "cho_factor")
AXES = ("-1", "(0,)", "(0, 0)", "(-1, 0)", "7", "None", "(0, -1, 1)", "()", "np.int64(0)")
STEP = 1e-5
# what results have no certain value, or no derivative, or one of another kind by design: see docs/reference.md
UNCERTAIN = ("np.empty", ".empty", "np.float16", "np.float32", "np.complex64", "float32")


@dataclass(frozen=True)
class Trial:
    """A call, and operands for the names in it."""

    text: str
    label: str
    names: tuple[str, ...]
    values: tuple[Any, ...]

    def __str__(self) -> str:
        return f"{self.text} with {self.label}"


# ---- calls and operands


def calls(most: int) -> dict[str, list[str]]:
    """The shortest calls of each function."""
    found: defaultdict[str, dict[str, None]] = defaultdict(dict)
    for case in (*CASES, *FLAT_CASES, *(Case("options", text) for text in OPTIONS)):
        if "\n" in case.text:
            continue
        for function, args, named in calls_in(case.text):
            text = call_text(function, [*map(ast.unparse, args)], {k: ast.unparse(v) for k, v in named.items()})
            certain = not any(word in text for word in (*UNCERTAIN, *STRANGE)) and "out=" not in text
            if certain and Case("", text).names:
                found[title(function)][text] = None
    return {name: sorted(texts, key=len)[:most] for name, texts in sorted(found.items())}


def with_axes(text: str) -> Iterator[str]:
    """The call along other axes, where it takes any."""
    tree = ast.parse(text, mode="eval").body
    (function, *_), *_ = [*calls_in(text), (None,)]
    names = [] if function is None else list(signature_of(function).parameters)
    name = next((name for name in ("axis", "axes") if name in names), None)
    if name is None or not isinstance(tree, ast.Call) or name in names[: len(tree.args)]:
        return
    others = [keyword for keyword in tree.keywords if keyword.arg != name]
    for axis in AXES:
        keyword = ast.keyword(name, ast.parse(axis, mode="eval").body)
        yield ast.unparse(ast.Call(tree.func, tree.args, [*others, keyword]))


def variants(value: Any) -> Iterator[tuple[str, Any]]:
    """Values of other shapes in the place of one."""
    whole = np.asarray(value)
    first = whole.flat[0] if whole.size else whole.dtype.type(1)
    yield "no dimensions", np.array(first)
    yield "a number of NumPy's", first
    yield "a single element", np.full((1,) * max(whole.ndim, 1), first)
    yield "no elements", whole.reshape(-1)[:0] if whole.ndim < 2 else whole[:0]
    if whole.ndim:
        yield "a number", first.item()
        yield "a list", whole.tolist()
        yield "one dimension more", whole[None]
    if whole.ndim > 1:
        yield "a row", whole[:1]
        yield "nothing along the last axis", whole[..., :0]


def trials(text: str) -> Iterator[Trial]:
    """The call with each operand changed, and with all of them."""
    names = Case("", text).names
    values = tuple(map(operand, names))
    for k, name in enumerate(names):
        for label, other in variants(values[k]):
            yield Trial(text, f"{label} for {name}", names, (*values[:k], other, *values[k + 1 :]))
    if len(names) > 1:
        for label in ("no dimensions", "a number", "no elements", "a single element", "a list", "one dimension more"):
            others = [dict(variants(value)).get(label, value) for value in values]
            yield Trial(text, f"{label} for all", names, tuple(others))


def along_axes(text: str) -> Iterator[Trial]:
    names = Case("", text).names
    for other in with_axes(text):
        yield Trial(other, "its operands", names, tuple(map(operand, names)))


def module_of(made: Sequence[Trial], folder: Path) -> Callable[[Trial], Any]:
    """The functions of trials, by their texts, from a file, as srcad reads source."""
    texts = {trial.text: trial for trial in made}
    places = {text: k for k, text in enumerate(texts)}
    bodies = (f"def f{places[t]}({', '.join(trial.names)}):\n    return {t}\n" for t, trial in texts.items())
    path = folder / "odd_shapes_of_operands.py"
    path.write_text(HEADER + "\n\n" + "\n\n".join(bodies))
    module = module_at(path)
    return lambda trial: getattr(module, f"f{places[trial.text]}")


# ---- what is wrong


def fault(f: Any, values: tuple[Any, ...]) -> str | None:
    """What is wrong with the derivatives of a call; None if nothing is."""
    dots = tuple(direction(value, 10 * k) for k, value in enumerate(values))
    if all(dot is None for dot in dots):
        return None
    try:
        due = f(*values)
    except Exception as error:
        return _fault_of_a_failure(f, values, dots, error)
    try:
        value, dot = srcad.jvp(f, values, dots)
    except SrcadError as error:
        return f"is a bug: {error}" if isinstance(error, InternalError) else None
    except Exception as error:
        refused = "no derivative" in str(error)  # as the run tells
        return None if refused else f"raises {type(error).__name__}: {error}"
    if not _alike(value, due, any(not isinstance(v, (np.ndarray, list)) for v in values)):
        return f"has the value {value!r}, and not {due!r}"
    return _fault_of_tangents(f, values, dots, due, dot) or _fault_of_adjoints(f, values, dots, due, dot)


def _fault_of_a_failure(f: Any, values: Any, dots: Any, due: Exception) -> str | None:
    try:
        value, _ = srcad.jvp(f, values, dots)
    except SrcadError as error:
        return f"is a bug: {error}" if isinstance(error, InternalError) else None
    except Exception as error:
        return None if type(error) is type(due) else f"raises {error!r}, and not {due!r}"
    return None if isinstance(due, AttributeError) else f"has the value {value!r}, and doesn't raise {due!r}"


def _fault_of_tangents(f: Any, values: Any, dots: Any, due: Any, dot: Any) -> str | None:
    found = floats(_filled(due, dot))
    if not np.all(np.isfinite(floats(due))):
        return None

    def along(t: float) -> np.ndarray:
        return floats(f(*(_moved(value, d, t) for value, d in zip(values, dots, strict=True))))

    try:
        one, two = ((along(h) - along(-h)) / (2 * h) for h in (STEP, 2 * STEP))
    except Exception:  # beyond the domain
        return None
    if one.shape != found.shape:
        return f"has a tangent of {found.size} numbers, and not of {one.size}"
    smooth = np.abs(one - two) < 1e-4 * (1 + np.abs(one))
    wrong = smooth & ~(np.abs(found - one) < 1e-4 * (1 + np.abs(one)))
    return f"has the tangent {found}, and not {one}" if wrong.any() else None


def _fault_of_adjoints(f: Any, values: Any, dots: Any, due: Any, dot: Any) -> str | None:
    """The pullback is the transpose of what gives tangents."""
    try:
        _, pullback = srcad.vjp(f, *values)
        seeds = seeds_of(due)
        bars = pullback(seeds)
    except SrcadError as error:
        return f"is a bug: {error}" if isinstance(error, InternalError) else None
    except Exception as error:
        return f"raises {type(error).__name__} in its pullback: {error}"
    for value, bar, d in zip(values, bars, dots, strict=True):
        if d is not None and bar is not None and np.shape(bar) != np.shape(value):
            return f"has an adjoint of shape {np.shape(bar)}, and not {np.shape(value)}"
    pairs = [(bar, d) for bar, d in zip(bars, dots, strict=True) if bar is not None and d is not None]
    moved = [np.sum(floats(bar) * floats(d)) for bar, d in pairs]
    tangent = floats(_filled(due, dot))
    wanted = np.sum(floats(seeds) * tangent)
    same = np.allclose(np.real(sum(moved)), np.real(wanted), rtol=1e-6, atol=1e-8, equal_nan=True)
    return (
        None if same or not np.all(np.isfinite(tangent)) else f"has adjoints along which {sum(moved)}, and not {wanted}"
    )


# ---- values in containers


def leaves(tree: Any) -> list[Any]:
    return [leaf for item in tree for leaf in leaves(item)] if isinstance(tree, (tuple, list)) else [tree]


def floats(tree: Any) -> np.ndarray:
    """All inexact numbers as one vector."""
    parts = [np.ravel(leaf) for leaf in leaves(tree) if leaf is not None and np.asarray(leaf).dtype.kind in "fc"]
    return np.concatenate([np.zeros(0), *parts])


def direction(value: Any, seed: int) -> Any:
    """A tangent; None for what doesn't move."""
    if isinstance(value, list):
        parts = [direction(item, seed + k + 1) for k, item in enumerate(value)]
        return None if any(part is None for part in parts) else parts
    if np.asarray(value).dtype.kind != "f":
        return None
    drawn = np.random.default_rng(seed).normal(size=np.shape(value))
    return drawn if isinstance(value, np.ndarray) else type(value)(drawn)


def _moved(value: Any, dot: Any, t: float) -> Any:
    if dot is None:
        return value
    if isinstance(value, list):
        return [_moved(item, part, t) for item, part in zip(value, dot, strict=True)]
    moved = value + t * dot
    return np.asarray(moved) if isinstance(value, np.ndarray) else type(value)(moved)


def _filled(due: Any, dot: Any) -> Any:
    """A tangent with zeros in the place of None."""
    if isinstance(due, (tuple, list)):
        parts = [None] * len(due) if dot is None else dot
        return [_filled(item, part) for item, part in zip(due, parts, strict=True)]
    return np.zeros_like(due) if dot is None else dot


def seeds_of(due: Any) -> Any:
    if isinstance(due, (tuple, list)):
        parts = [seeds_of(item) for item in due]
        return parts if isinstance(due, list) else tuple(parts)
    if np.asarray(due).dtype.kind not in "fc":
        return None
    drawn = np.cos(np.arange(1.0, 1.0 + np.size(due))).reshape(np.shape(due)).astype(np.asarray(due).dtype)
    return drawn if isinstance(due, np.ndarray) else type(due)(drawn)


def _alike(found: Any, due: Any, of_numbers: bool) -> bool:
    """Equal, with arrays where NumPy has arrays; a number may be Python's or NumPy's, a result complex for real.

    `of_numbers`: of a number an array of no dimensions may be made, or a number.
    """
    if len(leaves(found)) != len(leaves(due)):
        return False
    return all(_alike_leaves(one, other, of_numbers) for one, other in zip(leaves(found), leaves(due), strict=True))


def _alike_leaves(found: Any, due: Any, of_numbers: bool) -> bool:
    kinds = [np.asarray(leaf).dtype.kind for leaf in (found, due)]
    if "O" in kinds or "U" in kinds:
        return bool(found is due or found == due)
    sizes = [np.asarray(leaf).dtype.itemsize for leaf in (found, due) if isinstance(leaf, (np.ndarray, np.generic))]
    alike = kinds[0] == kinds[1] and len(set(sizes)) < 2
    complex_for_real = kinds == ["c", "f"]
    arrays = of_numbers or isinstance(found, np.ndarray) == isinstance(due, np.ndarray)
    close = np.shape(found) == np.shape(due) and np.allclose(found, due, rtol=1e-9, atol=1e-12, equal_nan=True)
    return (alike or complex_for_real) and arrays and close


# ---- the command


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.ops.odd_shapes", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--most", type=int, default=1, help="how many calls of each function")
    parser.add_argument("--axes", action="store_true", help="calls along other axes as well")
    parser.add_argument("--of", default="", help="functions with this in their names alone")
    options = parser.parse_args()
    texts = [text for name, found in calls(options.most).items() if options.of in name for text in found]
    made = [trial for text in texts for trial in (*trials(text), *(along_axes(text) if options.axes else ()))]
    found = 0
    with tempfile.TemporaryDirectory() as folder, np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        function_of = module_of(made, Path(folder))
        for trial in made:
            wrong = fault(function_of(trial), trial.values)
            if wrong is not None:
                found += 1
                print(f"{trial} {wrong[:200]}".replace("\n", " "), flush=True)
    print(f"{len(made)} calls, {found} with faults")
    return int(found > 0)


if __name__ == "__main__":
    sys.exit(main())
