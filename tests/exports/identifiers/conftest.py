import json

import pytest


@pytest.fixture(scope="session")
def vectors(shared):
    """Inputs and outputs of the platforms' and connectors' own programs."""
    return json.loads((shared / "vectors" / "normalisation.json").read_text())


@pytest.fixture(scope="session")
def divergence(shared):
    """Tricky inputs, and which implementations make the same hash of each."""
    return json.loads((shared / "vectors" / "divergence.json").read_text())
