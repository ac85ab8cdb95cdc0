"""Operations: special."""
