"""The source that is read is that of the code that runs, or the function is refused."""

from __future__ import annotations

import doctest
import linecache
import os
import subprocess
import sys
import warnings
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

import srcad
from srcad.errors import NotYetSupported
from tests.modules import module_at

HEAD = "import math\n\n\n"
SQUARE = "def f(x):\n    return x * x\n"
CUBE = "def f(x):\n    return x * x * x\n"
POWER = "h = (lambda x: x**2, lambda x: x**2)[1]\n"
LAMBDAS = "f, g = (lambda x: x * 2.0), (lambda x: x * 3.0)\n" + POWER


def imported(path: Path, text: str) -> ModuleType:
    path.write_text(text)
    return module_at(path)


def edited(path: Path, text: str) -> None:
    """Another text, with another time of its change."""
    path.write_text(text)
    later = path.stat().st_mtime + 10
    os.utime(path, (later, later))


def test_an_edited_file_is_refused(tmp_path: Path) -> None:
    module = imported(tmp_path / "edited.py", HEAD + SQUARE)
    edited(tmp_path / "edited.py", HEAD + CUBE)
    with pytest.raises(NotYetSupported, match="edited since it was imported") as caught:
        srcad.grad(module.f)(3.0)
    assert "importlib.reload" in caught.value.do


@pytest.mark.parametrize("change", ["x * 3.0", "x * -2.0", "2.0 * x", "math.sin(x)", "(lambda t: t * 3.0)(x)"])
def test_any_change_of_the_body_is_seen(tmp_path: Path, change: str) -> None:
    module = imported(tmp_path / "body.py", f"{HEAD}def f(x):\n    return x * 2.0\n")
    edited(tmp_path / "body.py", f"{HEAD}def f(x):\n    return {change}\n")
    with pytest.raises(NotYetSupported, match="edited"):
        srcad.grad(module.f)(3.0)


def test_lines_that_moved_are_found(tmp_path: Path) -> None:
    module = imported(tmp_path / "moved.py", HEAD + SQUARE + POWER)
    edited(tmp_path / "moved.py", HEAD + "\n\ndef other(x):\n    return 1.0\n\n\n" + SQUARE + "\n\n" + POWER)
    assert (srcad.grad(module.f)(3.0), srcad.grad(module.h)(3.0)) == (6.0, 6.0)


def test_a_function_that_is_gone_from_its_file_is_refused(tmp_path: Path) -> None:
    module = imported(tmp_path / "gone.py", HEAD + SQUARE)
    edited(tmp_path / "gone.py", HEAD + "def g(x):\n    return x\n")
    with pytest.raises(NotYetSupported, match="doesn't have the code that runs"):
        srcad.grad(module.f)(3.0)
    broken = imported(tmp_path / "broken.py", HEAD + SQUARE)
    edited(tmp_path / "broken.py", "def f(x:\n")
    with pytest.raises(NotYetSupported, match="doesn't have the code that runs"):
        srcad.grad(broken.f)(3.0)
    removed = imported(tmp_path / "removed.py", HEAD + SQUARE)
    (tmp_path / "removed.py").unlink()
    with pytest.raises(NotYetSupported, match=r"the file .*removed.py isn't there"):
        srcad.grad(removed.f)(3.0)


def test_what_was_read_before_the_edit_stays(tmp_path: Path) -> None:
    module = imported(tmp_path / "stays.py", HEAD + SQUARE)
    assert srcad.grad(module.f)(3.0) == 6.0
    edited(tmp_path / "stays.py", HEAD + CUBE)
    assert srcad.value_and_grad(module.f)(3.0) == (9.0, 6.0)


def test_lambdas_on_one_line(tmp_path: Path) -> None:
    module = imported(tmp_path / "lambdas.py", HEAD + LAMBDAS)
    assert (srcad.grad(module.f)(1.0), srcad.grad(module.g)(1.0), srcad.grad(module.h)(3.0)) == (2.0, 3.0, 6.0)


def cell(name: str, text: str) -> dict[str, Any]:
    """What a notebook does with a cell: its text is kept under the name of no file."""
    linecache.cache[name] = (len(text), None, text.splitlines(keepends=True), name)
    names: dict[str, Any] = {}
    exec(compile(text, name, "exec"), names)
    return names


def test_a_cell_that_is_run_twice() -> None:
    first = cell("<cell 1>", SQUARE)["f"]
    assert srcad.grad(first)(3.0) == 6.0
    second = cell("<cell 1>", CUBE)["f"]
    assert srcad.grad(second)(3.0) == 27.0
    unread = cell("<cell 2>", SQUARE)["f"]
    cell("<cell 2>", CUBE)
    with pytest.raises(NotYetSupported, match="doesn't have the code that runs"):
        srcad.grad(unread)(3.0)


def test_code_that_was_replaced(tmp_path: Path) -> None:
    module = imported(tmp_path / "replaced.py", HEAD + SQUARE)
    module.f.__code__ = compile("def f(x):\n    return x * 7.0\n", module.__file__ or "", "exec").co_consts[0]
    with pytest.raises(NotYetSupported, match="doesn't have the code that runs"):
        srcad.grad(module.f)(3.0)


def test_exec_says_what_it_is() -> None:
    names: dict[str, Any] = {}
    exec(SQUARE, names)
    with pytest.raises(NotYetSupported, match="exec, eval or python -c"):
        srcad.grad(names["f"])(3.0)


def test_assertions_that_pytest_rewrites() -> None:
    def checked(x: float) -> float:
        assert x > 0, "positive"
        return x * x

    assert srcad.grad(checked)(3.0) == 6.0


def test_doctests() -> None:
    text = ">>> import srcad\n>>> def f(x):\n...     return x * x\n>>> srcad.grad(f)(3.0)\n6.0\n"
    test = doctest.DocTestParser().get_doctest(text, {}, "text", "text.txt", 0)
    assert doctest.DocTestRunner().run(test).failed == 0


@pytest.mark.skipif(sys.version_info >= (3, 13), reason="the prompt of Python 3.13 keeps what is typed in")
def test_the_prompt_says_what_works() -> None:
    typed = f"import srcad\n{SQUARE}\ntry:\n    srcad.grad(f)(3.0)\nexcept Exception as e:\n    print(e)\n\n"
    done = subprocess.run([sys.executable, "-i", "-q"], input=typed, capture_output=True, text=True, check=True)
    assert "the prompt of Python 3" in done.stdout
    assert "IPython" in done.stdout


def test_what_the_compiler_warns_of_is_said_once(tmp_path: Path) -> None:
    """At the import: where warnings are errors from then on, the text is still that of the function."""
    text = 'def f(x):\n    "of the form \\d"\n    return x * x if x is not 1 else x\n'
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        module = imported(tmp_path / "warned_of.py", text)
        warnings.simplefilter("error")
        assert srcad.grad(module.f)(3.0) == 6.0
        assert srcad.grad(lambda x: module.f(x) * x)(3.0) == 27.0


@pytest.mark.parametrize("name", ["<timed exec>", "<magic-timeit>"])
def test_a_timed_cell_has_no_text(name: str) -> None:
    names: dict[str, Any] = {}
    exec(compile(SQUARE, name, "exec"), names)
    with pytest.raises(NotYetSupported) as caught:
        srcad.grad(names["f"])(3.0)
    assert "%%time" in caught.value.why
