"""The form of the tokens in a column, and which digests come in that form."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from exports.columns.shapes import KEYED_TOKEN
from exports.identifiers.digests import Digest, Encoding

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True, slots=True)
class Form:
    """How tokens are written.

    Parameters
    ----------
    name : str
        For people.
    pattern : str
        Matches a whole token; upper and lower case alike.
    digests : tuple of str
        Digests that are written so; none where the form tells nothing about the digest.
    encoding : {"hex", "base64"}
        Of the digest's bytes.
    """

    name: str
    pattern: str
    digests: tuple[Digest, ...] = ()
    encoding: Encoding = "hex"


FORMS: tuple[Form, ...] = (
    Form("MD5 in hexadecimal", "[0-9a-f]{32}", ("md5",)),
    Form("SHA-1 in hexadecimal", "[0-9a-f]{40}", ("sha1",)),
    Form("SHA-256 in hexadecimal", "[0-9a-f]{64}", ("sha256", "sha256(md5hex)")),
    Form("SHA-512 in hexadecimal", "[0-9a-f]{128}", ("sha512",)),
    Form("MD5 in base64", "[a-z0-9+/]{22}==", ("md5",), "base64"),
    Form("SHA-1 in base64", "[a-z0-9+/]{27}=", ("sha1",), "base64"),
    Form("SHA-256 in base64", "[a-z0-9+/]{43}=", ("sha256", "sha256(md5hex)"), "base64"),
    Form("SHA-512 in base64", "[a-z0-9+/]{86}==", ("sha512",), "base64"),
    Form("UUID", "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"),
    Form("salted or signed", KEYED_TOKEN),
)
"""Known forms; a digest is told by its length alone, so a keyed one of that length looks the same."""

PREFIXES: dict[Encoding, str] = {"hex": "^[^:=$xX}]*[:=$xX}]", "base64": "^[^:$}]*[:$}]"}
"""What stands before a digest, such as ``sha256:`` or the mark of bytes; no digest holds these characters."""

UNKNOWN = Form("unknown", ".*")

NEARLY_ALL = 0.9
"""Share of the tokens that must have the form."""


def form_of(tokens: pa.Array | pa.ChunkedArray) -> Form:
    """Return the form of most tokens; `UNKNOWN` where they have none in common.

    Parameters
    ----------
    tokens : pyarrow.Array or pyarrow.ChunkedArray
        Text, or bytes, which are read as hexadecimal.

    Examples
    --------
    >>> import pyarrow as pa
    >>> form_of(pa.array(["D41D8CD98F00B204E9800998ECF8427E", None])).name
    'MD5 in hexadecimal'
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    there = pc.drop_null(tokens)
    if pa.types.is_binary(there.type) or pa.types.is_fixed_size_binary(there.type):
        there = pa.array([value.hex() for value in there.to_pylist()], pa.string())
    texts = pc.utf8_trim_whitespace(there.cast(pa.string()))
    for form in FORMS:
        bare = pc.replace_substring_regex(texts, PREFIXES[form.encoding], "") if form.digests else texts
        found = pc.match_substring_regex(bare, f"(?is)^(?:{form.pattern})$")
        if len(texts) and pc.mean(found.cast(pa.int8())).as_py() >= NEARLY_ALL:
            return form
    return UNKNOWN
