"""Operations: indexing."""
