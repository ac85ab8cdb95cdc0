"""Operations: sorting."""
