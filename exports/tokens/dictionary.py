"""A dictionary held against tokens: what whoever has these texts reads in the clear."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from exports.columns.detection import detect
from exports.columns.proposal import propose
from exports.identifiers import PROFILES
from exports.reading.distinct_rows import first_rows
from exports.shares import Share
from exports.tokens.forms import Form
from exports.tokens.opening import recipes, written
from exports.tokens.quality import text_sql, token_sql

if TYPE_CHECKING:
    from exports.engines.protocol import Engine
    from exports.sources.origins import Source


@dataclass(frozen=True, slots=True)
class DictionaryOpening:
    """How far one column of a dictionary opens one column of tokens.

    The share of the tokens is what the dictionary covers of this list, and tells nothing of the
    strength of the hash.

    Parameters
    ----------
    texts : str or None
        Name of the dictionary's column; None for its only one, whose name may be a text itself.
    opened : Share
        Different tokens that a profile makes of a text, of the different tokens.
    used : Share
        Different texts of which a token was made, of those in the dictionary.
    profiles : mapping of str to Share
        The different tokens that each profile opens.
    """

    texts: str | None
    opened: Share
    used: Share
    profiles: Mapping[str, Share]

    def __repr__(self) -> str:
        most = max((share.count for share in self.profiles.values()), default=0)
        best = [name for name, share in self.profiles.items() if most and share.count == most]
        under = f" under {best[0]}" + (f" and {len(best) - 1} more" if len(best) > 1 else "") if best else ""
        return f"the dictionary ({self.used.of:,} texts){under} in {self.opened}"

    def to_json(self) -> dict[str, Any]:
        """Return every share."""
        return {
            "texts": self.texts,
            "opened": self.opened.to_json(),
            "used": self.used.to_json(),
            "profiles": {name: share.to_json() for name, share in self.profiles.items()},
        }


def open_with(
    dictionary: Source, table: str, token: str, form: Form, engine: Engine
) -> DictionaryOpening | None:
    """Hash every text of a dictionary under every profile of its kind; None where no digest fits.

    Parameters
    ----------
    dictionary : Source
        One text per row. Each column is tried as the kind it looks like. A list of one column whose
        name looks like its texts has no header: the name is one of them.
    table, token : str
        As `Engine.scan` names it, and the expression of its tokens, as text.
    form : Form
        What the tokens look like.
    engine : Engine
        Where the queries run.

    Returns
    -------
    DictionaryOpening or None
        For the column that opens most.

    Examples
    --------
    >>> import pyarrow as pa
    >>> from exports import DuckDBEngine, read
    >>> from exports.identifiers.digests import hashed
    >>> from exports.tokens.forms import FORMS
    >>> tokens = read(pa.table({"em": [hashed("jane@mail.example", "sha256"), "0" * 64]}))
    >>> texts = read(pa.table({"mail": [" Jane@mail.example", "tom@mail.example"]}))
    >>> with DuckDBEngine() as engine:
    ...     open_with(texts, engine.scan(tokens), "c0", FORMS[2], engine)
    the dictionary (2 texts) under meta and 36 more in 50.0 % (1 of 2)
    """
    kinds = {name: guess.kind for name, guess in propose(dictionary, engine).items()}
    engine.create_table_as(
        "dictionary_tokens",
        f"select distinct t from (select {token_sql(token, form)} as t from {table}) as tokens "
        "where t is not null",
    )
    tried = [_tried(dictionary, name, kind, form, engine) for name, kind in kinds.items()]
    engine.drop("dictionary_tokens")
    found = [one for one in tried if one is not None]
    return max(found, key=lambda one: one.opened.count, default=None)


def _tried(
    dictionary: Source, name: str, kind: str | None, form: Form, engine: Engine
) -> DictionaryOpening | None:
    made = written(recipes(form, kind), engine.dialect.texts)
    if not made:
        return None
    _keep_texts(dictionary, name, kind, engine)
    hashes = " union all ".join(
        f"select {place} as recipe, p, {sql} as h from dictionary_texts"
        for place, (_, sql) in enumerate(made)
    )
    engine.create_table_as(
        "dictionary_hits", f"select recipe, p, h from ({hashes}) as hashes join dictionary_tokens on h = t"
    )
    counts = engine.query(
        "select count(*), (select count(*) from dictionary_texts), (select count(distinct h) from "
        "dictionary_hits), (select count(distinct p) from dictionary_hits) from dictionary_tokens"
    )
    tokens, texts, opened, used = (int(column[0].as_py()) for column in counts.columns)
    counts = engine.query("select recipe, count(distinct h) from dictionary_hits group by recipe")
    hits = dict(zip(*(column.to_pylist() for column in counts.columns), strict=True))
    ranked = sorted((int(hits.get(place, 0)), recipe.profiles) for place, (recipe, _) in enumerate(made))
    by_profile = {name: Share(hit, tokens) for hit, names in ranked for name in names}
    for kept in ("dictionary_hits", "dictionary_texts", "dictionary_header"):
        engine.drop(kept)
    return DictionaryOpening(
        name if len(dictionary.columns) > 1 else None,
        Share(opened, tokens),
        Share(used, texts),
        {profile.name: by_profile[profile.name] for profile in PROFILES if profile.name in by_profile},
    )


def _keep_texts(dictionary: Source, name: str, kind: str | None, engine: Engine) -> None:
    """Keep the different texts of one column, and its name where that is the first line of a bare list."""
    import pyarrow as pa

    of_type = first_rows(dictionary, 1, engine).schema.field(name).type
    texts = (
        f"select cast({text_sql(dictionary.position(name), of_type)} as string) as p "
        f"from {engine.scan(dictionary)}"
    )
    header = pa.table({"p": pa.array([name])})
    if kind is not None and len(dictionary.columns) == 1 and detect("", header["p"]).kind == kind:
        engine.register("dictionary_header", header)
        texts += " union all select p from dictionary_header"
    engine.create_table_as(
        "dictionary_texts", f"select distinct p from ({texts}) as texts where p is not null"
    )
