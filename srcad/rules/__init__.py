"""The table of derivatives, in the areas of `srcad.ops`. `catalogue` has them all."""
