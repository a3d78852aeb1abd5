"""Files of SPSS and Stata: labels instead of codes, and what the file declares to be missing is."""

from __future__ import annotations

from math import isnan
from pathlib import Path
from types import MappingProxyType
from typing import Any

from exports.errors import LabError, MissingExtraError
from exports.sources.frames import arrow_table
from exports.sources.origins import InMemory, Source

READERS = {
    ".sav": "read_sav",
    ".zsav": "read_sav",
    ".dta": "read_dta",
    ".por": "read_por",
    ".sas7bdat": "read_sas7bdat",
}
"""Ending -> function of pyreadstat."""


def statistics_source(path: Path) -> Source:
    """Open a file of SPSS, Stata or SAS.

    Codes with a label read as the label. Values that the file declares missing are missing. A variable
    measured on an ordinal scale, all of whose codes have labels, has the order of the codes.

    Raises
    ------
    LabError
        When it cannot be read.
    """
    try:
        import pyreadstat
    except ModuleNotFoundError:
        raise MissingExtraError("SPSS, Stata or SAS", "spreadsheets") from None
    reader = getattr(pyreadstat, READERS[path.suffix.lower()])
    try:
        frame, about = reader(str(path))
    except (pyreadstat.PyreadstatError, pyreadstat.ReadstatError, OSError, ValueError, UnicodeError):
        raise LabError(f"{path} cannot be read: write it again, or save it as CSV.") from None
    labels = dict(about.variable_value_labels)
    orders = {}
    for name, known in labels.items():
        if name in frame:
            words = {code: str(label) for code, label in known.items()}
            frame[name] = _labelled(frame[name], words)
            whole = bool(frame[name].dropna().isin(list(words.values())).all())
            if (
                about.variable_measure.get(name) == "ordinal"
                and whole
                and len({*words.values()}) == len(words)
            ):
                orders[name] = tuple(words[code] for code in sorted(words))
    table = arrow_table(frame)
    return Source(str(path), tuple(table.column_names), InMemory(table), MappingProxyType(orders))


def _labelled(column: Any, words: dict[Any, str]) -> Any:
    """Return the labels of codes; a code without one as its number is written."""
    from exports.coding import number_text

    def word(value: Any) -> str | None:
        if value is None or (isinstance(value, float) and isnan(value)):
            return None
        return words.get(value) or (number_text(value) if isinstance(value, float) else str(value))

    return column.astype(object).map(word)
