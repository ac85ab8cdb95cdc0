"""What textbooks say, of the examples that show it."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

import srcad
from tests.modules import module_at

EXAMPLES = Path(__file__).parent.parent / "examples"


def example(name: str) -> ModuleType:
    return module_at(EXAMPLES / f"{name}.py", f"examples_{name}")


# ---- two outputs

TANGENTS = """
                              ẋ1 = 1    ẋ2 = 1
  v̇1 = ẋ1                     1         0
  v̇2 = ẋ2                     0         1
  v̇3 = v̇1 v2 + v̇2 v1          0.5       2            19 | f1 = x1 * x2 + np.exp(x1 * x2) - np.sin(x2)
  v̇4 = v̇2 cos(v2)             0         0.877583
  v̇5 = v̇3 exp(v3)             1.35914   5.43656
  v̇6 = v̇3 + v̇5                1.85914   7.43656
  v̇7 = v̇6 - v̇4                1.85914   6.55898
  v̇8 = v̇3 - v̇4                0.5       1.12242      20 | f2 = (x1 * x2 - np.sin(x2)) * np.exp(x1 * x2)
  v̇9 = v̇8 v5 + v̇5 v8          2.06667   5.88118
"""

ADJOINTS = """
                              f̄1 = 1    f̄2 = 1
  v̄9 = f̄2                     0         1            20 | f2 = (x1 * x2 - np.sin(x2)) * np.exp(x1 * x2)
  v̄8 = v̄9 v5                  0         2.71828
  v̄7 = f̄1                     1         0            19 | f1 = x1 * x2 + np.exp(x1 * x2) - np.sin(x2)
  v̄6 = v̄7                     1         0
  v̄5 = v̄6 + v̄9 v8             1         0.520574
  v̄4 = -v̄7 - v̄8               -1        -2.71828
  v̄3 = v̄5 exp(v3) + v̄6 + v̄8   3.71828   4.13335
  v̄2 = v̄3 v1 + v̄4 cos(v2)     6.55898   5.88118
  v̄1 = v̄3 v2                  1.85914   2.06667
"""


def test_two_outputs_as_a_table() -> None:
    """Both columns and both rows of one Jacobian."""
    text = str(srcad.trace(example("two_outputs").f, tangent=True, adjoint=True)(2.0, 0.5))
    _, tangents, adjoints = text.split("\n\n")
    assert tangents == TANGENTS.strip("\n")
    assert adjoints == ADJOINTS.strip("\n")


@pytest.mark.parametrize("at", [(2.0, 0.5), (-0.3, 1.7), (0.0, 0.0)])
def test_two_outputs_by_columns_and_rows(at: tuple[float, float]) -> None:
    module = example("two_outputs")
    due = module.jacobian_by_calculus(*at)
    np.testing.assert_allclose(module.columns(at), due, rtol=1e-13, atol=1e-15)
    np.testing.assert_allclose(module.rows(at), due, rtol=1e-13, atol=1e-15)
    for seed in ((1.0, 0.0), (0.0, 1.0), (0.3, -2.0)):
        np.testing.assert_allclose(module.tangents_by_hand(*at, *seed), due @ seed, rtol=1e-13, atol=1e-15)
        np.testing.assert_allclose(module.adjoints_by_hand(*at, *seed), seed @ due, rtol=1e-13, atol=1e-15)


# ---- ReLU


def test_the_jacobian_of_relu_is_a_mask() -> None:
    relu = example("relu_jacobian").relu
    for z in (np.array([1.0, -1.0, 0.0]), np.linspace(-1, 1, 7)):
        np.testing.assert_array_equal(srcad.jacfwd(relu)(z), np.diag(1.0 * (z > 0)))
        np.testing.assert_array_equal(srcad.jacrev(relu)(z), np.diag(1.0 * (z > 0)))


@pytest.mark.parametrize("seed", range(3))
def test_products_with_the_jacobian_of_a_layer(seed: int) -> None:
    module = example("relu_jacobian")
    args = module.example_arguments(5, 4, seed)
    module.check_products(**args)
    assert 0 < np.sum(args["W"] @ args["x"] > 0) < 5, "the mask should be neither all ones nor all zeros"


def test_the_jacobian_of_a_layer_is_not_formed() -> None:
    """The generated adjoint is the textbook's: a mask, an outer product, a product with the transpose."""
    module = example("relu_jacobian")
    args = module.example_arguments()
    _, pullback = srcad.vjp(module.layer, args["W"], args["x"])
    source = pullback.source
    assert "np.where(recorded, out_bar, 0.0)" in source
    assert "np.outer(v1, x), W.T @ v1" in source


