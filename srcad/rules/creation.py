"""Derivatives: creation."""
