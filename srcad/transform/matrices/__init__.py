"""Several tangents at once, Jacobians, Taylor series."""
