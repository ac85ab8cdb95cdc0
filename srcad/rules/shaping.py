"""Derivatives: shaping."""
