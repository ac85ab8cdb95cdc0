"""From a call of the user to generated code: arguments, specialisation, guards, tangents and adjoints that go in."""
