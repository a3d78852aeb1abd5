"""How an adversary believes that the tokens were made: the digest, its salt or key, its form."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from exports.engines.texts import DUCKDB_TEXTS
from exports.errors import LabError
from exports.identifiers.digests import (
    ENCODINGS,
    Digest,
    Encoding,
    by_length,
    digest_named,
    hashed,
    hmac_pads,
)
from exports.identifiers.sql import hash_sql, hmac_sql

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

BEFORE = ("sha256", "SHA256", "sha1", "SHA1", "md5", "MD5")
"""Digests that a text may have gone through before, in capitals where their hexadecimal digits are."""


@dataclass(frozen=True, slots=True)
class Hashing:
    """One way of turning a text into a token, in SQL for many and in Python for one.

    Parameters
    ----------
    algorithm : {"none", "md5", "sha1", "sha256", "sha512", "sha256(md5hex)"}
        A digest as ``exports.identifiers.digests`` names them; with ``none`` the token is the text.
    salt : str, default ""
        A known salt, set before the text or after it.
    salt_position : {"before", "after"}
        Where the salt stands.
    key : bytes or None
        A leaked key: the token is the HMAC of the text. Never shown.
    encoding : {"hex", "base64"}
        Form of the token; hex is compared in lower case.
    length : int or None
        Characters of the token that were kept, from the left.
    before : tuple of str
        Digests that the text went through first, each written in hexadecimal: any of ``BEFORE``.

    Raises
    ------
    LabError
        When a field has no such value.

    Examples
    --------
    >>> Hashing("md5").digest("123-456-7890")[:8]
    '2813448c'
    >>> Hashing(salt="pepper", length=6).digest("jane@mail.example")
    '34d4a1'
    """

    algorithm: Digest = "sha256"
    salt: str = ""
    salt_position: Literal["before", "after"] = "before"
    key: bytes | None = field(default=None, repr=False)
    encoding: Encoding = "hex"
    length: int | None = None
    before: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "algorithm", digest_named(self.algorithm, "algorithm"))
        for name, value, allowed in (
            ("encoding", self.encoding, ENCODINGS),
            ("salt_position", self.salt_position, ("before", "after")),
        ):
            if value not in allowed:
                raise LabError(f"{name} is {value!r} but must be one of {', '.join(allowed)}.")
        if self.length is not None and self.length < 1:
            raise LabError(f"length is {self.length} but must be at least 1 character.")
        if self.algorithm == "none" and self.key is not None:
            raise LabError("A key makes a keyed digest and algorithm is none: name the digest.")

    @classmethod
    def guess(cls, tokens: pa.Array) -> Hashing:
        """Return the plain digest that tokens of this length and alphabet come from.

        Raises
        ------
        LabError
            When the tokens differ in length or fit no digest.

        Examples
        --------
        >>> import pyarrow as pa
        >>> Hashing.guess(pa.array(["2813448CE6DD0F79298F09A6C97D6B51"])).algorithm
        'md5'
        """
        import pyarrow.compute as pc

        lengths = pc.unique(pc.utf8_length(tokens)).to_pylist()
        hexadecimal = len(lengths) == 1 and pc.all(pc.match_substring_regex(tokens, "^[0-9a-fA-F]+$")).as_py()
        encoding: Encoding = "hex" if hexadecimal else "base64"
        known = by_length(encoding)
        if len(lengths) != 1 or lengths[0] not in known:
            raise LabError(
                f"The tokens have {len(lengths)} different length(s) and fit no plain digest: say how they "
                "were made (algorithm, salt, key, length)."
            )
        return cls(known[lengths[0]], encoding=encoding)

    @property
    def whole(self) -> bool:
        """Whether a token is the whole digest, so that a text that gives it is the text."""
        if self.length is None or self.algorithm == "none":
            return self.length is None
        return self.length >= len(hashed("", self.algorithm, self.encoding))

    def require_form(self, tokens: pa.Array) -> None:
        """Check that some token is as long as those made in this way: else no guess could ever match.

        Raises
        ------
        LabError
            When none is.
        """
        import pyarrow.compute as pc

        if self.algorithm == "none":
            return
        lengths, wanted = sorted(pc.unique(pc.utf8_length(tokens)).to_pylist()), len(self.digest(""))
        if lengths and wanted not in lengths:
            found = ", ".join(map(str, lengths[:3]))
            raise LabError(
                f"The tokens have {found} characters and {self.algorithm} in {self.encoding} gives {wanted}: "
                "correct algorithm, encoding or length."
            )

    def digest(self, text: str) -> str:
        """Return the token of one text, by Python's hashlib."""
        for word in self.before:
            text = hashed(text, digest_named(word.lower()), "hex")
            text = text.upper() if word.isupper() else text
        salted = self.salt + text if self.salt_position == "before" else text + self.salt
        return hashed(salted, self.algorithm, self.encoding, self.key)[: self.length]

    def digests(self, texts: Iterable[str]) -> list[str]:
        """Return the token of each text; the slow way, for digests that DuckDB does not have."""
        return [self.digest(text) for text in texts]

    def sql(self, text: str) -> str:
        """Return DuckDB's expression for the token of the expression ``text``.

        Salt and key enter as hexadecimal constants, so nothing that a user wrote is ever SQL.
        ``install`` must have prepared the connection when the algorithm is SHA-512.

        Examples
        --------
        >>> Hashing("md5", length=8).sql("word")
        'left(md5(word), 8)'
        """
        if self.algorithm == "sha512":
            return f"lab_digest({text})"
        for word in self.before:
            text = hash_sql(text, DUCKDB_TEXTS, digest_named(word.lower()), "hex")
            text = f"upper({text})" if word.isupper() else f"lower({text})"
        if self.salt:
            salt = f"decode(unhex('{self.salt.encode().hex()}'))"
            text = f"{salt} || {text}" if self.salt_position == "before" else f"{text} || {salt}"
        if self.key is None:
            token = hash_sql(text, DUCKDB_TEXTS, self.algorithm, self.encoding)
        else:
            token = self._keyed_sql(text, self.key)
        return token if self.length is None else f"left({token}, {self.length})"

    def _keyed_sql(self, text: str, key: bytes) -> str:
        function: Any = self.algorithm.removesuffix("(md5hex)")
        if function != self.algorithm:
            text = DUCKDB_TEXTS.write("md5", text)
        pads = {name: f"unhex('{pad.hex()}')" for name, pad in hmac_pads(key, function).items()}
        token = hmac_sql(text, function, inner=pads["inner"], outer=pads["outer"])
        return token if self.encoding == "hex" else DUCKDB_TEXTS.write("base64", token)

    def install(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Give ``connection`` the digest that DuckDB lacks; close the connection when done."""
        if self.algorithm != "sha512":
            return
        import pyarrow as pa

        def digest(texts: Any) -> Any:
            return pa.array(self.digests(texts.to_pylist()), pa.string())

        arrow: Any = "arrow"
        connection.create_function("lab_digest", digest, ["VARCHAR"], "VARCHAR", type=arrow)
