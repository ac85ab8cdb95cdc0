"""Derivatives of what solvers give: roots, fixed points, integrals, trajectories."""
