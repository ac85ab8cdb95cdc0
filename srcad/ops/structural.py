"""Operations: structural."""
