"""Sums of products in derivative code, as one contraction.

    c_bar += np.sum(v_bar * lap)     ->     c_bar += v_bar @ lap

It reads both vectors once, and makes no third one. The user's own sums stay as written: a contraction adds in another
order.
"""

from __future__ import annotations

from srcad.trace.nodes import Equation
from srcad.trace.types import dtype_of, rank_of
from srcad.transform.simplify.folder import Folded, Folder, Rules, derived, fits, is_derivative
from srcad.transform.simplify.similar import same_type

folds = Rules()


@folds("sum")
def sum_of_product(folder: Folder, equation: Equation) -> Folded:
    """sum(a * b) of vectors of float64 of one length: a @ b."""
    product = folder.maker(equation.operands[0], "multiply", once=True)
    if product is None or len(equation.operands) > 1 or not (is_derivative(equation) and is_derivative(product)):
        return None
    a, b = product.operands
    if rank_of(a.type) != 1 or dtype_of(a.type) != "float64" or not same_type(a.type, b.type):
        return None
    fitting = fits("matmul", (a, b), equation.result.type)
    return derived(equation, "matmul", (a, b)) if fitting and not equation.params.get("keepdims") else None
