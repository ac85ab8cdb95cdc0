"""The compiler: the passes in order, what is asked of it, and what it gives."""
