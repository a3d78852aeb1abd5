"""Hashing: plain, salted for one recipient, and keyed with a secret."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar, Literal

from defenses.secret_key import Secret
from defenses.upload_list import SharedTokens, TokenDefense, replaced, token_columns
from exports.errors import LabError
from exports.identifiers.digests import hmac_pads
from exports.identifiers.sql import hmac_sql
from exports.release import Export, Release
from exports.schema import Role

Digest = Literal["sha256", "sha1", "md5"]


class Hash(SharedTokens):
    """Replace each identifier by its digest, as every advertising platform asks for.

    Whoever has a list of candidate addresses hashes them and compares: the platform its accounts,
    an adversary any leaked list. The same person is the same token everywhere. It promises
    nothing; it hides addresses only from someone who holds no candidates.

    Parameters
    ----------
    columns : sequence of str, str or None
        Columns to replace; default every identifier. Tokens are hashed already and stay.
    digest : {"sha256", "sha1", "md5"}
        Digest, printed in lower-case hexadecimal.

    References
    ----------
    FTC (2024), No, hashing still doesn't make your data anonymous, 24 July.

    Examples
    --------
    >>> import pyarrow as pa
    >>> from exports import Schema
    >>> export = Export(pa.table({"mail": ["ann@mail.example"]}), Schema.of(identifier=["mail"]))
    >>> Hash().transform(export).rows["mail"][0].as_py()[:16], Hash().transform(export).guarantee
    ('e153...', none)
    """

    name: ClassVar[str] = "hash"

    def __init__(self, columns: Sequence[str] | str | None = None, digest: Digest = "sha256") -> None:
        self.columns = columns
        self.digest = digest

    def tokenised(self, export: Export) -> Export:
        """Return a list with plain digests."""
        if self.digest not in {"sha256", "sha1", "md5"}:
            raise LabError(f"digest is {self.digest!r} but must be 'sha256', 'sha1' or 'md5'.")
        columns = token_columns(export.schema, self.columns)
        if not self.columns:
            columns = [name for name in columns if export.schema.role(name) is not Role.TOKEN]
        return replaced(export, columns, f"{self.digest}(value)")


class Salt(SharedTokens):
    """Replace each identifier by the digest of a salt and the identifier, one salt per recipient.

    Two recipients cannot join their lists by token. The salt is no secret: the recipient must
    hold it to match, and whoever holds it reverses the tokens as if they were plain hashes.

    Parameters
    ----------
    salt : str
        Public value that differs between recipients, as the recipient's name.
    columns : sequence of str, str or None
        Columns to replace; default every identifier, else every token.

    Examples
    --------
    >>> import pyarrow as pa
    >>> from exports import Schema
    >>> export = Export(pa.table({"mail": ["ann@mail.example"]}), Schema.of(identifier=["mail"]))
    >>> Salt("platform-a").transform(export).rows == Salt("platform-b").transform(export).rows
    False
    """

    name: ClassVar[str] = "salt"

    def __init__(self, salt: str, columns: Sequence[str] | str | None = None) -> None:
        self.salt = salt
        self.columns = columns

    def tokenised(self, export: Export) -> Export:
        """Return a list with digests under the salt, which the recipient holds."""
        if not self.salt:
            raise LabError("The salt is empty, which is a plain hash: give the recipient's name.")
        columns = token_columns(export.schema, self.columns)
        return replaced(export, columns, "sha256($salt || value)", salt=self.salt)


class Hmac(TokenDefense):
    """Replace each identifier by its HMAC-SHA-256 under a secret key, also called a pepper.

    Without the key nobody can test a candidate, so that no dictionary helps; tokens still link
    the rows of one person, and whoever gets the key has a plain hash. A platform that must match
    accounts would need the key, and so gains everything a plain hash gives it.

    Parameters
    ----------
    key_file : path or None
        File that holds the key.
    key_env : str or None
        Name of the environment variable that holds it. One of the two is given; the key
        itself is never a parameter, and appears in no message and no manifest.
    columns : sequence of str, str or None
        Columns to replace; default every identifier, else every token.

    References
    ----------
    Krawczyk, Bellare and Canetti (1997), doi:10.17487/RFC2104.

    Examples
    --------
    >>> import os, secrets, pyarrow as pa
    >>> from exports import Schema
    >>> os.environ["EXAMPLE_PEPPER"] = secrets.token_hex(32)
    >>> export = Export(pa.table({"mail": ["ann@mail.example"]}), Schema.of(identifier=["mail"]))
    >>> Hmac(key_env="EXAMPLE_PEPPER").transform(export).rows == Hash().transform(export).rows
    False
    """

    name: ClassVar[str] = "hmac"

    def __init__(
        self,
        key_file: str | Path | None = None,
        key_env: str | None = None,
        columns: Sequence[str] | str | None = None,
    ) -> None:
        self.key_file = key_file
        self.key_env = key_env
        self.columns = columns

    def transform(self, export: Export) -> Release:
        """Return the upload list with keyed digests in place of identifiers."""
        key = Secret.read(self.key_file, self.key_env).key
        columns = token_columns(export.schema, self.columns)
        return self.released(
            replaced(export, columns, hmac_sql("value"), **hmac_pads(key)), keyed=list(columns)
        )
