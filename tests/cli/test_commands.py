"""The command line."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from srcad.cli.commands import main
from srcad.compile.passes import PASSES

ROOT = Path(__file__).parent.parent.parent
MODEL = '''
import numpy as np
from math import pi

RATE = 0.01
TABLE = np.array([1.0, 2.0])


def penalty(w):
    return RATE * np.sum(w**2)


def loss(w, b, X, y):
    """Mean loss."""
    z = X @ w + b
    return np.mean(np.log1p(np.exp(-y * z))) + penalty(w) * pi


def f(x1, x2):
    return x1 * x2 + np.exp(x1 * x2) - np.sin(x2)


def annotated(x: float, n: int = 3) -> float:
    return x**n


def weighted(x: "float64[2]", *, scale: float = 2.0):
    return np.sum(TABLE * x) * scale


def refused(x):
    return float(f"{x:.3f}") * x


cube = lambda x: x**3


class Holder:
    def method(self, x):
        return x * self.k


holder = Holder()
holder.k = 2.0
'''
TYPES = "w: float64[n], X: float64[m, n], y: float64[m], b: float"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("cli")
    (path / "model.py").write_text(MODEL)
    return path


@dataclass(frozen=True)
class Done:
    returncode: int
    stdout: str
    stderr: str


Srcad = Callable[..., Done]


@pytest.fixture
def srcad(folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Srcad:
    """The command, run in this process."""
    monkeypatch.chdir(folder)
    monkeypatch.setattr(sys, "path", list(sys.path))
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.delitem(sys.modules, "model", raising=False)

    def run(*words: str) -> Done:
        monkeypatch.setattr(sys, "argv", ["srcad", *words])
        with pytest.raises(SystemExit) as left:
            main()
        said = capsys.readouterr()
        return Done(int(left.value.code or 0), said.out, said.err)

    return run


def output(srcad: Srcad, *words: str) -> str:
    done = srcad(*words)
    assert done.returncode == 0, done.stderr
    return done.stdout


def executed(text: str) -> dict[str, Any]:
    namespace: dict[str, Any] = {}
    exec(compile(text, "<emitted>", "exec"), namespace)
    return namespace


# ---- show


def test_show(srcad: Srcad) -> None:
    text = output(srcad, "show", "model.py:loss", "--wrt", "w,b", "--args", TYPES)
    assert text.startswith("def loss_grad(w, b, X, y):")
    assert "return w_bar, b_bar" in text
    assert "\x1b" not in text


def test_show_value(srcad: Srcad) -> None:
    assert "def f_value_and_grad(x1, x2):" in output(srcad, "show", "model.py:f", "--value")
    refused = srcad("show", "model.py:f", "--value", "--mode", "hvp")
    assert refused.returncode == 2 and "--value goes with --mode reverse" in refused.stderr


def test_show_differentiates_all_that_can_be_and_says_what_it_assumes(srcad: Srcad) -> None:
    done = srcad("show", "model.py:f")
    assert "return x1_bar, x2_bar" in done.stdout
    assert "taken as x1: float, x2: float" in done.stderr
    assert "taken as" not in srcad("show", "model.py:annotated").stderr


def test_modules_and_methods(srcad: Srcad) -> None:
    assert "def annotated_grad(x: float" in output(srcad, "show", "model:annotated")
    assert "def method_grad(x):" in output(srcad, "show", "model.py:holder.method")
    assert "def lambda_grad(x):" in output(srcad, "show", "model:cube")


# ---- the passes


def test_passes_are_listed(srcad: Srcad) -> None:
    lines = output(srcad, "show", "--passes").splitlines()
    assert [line.split()[0] for line in lines] == [one.name for one in PASSES]
    assert all(line.endswith(one.line) for line, one in zip(lines, PASSES, strict=True))


def test_runs_of_a_function_are_listed(srcad: Srcad) -> None:
    lines = output(srcad, "show", "model.py:f", "--passes").splitlines()
    assert lines[0].split() == ["read:1", "f", "6", "equations"]
    assert lines[-1].split()[:2] == ["bufferise:1", "f_grad"]
    numbers = [line.split()[0] for line in lines if line.startswith("fold")]
    assert numbers == [f"fold:{k + 1}" for k in range(len(numbers))]
    assert any(line.split() == ["roots:1", "f"] for line in lines)  # which changes nothing


def test_the_trace_behind_a_pass(srcad: Srcad) -> None:
    read = output(srcad, "show", "model.py:annotated", "--after", "read")
    assert read == "annotated(x, n):\n    v3 = x ** n\n    return v3\n"
    adjoint = output(srcad, "show", "model.py:annotated", "--after", "adjoint")
    assert adjoint.startswith("annotated_grad(x, n):\n    check x ** n\n    v3 = x ** n\n")
    assert "return tuple(v3, tuple(x_bar))" in adjoint
    assert "x: float, n: int" in output(srcad, "show", "model.py:annotated", "--after", "read", "--types")


def test_the_same_run_by_its_number(srcad: Srcad) -> None:
    assert output(srcad, "show", "model.py:f", "--after", "fold:1").startswith("f(x1, x2):")
    assert output(srcad, "show", "model.py:f", "--after", "fold").startswith("f_grad(x1, x2):")


def test_other_modes_have_other_passes(srcad: Srcad) -> None:
    words = ("show", "model.py:f", "--mode", "forward", "--wrt", "x1")
    assert output(srcad, *words, "--after", "tangent").startswith("f_jvp(x1, x2, x1_dot):")
    done = srcad(*words, "--after", "adjoint")
    assert done.returncode == 2 and "the pass 'adjoint' doesn't run for this derivative" in done.stderr


def test_what_a_pass_has_changed(srcad: Srcad) -> None:
    lines = output(srcad, "show", "model.py:annotated", "--diff", "dead-code").splitlines()
    assert lines[0].startswith("--- before dead-code:") and lines[1].startswith("+++ after dead-code:")
    changed = [line for line in lines[2:] if line[0] in "+-"]
    assert changed == ["-    v3 = x ** n"]


def test_variables_keep_their_names_between_passes(srcad: Srcad) -> None:
    """What a pass leaves alone stands in both traces in the same words."""
    before, after = (output(srcad, "show", "model.py:f", "--after", name) for name in ("settle", "dead-code"))
    kept = set(after.splitlines()[:-1])
    assert kept < set(before.splitlines())


def test_a_diff_of_nothing_is_empty(srcad: Srcad) -> None:
    assert output(srcad, "show", "model.py:f", "--diff", "hoist:1").strip() == ""


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--after", "fodl"], "there is no pass 'fodl'; did you mean 'fold'?"),
        (["--diff", "nothing-like-it"], "choose one of read, checks, dead-code"),
        (["--after", "fold:9"], "there is no run '9' of 'fold'"),
        (["--after", "fold:x"], "say fold:1 to fold:"),
        (["--after", "fold", "--diff", "fold"], "one of --passes, --after, --diff and --native"),
        (["--types"], "--types goes with --after and --diff"),
    ],
)
def test_misused_passes(srcad: Srcad, words: list[str], said: str) -> None:
    done = srcad("show", "model.py:f", *words)
    assert done.returncode == 2 and done.stdout == ""
    assert said in " ".join(done.stderr.replace("│", " ").split())


def test_show_needs_a_function(srcad: Srcad) -> None:
    done = srcad("show")
    assert done.returncode == 2 and "which function?" in done.stderr


# ---- trace


def test_trace(srcad: Srcad) -> None:
    text = output(srcad, "trace", "model.py:f", "--adjoint", "--at", "x1=2, x2=3")
    assert "v̄2 = v̄3 v1 + v̄4 cos(v2)   809.848" in text
    assert "v̄" not in output(srcad, "trace", "model.py:f")


def test_trace_with_tangents(srcad: Srcad) -> None:
    text = output(srcad, "trace", "model.py:f", "--tangent", "--at", "x1=2, x2=3")
    assert "v̇3 = v̇1 v2 + v̇2 v1   3         2" in text
    assert "v̇" in output(srcad, "trace", "model.py:f", "--tangent")
    assert "v̇2" not in output(srcad, "trace", "model.py:f", "--tangent", "--wrt", "x1")


def test_trace_with_seeds(srcad: Srcad) -> None:
    words = ("trace", "model.py:f", "--tangent", "--at", "x1=2, x2=3")
    text = output(srcad, *words, "--seed", "x1=1", "--seed", "x1=2, x2=-1")
    assert "v̇3 = v̇1 v2 + v̇2 v1   3         4" in text
    for wrong in (("--seed", "x3=1"), ("--seed", "x1")):
        done = srcad(*words, *wrong)
        assert done.returncode != 0 and "x" in done.stderr
    assert srcad("trace", "model.py:f", "--seed", "x1=1").returncode == 2


def test_trace_of_arrays(srcad: Srcad) -> None:
    text = output(srcad, "trace", "model.py:loss", "--at", "w=[1, 2], b=0.5, X=[[1, 2], [3, 4]], y=[1, -1]")
    assert "[1., 2.]" in text


# ---- emit


def test_emit_writes_a_module_that_needs_numpy_alone(srcad: Srcad, folder: Path) -> None:
    words = ("model.py:loss", "--wrt", "w,b", "--args", TYPES)
    done = srcad("emit", *words, "-o", "emitted.py")
    assert done.returncode == 0 and done.stdout == ""
    text = (folder / "emitted.py").read_text()
    assert "import numpy as np" in text and "srcad" not in text.split('"""')[2]
    assert "srcad emit model.py:loss --wrt w,b" in text
    assert "def loss_grad(w: np.ndarray, b: float, X: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, float]:" in text
    assert '"""The gradient of loss with respect to w and b."""' in text
    emitted, original = executed(text), executed(MODEL)
    rng = np.random.default_rng(0)
    w, b, X, y = rng.normal(size=3), 0.2, rng.normal(size=(4, 3)), rng.normal(size=4)
    assert emitted["loss"](w, b, X, y) == original["loss"](w, b, X, y)
    w_bar, b_bar = emitted["loss_grad"](w, b, X, y)
    step = 1e-6
    numeric = (original["loss"](w, b + step, X, y) - original["loss"](w, b - step, X, y)) / (2 * step)
    assert abs(b_bar - numeric) < 1e-8
    assert w_bar.shape == w.shape


