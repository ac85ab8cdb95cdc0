"""What people look at: evaluation traces as tables."""
