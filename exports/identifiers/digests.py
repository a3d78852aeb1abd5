"""Digests and encodings by the names that platforms use for them."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from typing import Literal, get_args

Digest = Literal["none", "md5", "sha1", "sha256", "sha512", "sha256(md5hex)"]
Encoding = Literal["hex", "base64"]

DIGESTS: tuple[Digest, ...] = get_args(Digest)
ENCODINGS: tuple[Encoding, ...] = get_args(Encoding)

BYTES = {"md5": 16, "sha1": 20, "sha256": 32, "sha512": 64, "sha256(md5hex)": 32}
"""Length of each digest."""


def _sha256_of_md5_hex(data: bytes) -> bytes:
    return hashlib.sha256(hashlib.md5(data, usedforsecurity=False).hexdigest().encode()).digest()


_FUNCTIONS: dict[str, Callable[[bytes], bytes]] = {
    "md5": lambda data: hashlib.md5(data, usedforsecurity=False).digest(),
    "sha1": lambda data: hashlib.sha1(data, usedforsecurity=False).digest(),
    "sha256": lambda data: hashlib.sha256(data).digest(),
    "sha512": lambda data: hashlib.sha512(data).digest(),
    "sha256(md5hex)": _sha256_of_md5_hex,
}


def hashed(text: str, digest: Digest, encoding: Encoding = "hex") -> str:
    """Return the digest of a text's UTF-8 bytes; with ``none`` the text itself.

    Parameters
    ----------
    text : str
        What is hashed, as it stands.
    digest : {"none", "md5", "sha1", "sha256", "sha512", "sha256(md5hex)"}
        The last is the SHA-256 of the MD5's hexadecimal text.
    encoding : {"hex", "base64"}
        Of the digest's bytes, hexadecimal in lower case.

    Examples
    --------
    >>> hashed("", "sha256")[:8], hashed("", "md5", "base64")
    ('e3b0c442', '1B2M2Y8AsgTpgAmY7PhCfg==')
    """
    if digest == "none":
        return text
    raw = _FUNCTIONS[digest](text.encode())
    return raw.hex() if encoding == "hex" else base64.b64encode(raw).decode()
