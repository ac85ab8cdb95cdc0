"""Operations: creation."""
