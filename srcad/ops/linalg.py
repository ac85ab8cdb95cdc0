"""Operations: linalg."""
