"""Which numbers of a result depend on which inputs, and how a sparse matrix of derivatives is evaluated."""

from srcad.patterns.colouring import Plan, plan
from srcad.patterns.detect import pattern

__all__ = ["Plan", "pattern", "plan"]