# ---- backpropagation


@pytest.mark.parametrize("sizes", [[2, 3], [3, 5, 4, 6, 2], [4] * 9])
def test_errors_of_layers(sizes: list[int]) -> None:
    module = example("backpropagation")
    args = module.make_network(sizes, seed=len(sizes))
    weight_bars, bias_bars = srcad.grad(module.error, argnums=("weights", "biases"))(*args)
    deltas, due = module.backpropagation(*args)
    assert len(deltas) == len(sizes) - 1
    for l, delta in enumerate(deltas):
        np.testing.assert_allclose(bias_bars[l], delta, rtol=1e-12)
        np.testing.assert_allclose(weight_bars[l], due[l], rtol=1e-12)


def test_the_recursion_stands_in_the_source() -> None:
    module = example("backpropagation")
    args = module.make_network([3, 5, 4, 2])
    source = srcad.grad(module.error, argnums=("weights", "biases")).source(*args)
    assert "z_bar_2 = weights_2.T @ z_bar" in source
    assert "z_bar_3 = weights_1.T @ z_bar_2" in source
    assert "[z_bar_3, z_bar_2, z_bar]" in source


# ---- shattered gradients


def correlations(slopes: Any, *options: float) -> list[float]:
    """The autocorrelation of input gradients at lag 4, of networks of growing depth."""
    measured = example("shattered_gradients").measured
    return [measured(slopes, depth, *options, draws=20)[0][4] for depth in (3, 10, 30)]


def test_gradients_of_plain_networks_shatter() -> None:
    module = example("shattered_gradients")
    shallow, middle, deep = correlations(module.plain_slopes)
    assert shallow > middle + 0.1 > deep + 0.2
    assert shallow > 0.7
    assert deep < 0.5


def test_gradients_of_residual_networks_do_not() -> None:
    module = example("shattered_gradients")
    assert min(correlations(module.residual_slopes, 0.3)) > 0.75
    assert correlations(module.residual_slopes, 1.0)[-1] > correlations(module.plain_slopes)[-1] + 0.3


def test_noise_for_reference() -> None:
    noise = example("shattered_gradients").noise
    assert max(abs(noise("white")[0][1:])) < 0.1
    assert noise("brown")[0][1] > 0.9


def test_slopes_on_the_grid_are_those_of_the_network() -> None:
    """The gradient of the sum over the grid holds the slope at each of its points."""
    module = example("shattered_gradients")
    args = module.initialised(4, 8, np.random.default_rng(0))
    x = np.linspace(-2, 2, 9)
    one_by_one = [srcad.grad(module.residual)(x[k : k + 1], *args, 0.3)[0] for k in range(9)]
    np.testing.assert_allclose(module.residual_slopes(x, *args, 0.3), one_by_one, rtol=1e-12)


# ---- meta-learning


def test_gradients_through_gradient_descent() -> None:
    assert example("meta_learning").check() < 1e-6


def test_adapting_is_plain_gradient_descent() -> None:
    module = example("meta_learning")
    params = module.initial_parameters(width=3)
    x, y, _, _ = (part[0] for part in module.draw_tasks(np.random.default_rng(0)))
    first = srcad.grad(module.error)(params, x, y)
    found = module.adapted(params, 0.1, 0.5, x, y, 1)
    for name, p in params.items():
        np.testing.assert_allclose(found[name], p - 0.1 * first[name], rtol=1e-14)
