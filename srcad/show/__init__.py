"""What people look at: evaluation traces as tables, and derivatives as modules to save."""
