"""Derivatives: sequences."""
