"""The sweeps: tangents forwards, adjoints backwards, and what the reverse sweep records."""
