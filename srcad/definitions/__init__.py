"""Functions of SciPy, and samplers of NumPy, as programs: the frontend reads them in the place of a call."""
