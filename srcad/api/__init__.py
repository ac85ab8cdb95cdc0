"""The functions that users call."""

from srcad.api.compiled import jit
from srcad.api.custom import custom_rule, stop_gradient
from srcad.api.derived import Derived
from srcad.api.forward import hvp, jvp, linearize
from srcad.api.gradients import grad, trace, value_and_grad, vjp
from srcad.api.higher import deriv, divergence, elementwise_grad, gauss_newton, ggnvp, laplacian, taylor, vhp
from srcad.api.jacobians import hessian, jacfwd, jacobian, jacrev

__all__ = [
    "Derived",
    "custom_rule",
    "deriv",
    "divergence",
    "elementwise_grad",
    "gauss_newton",
    "ggnvp",
    "grad",
    "hessian",
    "hvp",
    "jacfwd",
    "jacobian",
    "jacrev",
    "jit",
    "jvp",
    "laplacian",
    "linearize",
    "stop_gradient",
    "taylor",
    "trace",
    "value_and_grad",
    "vhp",
    "vjp",
]
