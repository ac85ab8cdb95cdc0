"""Trace to Trace: adjoints, simplification, dead code, common subexpressions, constant folding."""
