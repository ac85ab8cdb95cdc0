"""Operations: statistics."""
