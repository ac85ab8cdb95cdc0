"""Derivatives: indexing."""
