"""``reidlab hash --hash`` and ``reidlab attack hash-reversal`` call every digest by the same word."""

import json

import pytest
from typer.testing import CliRunner

from attacks.dictionary.hashing import Hashing
from exports.errors import LabError
from exports.identifiers.digests import ALIASES, BYTES, DIGESTS, by_length
from reidlab.cli import app

WORDS = ["ann@mail.example", "bob@mail.example", "cy@mail.example"]
NAMED = [*DIGESTS, *ALIASES]


def _hashed(word, *options):
    asked = ["hash", "--profile", "plain", "--kind", "email", "--hash", word, *options]
    return CliRunner().invoke(app, asked, input="\n".join(WORDS))


def _opened(folder, tokens, word, *options):
    (folder / "list.csv").write_text("\n".join(["em", *tokens]) + "\n")
    (folder / "words.csv").write_text("\n".join(["word", *WORDS[:2]]) + "\n")
    asked = ["attack", "hash-reversal", folder / "list.csv", "--population", folder / "words.csv", "--json"]
    settings = [f"--set={one}" for one in ("token=em", f"algorithm={word}", *options)]
    return CliRunner().invoke(app, [*map(str, asked), *settings])


@pytest.mark.parametrize("encoding", ["hex", "base64"])
@pytest.mark.parametrize("word", [*NAMED, "SHA256(md5)"])
def test_each_opens_what_the_other_made(tmp_path, word, encoding):
    done = _hashed(word, "--encoding", encoding)
    tokens = [json.loads(line)["digest"] for line in done.stdout.splitlines()]
    assert tokens == Hashing(word, encoding=encoding).digests(WORDS)
    found = _opened(tmp_path, tokens, word, f"encoding={encoding}")
    assert found.exit_code == 0, found.output
    assert json.loads(found.stdout)["result"]["attack"]["count"] == 2


@pytest.mark.parametrize("word", ["sha265", "md4", "sha256(sha256)", ""])
def test_a_word_that_one_does_not_know_the_other_does_not_know_either(tmp_path, word):
    for done in (_hashed(word), _opened(tmp_path, ["0" * 64], word)):
        assert done.exit_code
        assert isinstance(done.exception, LabError)
        assert "sha256(md5hex), of which" in str(done.exception)


@pytest.mark.parametrize("encoding", ["hex", "base64"])
def test_the_table_of_lengths_is_that_of_the_digests(encoding):
    lengths = {digest: len(Hashing(digest, encoding=encoding).digest("x")) for digest in BYTES}
    assert set(BYTES) == set(DIGESTS) - {"none"}
    assert set(lengths.values()) == set(by_length(encoding))
    assert all(lengths[digest] == length for length, digest in by_length(encoding).items())
