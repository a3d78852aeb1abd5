"""How an adversary believes that the tokens were made: the digest, its salt or key, its form."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, get_args

from exports.errors import LabError

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

Algorithm = Literal["md5", "sha1", "sha256", "sha512", "sha256(md5)"]
Encoding = Literal["hex", "base64"]

HEX_LENGTHS = {32: "md5", 40: "sha1", 64: "sha256", 128: "sha512"}
BASE64_LENGTHS = {24: "md5", 28: "sha1", 44: "sha256", 88: "sha512"}


@dataclass(frozen=True, slots=True)
class Hashing:
    """One way of turning a text into a token, in SQL for many and in Python for one.

    Parameters
    ----------
    algorithm : {"md5", "sha1", "sha256", "sha512", "sha256(md5)"}
        The last is SHA-256 of the lower-case hex of MD5.
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

    algorithm: Algorithm = "sha256"
    salt: str = ""
    salt_position: Literal["before", "after"] = "before"
    key: bytes | None = field(default=None, repr=False)
    encoding: Encoding = "hex"
    length: int | None = None

    def __post_init__(self) -> None:
        for name, value, allowed in (
            ("algorithm", self.algorithm, get_args(Algorithm)),
            ("encoding", self.encoding, get_args(Encoding)),
            ("salt_position", self.salt_position, ("before", "after")),
        ):
            if value not in allowed:
                raise LabError(f"{name} is {value!r} but must be one of {', '.join(allowed)}.")
        if self.length is not None and self.length < 1:
            raise LabError(f"length is {self.length} but must be at least 1 character.")

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
        if len(lengths) == 1 and pc.all(pc.match_substring_regex(tokens, "^[0-9a-fA-F]+$")).as_py():
            known, encoding = HEX_LENGTHS, "hex"
        else:
            known, encoding = BASE64_LENGTHS, "base64"
        if len(lengths) != 1 or lengths[0] not in known:
            raise LabError(
                f"The tokens have {len(lengths)} different length(s) and fit no plain digest: say how they "
                "were made (algorithm, salt, key, length)."
            )
        return cls(known[lengths[0]], encoding=encoding)  # type: ignore[arg-type]  # the tables name algorithms

    @property
    def whole(self) -> bool:
        """Whether a token is the whole digest, so that a text that gives it is the text."""
        return self.length is None or self.length >= len(
            Hashing(self.algorithm, encoding=self.encoding).digest("")
        )

    def require_form(self, tokens: pa.Array) -> None:
        """Check that some token is as long as those made in this way: else no guess could ever match.

        Raises
        ------
        LabError
            When none is.
        """
        import pyarrow.compute as pc

        lengths, wanted = sorted(pc.unique(pc.utf8_length(tokens)).to_pylist()), len(self.digest(""))
        if lengths and wanted not in lengths:
            found = ", ".join(map(str, lengths[:3]))
            raise LabError(
                f"The tokens have {found} characters and {self.algorithm} in {self.encoding} gives {wanted}: "
                "correct algorithm, encoding or length."
            )

    def digest(self, text: str) -> str:
        """Return the token of one text, by Python's hashlib."""
        salted = self.salt + text if self.salt_position == "before" else text + self.salt
        message = salted.encode()
        algorithm = self.algorithm
        if algorithm == "sha256(md5)":
            algorithm, message = "sha256", hashlib.md5(message, usedforsecurity=False).hexdigest().encode()
        if self.key is None:
            raw = hashlib.new(algorithm, message, usedforsecurity=False).digest()
        else:
            raw = hmac.new(self.key, message, algorithm).digest()
        token = raw.hex() if self.encoding == "hex" else base64.b64encode(raw).decode()
        return token[: self.length]

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
        if self.salt:
            salt = f"decode(unhex('{self.salt.encode().hex()}'))"
            text = f"{salt} || {text}" if self.salt_position == "before" else f"{text} || {salt}"
        function = self.algorithm
        if self.algorithm == "sha256(md5)":
            function, text = "sha256", f"md5({text})"
        token = f"{function}({text})" if self.key is None else _hmac(function, self.key, text)
        if self.encoding == "base64":
            token = f"base64(unhex({token}))"
        return token if self.length is None else f"left({token}, {self.length})"

    def install(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Give ``connection`` the digest that DuckDB lacks; close the connection when done."""
        if self.algorithm != "sha512":
            return
        import pyarrow as pa

        def digest(texts: Any) -> Any:
            return pa.array(self.digests(texts.to_pylist()), pa.string())

        arrow: Any = "arrow"
        connection.create_function("lab_digest", digest, ["VARCHAR"], "VARCHAR", type=arrow)


def _hmac(function: str, key: bytes, text: str) -> str:
    """Return HMAC (RFC 2104) of ``text`` by two nested digests; the block of all three is 64 bytes."""
    block = (key if len(key) <= 64 else hashlib.new(function, key).digest()).ljust(64, b"\0")
    inner, outer = (bytes(byte ^ pad for byte in block).hex() for pad in (0x36, 0x5C))
    return f"{function}(unhex('{outer}') || unhex({function}(unhex('{inner}') || encode({text}))))"
