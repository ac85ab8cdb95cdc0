"""Derivatives: reductions."""
