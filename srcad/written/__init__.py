"""Functions of NumPy as programs of other functions of NumPy: the frontend reads them in the place of a call.

A function belongs here when what it does is best said in a few lines of NumPy. It has the parameters of NumPy's own,
apart from `out`; what it doesn't take, and what it says by `unsupported`, is refused. It reads nothing but its
arguments, and other functions of this room.
"""
