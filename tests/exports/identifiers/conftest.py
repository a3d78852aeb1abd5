"""Recorded vectors, and values on which programs and engines are known to disagree."""

import json

import pytest

TRICKY = [
    "", " ", ".", "@", "+", "a", "a@b", "@b.c", "a@b.c", "a@b@c.d", "A@B.C", " J.D+x@Gmail.com ",
    "j.d+x@googlemail.com", "j.d+x@gmail.com@mail.example", "+@gmail.com", ".+@gmail.com", "gmail.com",
    "a.b+c@gmail.co.example", "a.b@gmail", "j d@mail.example", "\tj@mail.example\n", "\xa0j@mail.example\xa0",
    "\ufeffj@mail.example\x85", "j@mail.example.", "..j@mail.example\x00\x0b", "j\x00d@mail.example", "\x00",
    "JOSÉ@mail.example", "İREM@mail.example", "ΟΔΟΣ@ΣΑΣ.example", "ΑΣ. ΣΑ'Σ", "user@EXÄMPLE.example",
    "\U0001f60a@mail.example",
    "a" * 64, "A" * 64, "a" * 32, "a" * 40, "A" * 43 + "=", "yA==", "+1 (212) 055-0123", "001-212-055-0123",
    "01 212 055 0123", "(055) 012-3456", "212.055.0123", "0", "000", "+0012120550123", "12120550123",
    "+1234567890", "1-212-055-0123", "055-012-3456", "٠١٢٣٤٥٦٧٨٩", "+١٢٣٤٥٦٧٨٩٠", "12345",
    "tel: 12120550123", "''", '"', "$1", "\\1",
]  # fmt: skip


@pytest.fixture(scope="session")
def vectors(shared):
    """Inputs and outputs of the platforms' and connectors' own programs."""
    return json.loads((shared / "vectors" / "normalisation.json").read_text())


@pytest.fixture(scope="session")
def divergence(shared):
    """Tricky inputs, and which implementations make the same hash of each."""
    return json.loads((shared / "vectors" / "divergence.json").read_text())


@pytest.fixture(scope="session")
def tricky():
    """Values on which trimming, lower case and patterns differ between engines, and NULL."""
    return [*TRICKY, None]


@pytest.fixture(scope="session")
def executed(shared):
    """Outputs of connectors' own code."""
    lines = (shared / "vectors" / "connectors.jsonl").read_text().splitlines()
    return [json.loads(line) for line in lines]
