"""Digests and encodings by the names that platforms use for them."""

from __future__ import annotations

import base64
import hashlib
import hmac
from typing import Literal, get_args

from exports.errors import LabError, nearest

Digest = Literal["none", "md5", "sha1", "sha256", "sha512", "sha256(md5hex)"]
Encoding = Literal["hex", "base64"]

DIGESTS: tuple[Digest, ...] = get_args(Digest)
ENCODINGS: tuple[Encoding, ...] = get_args(Encoding)

ALIASES: dict[str, Digest] = {"sha256(md5)": "sha256(md5hex)"}
"""Other words that are understood."""

BYTES: dict[Digest, int] = {"md5": 16, "sha1": 20, "sha256": 32, "sha512": 64, "sha256(md5hex)": 32}
"""Length of each digest."""

BLOCK = 64
"""Bytes that all but SHA-512 work through at a time, which has twice as many."""


def digest_named(word: str, place: str = "digest") -> Digest:
    """Return the digest that a word names, in capitals or not.

    Parameters
    ----------
    word : str
        One of ``DIGESTS`` or of ``ALIASES``.
    place : str
        Where the word stands, for the message.

    Raises
    ------
    LabError
        When no digest is called so.

    Examples
    --------
    >>> digest_named("SHA256(md5)")
    'sha256(md5hex)'
    """
    plain = word.strip().lower()
    named = ALIASES.get(plain, plain)
    for digest in DIGESTS:
        if digest == named:
            return digest
    raise LabError(
        f"{place} {word!r} is unknown: use one of {', '.join(DIGESTS)}, "
        f"of which {nearest(plain, DIGESTS)!r} is the nearest."
    )


def by_length(encoding: Encoding) -> dict[int, Digest]:
    """Return the digest of a text as it stands that has each number of characters.

    Examples
    --------
    >>> by_length("base64")
    {24: 'md5', 28: 'sha1', 44: 'sha256', 88: 'sha512'}
    """
    found: dict[int, Digest] = {}
    for digest, size in BYTES.items():
        found.setdefault(2 * size if encoding == "hex" else 4 * -(-size // 3), digest)
    return found


def low_bytes(text: str) -> bytes:
    r"""Return the low byte of each UTF-16 code unit of a text, as npm's ``sha256`` 0.2 takes a text.

    Examples
    --------
    >>> low_bytes("José"), low_bytes("李")
    (b'Jos\xe9', b'N')
    """
    return text.encode("utf-16-le")[::2]


def hashed(
    text: str, digest: Digest, encoding: Encoding = "hex", key: bytes | None = None, *, low: bool = False
) -> str:
    """Return the digest of a text's UTF-8 bytes; with ``none`` the text itself.

    Parameters
    ----------
    text : str
        What is hashed, as it stands.
    digest : {"none", "md5", "sha1", "sha256", "sha512", "sha256(md5hex)"}
        The last is the SHA-256 of the MD5's hexadecimal text.
    encoding : {"hex", "base64"}
        Of the digest's bytes, hexadecimal in lower case.
    key : bytes, optional
        Makes it the HMAC (RFC 2104).
    low : bool, default False
        Of the text's `low_bytes` instead, where the digest is SHA-256.

    Raises
    ------
    LabError
        When a key comes with no digest.

    Examples
    --------
    >>> hashed("", "sha256")[:8], hashed("", "md5", "base64")
    ('e3b0c442', '1B2M2Y8AsgTpgAmY7PhCfg==')
    """
    if digest == "none":
        if key is not None:
            raise LabError("A key makes a keyed digest and the digest is none: name the digest.")
        return text
    message = low_bytes(text) if low and digest == "sha256" else text.encode()
    function = digest.removesuffix("(md5hex)")
    if function != digest:
        message = hashlib.md5(message, usedforsecurity=False).hexdigest().encode()
    if key is None:
        raw = hashlib.new(function, message, usedforsecurity=False).digest()
    else:
        raw = hmac.new(key, message, function).digest()
    return raw.hex() if encoding == "hex" else base64.b64encode(raw).decode()


def hmac_pads(key: bytes, digest: Literal["md5", "sha1", "sha256"] = "sha256") -> dict[str, bytes]:
    """Return the inner and the outer block of an HMAC (RFC 2104), which ``hmac_sql`` takes."""
    short = hashlib.new(digest, key, usedforsecurity=False).digest() if len(key) > BLOCK else key
    block = short.ljust(BLOCK, b"\0")
    return {"inner": bytes(byte ^ 0x36 for byte in block), "outer": bytes(byte ^ 0x5C for byte in block)}
