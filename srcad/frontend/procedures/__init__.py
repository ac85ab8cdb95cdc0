"""Functions of the program: read in place, or made procedures of the trace."""
