"""What every back end needs of a trace before it is printed: buffers in place of updates, an order, who dies where."""
