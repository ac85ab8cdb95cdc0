"""Arrays, lists and instances as memory, and two states of it that are joined."""
