"""Containers, instances and arrays as Python sees them: attributes, items, methods, what a loop runs over."""
