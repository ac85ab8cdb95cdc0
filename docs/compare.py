"""The programs behind the comparison in README.md, for srcad and for the tools it is compared with.

    python docs/compare.py srcad | autograd | jax | tangent

Each program stands as one would write it for NumPy, with `np` the tool's own NumPy. What is printed: right, wrong,
or how the tool says no.
"""

import importlib
import sys
import warnings
from collections.abc import Callable
from typing import Any

import numpy


def programs(np: Any) -> dict[Callable[..., Any], tuple[Any, Any]]:
    """The programs, with an argument and the gradient that is due there."""

    def branch(x):
        return np.sum(x**2) if x[0] > 0 else np.sum(x)

    def while_loop(a):
        x = a
        while abs(x * x - a) > 1e-12:
            x = 0.5 * (x + a / x)
        return x

    def elements_stored(x):
        y = np.zeros(3)
        for i in range(3):
            y[i] = x[i] ** 2
        return np.sum(y)

    def slice_updated(x):
        y = x * 1.0
        y[1:] *= 3.0
        return np.sum(y**2)

    def overwritten_after_use(x):
        y = x * x
        z = y
        y[0] = 0.0
        return np.sum(z)

    def alias_updated(x):
        y = x
        y *= 2
        return np.sum(x * y)

    x = numpy.array([1.0, 2.0, 3.0])
    return {
        branch: (x, 2 * x),
        while_loop: (4.0, 0.25),
        elements_stored: (x, 2 * x),
        slice_updated: (x, numpy.array([2.0, 36.0, 54.0])),
        overwritten_after_use: (x, numpy.array([0.0, 4.0, 6.0])),
        alias_updated: (x, 8 * x),
    }


def tool(name: str) -> tuple[Any, Callable[..., Any], Callable[..., Any]]:
    """Its NumPy, its `grad`, and what makes one of its arrays."""
    module = importlib.import_module(name)
    if name == "jax":
        module.config.update("jax_enable_x64", True)
    np = importlib.import_module({"autograd": "autograd.numpy", "jax": "jax.numpy"}.get(name, "numpy"))
    return np, module.grad, lambda v: v if isinstance(v, float) else np.array(v)


def verdict(grad: Callable[..., Any], program: Callable[..., Any], argument: Any, due: Any) -> str:
    try:
        gradient = grad(program)(argument)
    except Exception as error:
        return f"{type(error).__name__}: {str(error).splitlines()[0][:70]}"
    return "right" if numpy.allclose(gradient, due) else f"WRONG: {gradient}, due is {due}"


def main() -> None:
    warnings.simplefilter("ignore")
    np, grad, array = tool(sys.argv[1])
    for program, (argument, due) in programs(np).items():
        print(f"{program.__name__:25}{verdict(grad, program, array(argument), due)}")


if __name__ == "__main__":
    main()
