"""Loops and comprehensions."""
