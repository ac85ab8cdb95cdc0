"""Derivatives: linalg."""
