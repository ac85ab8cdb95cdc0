"""A derivative as C: it compiles alone without a warning, and gives what Python's gives."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import srcad
from srcad.errors import NotYetSupported
from srcad.native.c import support
from srcad.show.library import MEANINGS

CC = next((name for name in ("cc", "gcc", "clang") if shutil.which(name)), None)
needs_compiler = pytest.mark.skipif(CC is None, reason="no C compiler: cc, gcc or clang")
STRICT = ("-Wall", "-Wextra", "-pedantic", "-Werror")
OFFSETS = np.array([1.0, 2.0, 3.0])


def rosenbrock(x):
    total = 0.0
    for i in range(len(x) - 1):
        total += 100.0 * (x[i + 1] - x[i] ** 2) ** 2 + (1 - x[i]) ** 2
    return total


def regression(w, X, y, params):
    return 0.5 * np.sum((X @ w + params["b"] - y) ** 2)


def stepped(x, n, dt):
    for _ in range(n):
        x = x + dt * np.sin(x)
    return np.sum(x)


def named_like_c(value, call, block, double):
    return value * call + np.sum(block) * double


def inner_part(u, w):
    return np.sum(u[1:-1] * w[:2].sum()) + u[::2].sum()


def with_globals(x):
    return np.sum(OFFSETS * x)


def picked(x):
    return x[4] + x[0]


def cubes(x, y):
    return x**3 + x * y**2


def single(x):
    return np.sum(np.exp(x))


def choice(x, kind):
    return np.sum(x**2) if kind == "squares" else np.sum(x)


def components(x, y):
    return np.array([x * y, x + y])


@dataclass(frozen=True)
class Case:
    make: Callable[..., Any]
    function: Callable[..., Any]
    args: tuple[Any, ...]
    argnums: tuple[int, ...] = (0,)


def ramp(*shape: int) -> np.ndarray:
    """What the example program fills arrays with."""
    return np.arange(1.0, 1.0 + np.prod(shape, dtype=int)).reshape(shape)


CASES = [
    Case(srcad.value_and_grad, rosenbrock, (ramp(3),)),
    Case(srcad.grad, regression, (ramp(3), ramp(3, 3), ramp(3), {"b": 1.0}), (0, 1, 3)),
    Case(srcad.grad, stepped, (ramp(3), 1, 1.0), (0, 2)),
    Case(srcad.grad, named_like_c, (1.0, 1.0, ramp(3), 1.0), (0, 2)),
    Case(srcad.grad, with_globals, (ramp(3),)),
    Case(srcad.grad, single, (ramp(3).astype(np.float32),)),
    Case(srcad.grad, choice, (ramp(3), "squares")),
    Case(srcad.jacobian, components, (1.0, 1.0), (0, 1)),
    Case(srcad.hessian, cubes, (1.0, 1.0), (0, 1)),
    Case(srcad.jit, cubes, (1.0, 1.0)),
]


def numbers(tree: Any) -> list[float]:
    if isinstance(tree, dict):
        tree = tuple(tree.values())
    return (
        [v for one in tree for v in numbers(one)] if isinstance(tree, (tuple, list)) else [*map(float, np.ravel(tree))]
    )


def compiled(folder: Path, *sources: str, output: str) -> None:
    done = subprocess.run(
        [str(CC), *STRICT, *sources, "-o", output], cwd=folder, capture_output=True, text=True, check=False
    )
    assert not done.returncode, done.stderr


def made_of(case: Case) -> Any:
    return case.make(case.function) if case.make is srcad.jit else case.make(case.function, case.argnums)


def built(case: Case, folder: Path) -> Path:
    """The example program of a library, compiled; the library itself is compiled alone."""
    library = made_of(case).library(case.args, {}, "made by hand", "made")
    for name, text in (("made.h", library.header), ("made.c", library.source), ("use.c", library.example)):
        (folder / name).write_text(text)
    compiled(folder, "-c", "made.c", output="made.o")
    compiled(folder, "use.c", "made.o", "-lm", output="use")
    return folder / "use"


@needs_compiler
@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.make.__name__}-{case.function.__name__}")
def test_the_library_gives_what_python_does(case: Case, tmp_path: Path) -> None:
    printed = subprocess.run([built(case, tmp_path)], capture_output=True, text=True, check=True).stdout
    got = [float(text) for line in printed.splitlines() for text in line.split()[1:]]
    rtol = 1e-6 if case.function is single else 1e-9
    np.testing.assert_allclose(got, numbers(made_of(case)(*case.args)), rtol=rtol)


@needs_compiler
def test_lengths_of_slices_are_told(tmp_path: Path) -> None:
    """They are made of the lengths of arguments, also where a slice is longer than what there is."""
    case = Case(srcad.grad, inner_part, (ramp(3), ramp(3)), (0, 1))
    printed = subprocess.run([built(case, tmp_path)], capture_output=True, text=True, check=True).stdout
    got = [float(text) for line in printed.splitlines() for text in line.split()[1:]]
    np.testing.assert_allclose(got, numbers(srcad.grad(inner_part, (0, 1))(*case.args)))


@needs_compiler
def test_what_the_program_raises_is_told_by_the_status(tmp_path: Path) -> None:
    library = srcad.grad(picked).library((ramp(5),), {}, "", "made")
    (tmp_path / "made.h").write_text(library.header)
    (tmp_path / "made.c").write_text(library.source)
    (tmp_path / "use.c").write_text(
        '#include "made.h"\nint main(void) {\n    double x[5] = {1, 2, 3, 4, 5}, x_bar[5];\n'
        "    if (picked_grad(x, 5, x_bar) || x_bar[4] != 1 || x_bar[1] != 0) return 1;\n"
        "    int status = picked_grad(x, 3, x_bar);\n"
        "    return status == PICKED_GRAD_INDEX || status == PICKED_GRAD_SHAPE ? 0 : 2;\n}\n"
    )
    compiled(tmp_path, "use.c", "made.c", "-lm", output="use")
    assert subprocess.run([tmp_path / "use"], check=False).returncode == 0


def test_the_header_says_what_goes_in_and_out() -> None:
    header = srcad.grad(regression, (0, 3)).library(CASES[1].args, {}, "made by hand").header
    assert "    X             in   double[X_rows][w_length]\n" in header.replace(" * ", "", 100)
    assert "int regression_grad(" in header
    assert re.search(r"double \*params_b_bar\);", header)


def test_what_the_code_was_made_for_is_said() -> None:
    header = srcad.grad(choice).library((ramp(3), "squares"), {}).header
    assert "Made for kind = 'squares'." in header


def test_the_status_is_counted_as_in_the_support() -> None:
    (names,) = re.findall(r"enum \{ (DONE[^}]*) \};", support())
    assert names.split(", ")[: len(MEANINGS)] == list(MEANINGS)


def printing(x):
    print(x)
    return x * x


def inverted(x):
    return np.sum(np.fft.fft(x).real)


def grown(x):
    found = []
    for k in range(len(x)):
        if x[k] > 0:
            found.append(x[k] ** 2)
    return np.array(found)


@pytest.mark.parametrize(
    ("derived", "args", "said"),
    [
        (srcad.grad(printing), (1.0,), "needs Python"),
        (srcad.grad(inverted), (ramp(4),), "can't be written in C"),
        (srcad.jit(grown), (ramp(4),), "known to the run alone"),
    ],
    ids=["prints", "calls NumPy", "shape of the run"],
)
def test_what_needs_python_is_refused(derived: Any, args: tuple[Any, ...], said: str) -> None:
    with pytest.raises(NotYetSupported, match=said):
        derived.library(args, {})
