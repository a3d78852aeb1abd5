"""The known name that a mistyped one most resembles."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


def nearest(name: str, known: Iterable[str]) -> str:
    """Return the known name nearest to a mistyped one.

    Examples
    --------
    >>> nearest("meta_cap", ["uid2", "meta_capi"])
    'meta_capi'
    """
    names = sorted(known)
    close = difflib.get_close_matches(name, names, n=1, cutoff=0.0)
    return close[0] if close else names[0]
