"""Derivatives: joining."""