def test_emit_to_standard_output(srcad: Srcad) -> None:
    for target, name, value in (("annotated", "annotated_grad", 12.0), ("cube", "lambda_grad", 12.0)):
        emitted = executed(output(srcad, "emit", f"model.py:{target}", "-o", "-"))
        assert emitted[name](2.0) == value
    emitted = executed(output(srcad, "emit", "model.py:weighted", "--value", "-o", "-"))
    value, gradient = emitted["weighted_value_and_grad"](np.array([1.0, 1.0]))
    assert value == 6.0 and gradient.tolist() == [2.0, 4.0]


@pytest.mark.parametrize("mode", ["forward", "jacfwd", "jacrev", "hvp", "hessian"])
def test_emit_in_every_mode(srcad: Srcad, mode: str) -> None:
    import srcad as package

    emitted = executed(output(srcad, "emit", "model.py:weighted", "--mode", mode, "-o", "-"))
    x, v, table = np.array([0.5, -2.0]), np.array([1.0, 3.0]), np.array([1.0, 2.0])

    def weighted(x, scale=2.0):
        return np.sum(table * x) * scale

    if mode in ("forward", "hvp"):
        expected = package.jvp(weighted, (x,), (v,)) if mode == "forward" else package.hvp(weighted)(x, v)
        found = emitted["weighted_jvp" if mode == "forward" else "weighted_hvp"](x, x_dot=v)
    else:
        expected = getattr(package, mode)(weighted)(x)
        found = emitted["weighted_hessian" if mode == "hessian" else "weighted_jacobian"](x)
    np.testing.assert_allclose(found, expected)


