"""Four ways to a derivative side by side: numerical, symbolic, forward mode, reverse mode.

>>> from srcad.compare import compare
>>> print(compare(lambda x: x**3, (2.0,), sizes=(), times=0, budget=0.0).reference.matrix)
[[12.]]
"""

from srcad.compare.comparison import Comparison, compare
from srcad.compare.findings import Result

__all__ = ["Comparison", "Result", "compare"]
