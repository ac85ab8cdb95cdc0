"""Derivatives: norms."""
