"""Calls: of NumPy, of built-in functions, of the standard library, of unknown functions as they stand."""
