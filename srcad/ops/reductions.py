"""Operations: reductions."""
