"""From a Python function to its evaluation trace.

    def f(x):                 v1 = x * x
        y = x * x      ->     v2 = sin(v1)
        return np.sin(y)

The frontend runs the function's syntax tree on abstract values: what is known now (strings, modules, the structure of
containers) is resolved now, everything else becomes equations.
"""

from srcad.frontend.core.guards import Guard, IdentityGuard, StructureGuard, TypeGuard, ValueGuard
from srcad.frontend.core.reading import Reading
from srcad.frontend.read import read

__all__ = ["Guard", "IdentityGuard", "Reading", "StructureGuard", "TypeGuard", "ValueGuard", "read"]
