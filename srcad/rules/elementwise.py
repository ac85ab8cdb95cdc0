"""Derivatives: elementwise."""
