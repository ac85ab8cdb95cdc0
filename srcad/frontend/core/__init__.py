"""What all of the frontend stands on: abstract values, the machine and its heap, the world outside of the program."""
