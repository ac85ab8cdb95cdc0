"""Derivatives: structural."""
