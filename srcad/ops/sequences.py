"""Operations: sequences."""
