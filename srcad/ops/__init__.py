"""The operations, by area: names, types, spellings, and how NumPy calls lower to them. `catalogue` has them all."""