@pytest.mark.parametrize(
    ("mode", "text"),
    [
        ("forward", "def f_jvp(x1, x2, x1_dot, x2_dot):"),
        ("jacfwd", "x1_dot = v1[:, 0]"),
        ("jacrev", "return x1_bar, x2_bar"),
        ("hvp", "def f_hvp(x1, x2, x1_dot, x2_dot):"),
        ("hessian", "def f_hessian(x1, x2):"),
    ],
)
def test_show_in_every_mode(srcad: Srcad, mode: str, text: str) -> None:
    assert text in output(srcad, "show", "model.py:f", "--mode", mode)


def test_emit_refuses_what_a_file_cant_hold(srcad: Srcad) -> None:
    done = srcad("emit", "model.py:holder.method", "-o", "-")
    assert done.returncode == 1
    assert "can't be written" in done.stderr


# ---- exit codes and colours


@pytest.mark.parametrize(
    "words",
    [
        ("show", "nofile.py:f"),
        ("show", "model.py:nothing"),
        ("show", "model.py"),
        ("show", "nomodule:f"),
        ("show", "model.py:RATE"),
        ("show", "model.py:f", "--args", "x1: flot"),
        ("show", "model.py:f", "--args", "z: float"),
        ("trace", "model.py:f", "--at", "x1"),
        ("unknown",),
        ("emit", "model.py:f"),
        ("show", "model.py:f", "--nonsense"),
    ],
)
def test_misuse_exits_with_2(srcad: Srcad, words: tuple[str, ...]) -> None:
    assert srcad(*words).returncode == 2


def test_a_refusal_exits_with_1_and_names_the_line(srcad: Srcad) -> None:
    done = srcad("show", "model.py:refused")
    assert done.returncode == 1
    line = MODEL.splitlines().index('    return float(f"{x:.3f}") * x') + 1
    assert f"model.py:{line}" in done.stderr and done.stdout == ""
    assert srcad("show", "model.py:f", "--wrt", "z").returncode == 2


def test_as_a_module_and_with_colours_where_they_are_asked_for(folder: Path) -> None:
    for colour in ({}, {"FORCE_COLOR": "1"}):
        given = {**os.environ, "PYTHONPATH": str(ROOT), **colour}
        command = [sys.executable, "-m", "srcad", "show", "model.py:f"]
        done = subprocess.run(command, cwd=folder, env=given, capture_output=True, text=True, check=True)
        assert ("\x1b[" in done.stdout) == bool(colour)


def test_help(srcad: Srcad) -> None:
    text = output(srcad, "--help")
    assert all(command in text for command in ("show", "trace", "emit"))
    assert "srcad show model.py:loss" in output(srcad, "show", "--help")
    assert "--at 'x1=2, x2=3'" in output(srcad, "trace", "--help")
    assert output(srcad, "--version").startswith("srcad ")
