"""The intermediate representation: types, equations, regions, builder, printer, verifier."""
