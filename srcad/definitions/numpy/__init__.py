"""Functions of NumPy as programs of other functions of NumPy, with NumPy's own parameters, apart from `out`."""
