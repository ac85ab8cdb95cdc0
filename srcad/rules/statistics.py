"""Derivatives: statistics."""
