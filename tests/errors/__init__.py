"""What the program raises, its derivatives raise."""
