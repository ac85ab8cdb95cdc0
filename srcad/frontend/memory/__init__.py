"""Arrays and lists as memory, and two states of it that are joined."""
