"""What Python does with values: items, iteration, operators, comparisons, text."""
