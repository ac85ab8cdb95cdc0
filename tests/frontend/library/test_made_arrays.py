"""What can't be made an array of numbers."""

import numpy as np
import pytest

import srcad
from srcad.errors import NotDifferentiable


@pytest.mark.parametrize("made", [lambda x: {"w": x}, lambda x: [{"w": x}, {"w": 2.0 * x}]], ids=["one", "several"])
def test_dicts_are_no_numbers(made) -> None:
    """NumPy makes an array of objects of them."""

    def f(x):
        return np.array(made(x)).size * x[0]

    assert f(np.ones(2)) > 0.0
    with pytest.raises(NotDifferentiable, match=r"a dict is made an array[\s\S]*array of objects"):
        srcad.grad(f)(np.ones(2))
