"""Source-to-source automatic differentiation of plain Python and NumPy."""

from srcad import errors, sparse, testing
from srcad.api import Derived, grad, jacobian, trace, value_and_grad, vjp
from srcad.custom import custom_rule, stop_gradient
from srcad.errors import SrcadError
from srcad.forward import hessian, hvp, jacfwd, jvp, linearize

__version__ = "0.1.0"

__all__ = [
    "Derived",
    "SrcadError",
    "__version__",
    "custom_rule",
    "errors",
    "grad",
    "hessian",
    "hvp",
    "jacfwd",
    "jacobian",
    "jvp",
    "linearize",
    "sparse",
    "stop_gradient",
    "testing",
    "trace",
    "value_and_grad",
    "vjp",
]
