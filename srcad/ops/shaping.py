"""Operations: shaping."""
