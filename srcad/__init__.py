"""Source-to-source automatic differentiation of plain Python and NumPy."""

from srcad import errors, implicit, sparse, testing
from srcad.api import Derived, grad, trace, value_and_grad, vjp
from srcad.custom import custom_rule, stop_gradient
from srcad.errors import SrcadError
from srcad.forward import hvp, jvp, linearize
from srcad.jacobians import hessian, jacfwd, jacobian, jacrev

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
    "implicit",
    "jacfwd",
    "jacobian",
    "jacrev",
    "jvp",
    "linearize",
    "sparse",
    "stop_gradient",
    "testing",
    "trace",
    "value_and_grad",
    "vjp",
]
