import json
import subprocess
import sys

import pytest
from typer.testing import CliRunner

from reidlab import cli


def run(*options, lines):
    return CliRunner().invoke(cli.app, ["hash", *options], input=lines)


def objects(result):
    assert result.exit_code == 0
    return [json.loads(line) for line in result.stdout_bytes.decode().split("\n")[:-1]]


def test_every_line_gives_one_object_in_order():
    found = objects(run("--profile", "meta_capi", "--kind", "em", lines=b"Jane@Mail.example\nnobody\n"))
    assert found[0]["normalised"] == "jane@mail.example"
    assert len(found[0]["digest"]) == 64
    assert set(found[0]) == {"input", "normalised", "digest"}
    assert set(found[1]) == {"input", "error"}


def test_the_option_for_json_is_taken_and_gives_the_same_lines():
    options = ("--profile", "meta_capi", "--kind", "em")
    lines = b"Jane@Mail.example\nnobody\n"
    assert objects(run(*options, "--json", lines=lines)) == objects(run(*options, lines=lines))


def test_lines_with_nul_line_separators_and_invalid_utf_8_are_answered_one_by_one():
    lines = b"a\x00b@mail.example\n\xff\xfe@mail.example\na\xe2\x80\xa8b\x0bc\x85\n\nlast@mail.example"
    found = objects(run("--profile", "snapchat", "--kind", "email", lines=lines))
    assert len(found) == 5
    assert found[0]["normalised"] == "a\x00b@mail.example"
    assert found[1] == {"input": "\\xff\\xfe@mail.example", "error": "the line is not UTF-8"}
    assert found[3] == {"input": "", "error": "nothing is left to send"}
    assert found[4]["normalised"] == "last@mail.example"


def test_a_line_beyond_the_limit_is_refused_and_the_next_one_is_read():
    lines = b"x" * 5_000_000 + b"\nnext@mail.example\n"
    found = objects(run("--profile", "x", "--kind", "email", lines=lines))
    assert [set(answer) for answer in found] == [{"input", "error"}, {"input", "normalised", "digest"}]
    assert "1,048,576" in found[0]["error"]


def test_lines_of_windows_are_read_like_any_other():
    found = objects(run("--profile", "plain", "--kind", "email", lines=b"a\r\nb\r\n"))
    assert [answer["input"] for answer in found] == ["a", "b"]


def test_digest_and_encoding_can_be_chosen():
    options = ("--profile", "criteo", "--kind", "email", "--hash", "SHA256(md5hex)", "--encoding", "base64")
    assert len(objects(run(*options, lines=b"jane@mail.example\n"))[0]["digest"]) == 44


@pytest.mark.parametrize(
    ("options", "named"),
    [
        (["--profile", "meta_cappi", "--kind", "em"], "meta_capi"),
        (["--profile", "uid2", "--kind", "emial"], "email"),
        (["--profile", "uid2", "--kind", "email", "--hash", "sha265"], "sha256"),
        (["--profile", "uid2", "--kind", "email", "--encoding", "base46"], "base64"),
    ],
)
def test_an_unknown_name_exits_with_2_and_one_sentence_with_the_nearest(options, named):
    done = subprocess.run(
        [sys.executable, "-m", "reidlab", "hash", *options], input=b"x\n", capture_output=True, check=False
    )
    assert done.returncode == 2
    assert done.stdout == b""
    assert done.stderr.count(b"\n") == 1
    assert named in done.stderr.decode()


def test_a_reader_that_leaves_early_is_no_fault():
    shell = f"{sys.executable} -m reidlab hash --profile x --kind email | head -n 1"
    done = subprocess.run(
        shell, shell=True, input=b"jane@mail.example\n" * 20_000, capture_output=True, check=False
    )
    assert done.stdout.count(b"\n") == 1
    assert done.stderr == b""
