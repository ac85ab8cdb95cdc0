"""Derivatives: special."""
