"""Operations: elementwise."""
