"""Loops, and what loops collect."""
