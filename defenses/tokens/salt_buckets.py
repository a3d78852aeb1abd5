"""Salt buckets: salted tokens whose salts an operator keeps and rotates, as UID2 does."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import ClassVar

from defenses.secret_key import Secret
from defenses.upload_list import SharedTokens, replaced, token_columns
from exports.errors import LabError
from exports.identifiers.digests import hmac_pads
from exports.identifiers.sql import hmac_sql
from exports.release import Export

_FIRST = "unhex(sha256(to_base64(unhex(sha256(value))) || $first))"
_BUCKET = f"(('0x' || substr(hex({_FIRST}), 1, 8))::UBIGINT % $buckets)"
_PERIOD = f"(($day + {_BUCKET} * $days // $buckets) // $days)"
_SALT = hmac_sql(f"{_BUCKET} || '/' || {_PERIOD}")
_TOKEN = f"to_base64(unhex(sha256(to_base64({_FIRST}) || {_SALT})))"


class SaltBuckets(SharedTokens):
    """Replace each identifier by a token under the rotating secret salt of its bucket.

    An operator holds the salts. Whoever may ask it (every participant) gets the same token for
    the same person, so participants join freely; an outsider without access tests no candidate,
    and tokens of before and after a rotation do not join without the operator. It promises nothing.

    Parameters
    ----------
    on : str
        Day of the transfer, ``YYYY-MM-DD``: decides which salt each bucket has.
    key_file, key_env : path or str
        Where the operator's key lies, from which every salt is derived.
    buckets : int, default 1,000,000
        Number of buckets; each rotates on a day of its own.
    rotate_days : int, default 365
        Days that a salt lasts.
    columns : sequence of str, str or None
        Columns to replace; default every identifier, else every token.

    Notes
    -----
    The steps are those of UID2's operator (first-level salt, bucket of the first digest, second
    digest under the bucket's salt, base64), read in its source; how its buckets are numbered and
    its salts made is its own. About a million buckets and a yearly rotation are believed.

    Examples
    --------
    >>> import os, secrets, pyarrow as pa
    >>> from exports import Schema
    >>> os.environ["EXAMPLE_SALTS"] = secrets.token_hex(32)
    >>> export = Export(pa.table({"mail": ["ann@mail.example"]}), Schema.of(identifier=["mail"]))
    >>> days = ["2018-01-01", "2018-01-01", "2020-01-01"]
    >>> tokens = [SaltBuckets(day, key_env="EXAMPLE_SALTS").transform(export).rows for day in days]
    >>> tokens[0] == tokens[1], tokens[0] == tokens[2]
    (True, False)
    """

    name: ClassVar[str] = "salt-buckets"

    def __init__(
        self,
        on: str,
        *,
        key_file: str | Path | None = None,
        key_env: str | None = None,
        buckets: int = 1_000_000,
        rotate_days: int = 365,
        columns: Sequence[str] | str | None = None,
    ) -> None:
        self.on = on
        self.key_file = key_file
        self.key_env = key_env
        self.buckets = buckets
        self.rotate_days = rotate_days
        self.columns = columns

    def tokenised(self, export: Export) -> Export:
        """Return a list with the tokens of that day, which the operator gives every participant."""
        key = Secret.read(self.key_file, self.key_env).key
        if self.buckets < 1 or self.rotate_days < 1:
            raise LabError(
                f"buckets is {self.buckets} and rotate_days {self.rotate_days}, but both must be at least 1."
            )
        try:
            day = date.fromisoformat(self.on).toordinal()
        except ValueError:
            raise LabError(f"on is {self.on!r} but must be a day: write for instance 2018-12-31.") from None
        return replaced(
            export,
            token_columns(export.schema, self.columns),
            _TOKEN,
            **hmac_pads(key),
            first=key.hex(),
            buckets=self.buckets,
            days=self.rotate_days,
            day=day,
        )
