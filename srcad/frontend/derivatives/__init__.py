"""Derivatives, rules and solvers in the program."""
