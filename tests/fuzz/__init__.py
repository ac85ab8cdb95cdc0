"""Random programs in Python source, against the plain run and differences."""
