"""Derivatives: sorting."""
