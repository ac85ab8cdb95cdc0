"""scipy.sparse."""

from __future__ import annotations

from srcad.definitions import entries
from srcad.definitions.entries import (
    block_diag,
    bmat,
    coo_array,
    coo_matrix,
    csc_array,
    csc_matrix,
    csr_array,
    csr_matrix,
    dia_array,
    dia_matrix,
    diags,
    diags_array,
    eye,
    eye_array,
    hstack,
    identity,
    kron,
    kronsum,
    spdiags,
    tril,
    triu,
    vstack,
)
from srcad.definitions.extremes import eigsh, svds
from srcad.definitions.systems import (
    expm_multiply,
    factorized,
    norm,
    splu,
    spsolve,
    spsolve_triangular,
)

METHODS = {**entries.METHODS}

__all__ = [
    "block_diag",
    "bmat",
    "coo_array",
    "coo_matrix",
    "csc_array",
    "csc_matrix",
    "csr_array",
    "csr_matrix",
    "dia_array",
    "dia_matrix",
    "diags",
    "diags_array",
    "eigsh",
    "expm_multiply",
    "eye",
    "eye_array",
    "factorized",
    "hstack",
    "identity",
    "kron",
    "kronsum",
    "norm",
    "spdiags",
    "splu",
    "spsolve",
    "spsolve_triangular",
    "svds",
    "tril",
    "triu",
    "vstack",
]
