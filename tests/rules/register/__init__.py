"""The register: every function of the catalogue, with calls of it that are checked in both modes and second order.

`cases.py` holds the calls as text, `operands.py` what stands in them, `programs.py` makes programs of them.
"""
