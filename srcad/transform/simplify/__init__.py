"""Simplification: folding, common subexpressions, dead code, code motion."""
