"""Source-to-source automatic differentiation of plain Python and NumPy."""

from srcad import errors, implicit, sparse, testing
from srcad.api.compiled import jit
from srcad.api.custom import custom_rule, stop_gradient
from srcad.api.derived import Derived
from srcad.api.forward import hvp, jvp, linearize
from srcad.api.gradients import grad, trace, value_and_grad, vjp
from srcad.api.higher import deriv, divergence, elementwise_grad, gauss_newton, ggnvp, laplacian, taylor, vhp
from srcad.api.jacobians import hessian, jacfwd, jacobian, jacrev
from srcad.calls.config import config
from srcad.errors import SrcadError
from srcad.trace.fields import register_container

__version__ = "0.1.0"

__all__ = [
    "Derived",
    "SrcadError",
    "__version__",
    "config",
    "custom_rule",
    "deriv",
    "divergence",
    "elementwise_grad",
    "errors",
    "gauss_newton",
    "ggnvp",
    "grad",
    "hessian",
    "hvp",
    "implicit",
    "jacfwd",
    "jacobian",
    "jacrev",
    "jit",
    "jvp",
    "laplacian",
    "linearize",
    "register_container",
    "sparse",
    "stop_gradient",
    "taylor",
    "testing",
    "trace",
    "value_and_grad",
    "vhp",
    "vjp",
]
