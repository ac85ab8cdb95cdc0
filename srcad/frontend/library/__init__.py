"""Calls: of NumPy, of the built-in functions, of the standard library."""
