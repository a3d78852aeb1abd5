"""Which column a token was made of, and under which profiles: whoever has the one has the other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from exports.engines.texts import Texts
from exports.errors import LabError
from exports.identifiers import PROFILES, Rule
from exports.identifiers.digests import Digest
from exports.identifiers.sql import digest_sql
from exports.shares import Share
from exports.tokens.forms import Form
from exports.tokens.quality import token_sql

if TYPE_CHECKING:
    from exports.engines.protocol import Engine

NOUNS = {
    "email": ("email",),
    "phone": ("phone",),
    "fax": ("phone",),
    "first_name": ("first_name",),
    "last_name": ("last_name",),
    "name": ("first_name", "last_name"),
    "city": ("city",),
    "state": ("state",),
    "postal_code": ("zip",),
    "country": ("country",),
    "date_of_birth": ("dob", "dob_year"),
    "gender": ("gender",),
    "advertising_id": ("maid",),
    "device_id": ("maid",),
    "uuid": ("maid", "external_id"),
}
"""Nouns of the profiles that a detected kind may be hashed as; any other may be an external id."""


BEFORE = ("sha256", "SHA256", "sha1", "SHA1", "md5", "MD5")
"""Digests that a text may have gone through before, in capitals where their hexadecimal digits are."""


USUAL = 3
"""Recipes by the number of their profiles that are tried after another digest: each takes long."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """One way of making a token, and the profiles that make it so.

    Parameters
    ----------
    rule : Rule
        Normalisation.
    digest : str
        Digest of the normal form.
    profiles : tuple of str
        Names of the profiles whose own token it is.
    before : str
        Digest that the normal form went through first, in capitals where its digits are; mostly none.
    """

    rule: Rule
    digest: Digest
    profiles: tuple[str, ...]
    before: str = ""

    @property
    def says(self) -> str:
        """The digests, the last one first."""
        if not self.before:
            return self.digest
        return f"{self.digest} of {self.before.lower()}" + (" in capitals" if self.before.isupper() else "")

    def sql(self, column: str, texts: Texts) -> str:
        """Return an expression for the token of a column."""
        return digest_sql(self.rule, column, texts, before=self.before)


@dataclass(frozen=True, slots=True)
class Opening:
    """How far one plain column explains one column of tokens.

    Parameters
    ----------
    token, plain : str
        Names of the two columns.
    recipe : Recipe
        What explains most.
    opened : Share
        Rows whose token it makes of the plain value in the same row, of the rows with both.
    profiles : mapping of str to Share
        The same per profile, of the rows on which all were tried: what its platform, holding the
        plain value, would match.
    elsewhere : Share
        Where no row opens: different tokens that the plain value of any other row opens.
    one_to_one : bool
        Where nothing opens: whether each plain value has one token and each token one plain value,
        as salted and keyed tokens have.
    """

    token: str
    plain: str
    recipe: Recipe
    opened: Share
    profiles: Mapping[str, Share] = field(default_factory=lambda: MappingProxyType({}))
    elsewhere: Share = field(default_factory=lambda: Share(0, 0))
    one_to_one: bool = False

    def __repr__(self) -> str:
        most = max((share.count for share in self.profiles.values()), default=0)
        best = [name for name, share in self.profiles.items() if share.count == most]
        under = f" under {best[0]}" + (f" and {len(best) - 1} more" if len(best) > 1 else "") if best else ""
        if not self.opened.count and self.elsewhere.count:
            return f"{self.recipe.says} of other rows' {self.plain!r} in {self.elsewhere}"
        return f"{self.recipe.says} of {self.plain!r}{under} in {self.opened}"

    def to_json(self) -> dict[str, Any]:
        """Return the columns, the digest and every share."""
        return {
            "token": self.token,
            "plain": self.plain,
            "digest": self.recipe.says,
            "opened": self.opened.to_json(),
            "elsewhere": self.elsewhere.to_json(),
            "one_to_one": self.one_to_one,
            "profiles": {name: share.to_json() for name, share in self.profiles.items()},
        }


def recipes(form: Form, kind: str | None) -> tuple[Recipe, ...]:
    """Return every different way in which a profile would make tokens of this form of such a column.

    Parameters
    ----------
    form : Form
        What the tokens look like.
    kind : str or None
        Detected kind of the plain column.
    """
    found: dict[tuple[object, Digest], Recipe] = {}
    for profile in PROFILES:
        for noun in (*NOUNS.get(kind or "", ("external_id",)), "email_hash" if kind == "token" else ""):
            rule = profile.rules.get(noun)
            for digest in form.digests if rule else ():
                rule = replace(rule, digest=digest, encoding=form.encoding) if rule else Rule()
                key = (rule.steps, digest)
                names = found[key].profiles if key in found else ()
                own = profile.rules[noun].digest == digest or profile.name == "plain"
                found[key] = Recipe(rule, digest, (*names, profile.name) if own else names)
    return tuple(found.values())


def deeper_recipes(form: Form, kind: str | None) -> tuple[Recipe, ...]:
    """Return the commonest recipes, of what another digest made of the normal form: no platform's token."""
    usual = sorted(recipes(form, kind), key=lambda recipe: -len(recipe.profiles))[:USUAL]
    return tuple(replace(recipe, before=before, profiles=()) for recipe in usual for before in BEFORE)


def opening(
    table: str,
    token: tuple[str, str],
    plain: tuple[str, str],
    form: Form,
    kind: str | None,
    engine: Engine,
    *,
    twice: bool = False,
) -> Opening | None:
    """Try every recipe on one plain column; None where the engine has no digest of this form.

    Parameters
    ----------
    table : str
        As `Engine.scan` or `Engine.create_table_as` names it.
    token, plain : pair of str
        Name of the column for people, and its expression in ``table``.
    form : Form
        What the tokens look like.
    kind : str or None
        Detected kind of the plain column.
    engine : Engine
        Where the query runs.
    twice : bool
        Whether to try digests of digests instead.

    Examples
    --------
    >>> import pyarrow as pa
    >>> from exports import DuckDBEngine, find_profile, read
    >>> from exports.tokens.forms import FORMS
    >>> address = "Ann@mail.example"
    >>> made = find_profile("meta_capi").rule("em").apply(address).digest
    >>> with DuckDBEngine() as engine:
    ...     rows = engine.scan(read(pa.table({"mail": [address], "em": [made]})))
    ...     opening(rows, ("em", "c1"), ("mail", "c0"), FORMS[2], "email", engine)
    sha256 of 'mail' under meta and 38 more in 100.0 % (1 of 1)
    """
    tried = deeper_recipes(form, kind) if twice else recipes(form, kind)
    made = written(tried, engine.dialect.texts)
    if not made:
        return None
    rows = _pairs(table, token[1], plain[1], form)
    equal = ", ".join(f"sum(case when t = {sql} then 1 else 0 end)" for _, sql in made)
    counted = engine.query(f"select count(*), {equal} from {rows}")
    of, *hits = (int(column[0].as_py() or 0) for column in counted.columns)
    best = max(range(len(made)), key=hits.__getitem__)
    profiles: dict[str, Share] = {}
    for (recipe, _), hit in sorted(zip(made, hits, strict=True), key=lambda pair: pair[1]):
        profiles |= dict.fromkeys(recipe.profiles, Share(hit, of))
    profiles = {profile.name: profiles[profile.name] for profile in PROFILES if profile.name in profiles}
    found = Opening(token[0], plain[0], made[best][0], Share(hits[best], of), MappingProxyType(profiles))
    return found if hits[best] else _unopened(found, rows, made, engine)


def counted_in(found: Opening, table: str, token: str, plain: str, form: Form, engine: Engine) -> Opening:
    """Return an opening found in some rows with its best recipe counted in all rows of a table."""
    made = found.recipe.sql("p", engine.dialect.texts)
    rows = _pairs(table, token, plain, form)
    counted = engine.query(f"select count(*), sum(case when t = {made} then 1 else 0 end) from {rows}")
    of, hits = (int(column[0].as_py() or 0) for column in counted.columns)
    return replace(found, opened=Share(hits, of))


def _pairs(table: str, token: str, plain: str, form: Form) -> str:
    return (
        f"(select {token_sql(token, form)} as t, cast({plain} as string) as p from {table}) as pairs "
        "where t is not null and p is not null"
    )


def written(made: Sequence[Recipe], texts: Texts) -> list[tuple[Recipe, str]]:
    """Return recipes with their expression over ``p``, without the few that have none in an engine."""
    found = []
    for recipe in made:
        with suppress(LabError):
            found.append((recipe, recipe.sql("p", texts)))
    return found


def _unopened(found: Opening, rows: str, made: Sequence[tuple[Recipe, str]], engine: Engine) -> Opening:
    """Look in other rows, and whether the two columns go together nevertheless."""
    every = " union all ".join(
        f"select {place} as recipe, {sql} as h from {rows}" for place, (_, sql) in enumerate(made)
    )
    opened = engine.query(
        f"select recipe, count(*) from (select distinct recipe, h from ({every}) as hashes) as hashed "
        f"join (select distinct t from {rows}) as tokens on t = h group by recipe order by 2 desc, 1 limit 1"
    )
    counts = engine.query(
        "select count(distinct t), count(distinct p), "
        f"(select count(*) from (select distinct t, p from {rows}) as both_columns) from {rows}"
    )
    tokens, plains, both = (int(column[0].as_py()) for column in counts.columns)
    if not opened.num_rows:
        return replace(found, elsewhere=Share(0, tokens), one_to_one=tokens == plains == both > 1)
    recipe, hits = (int(column[0].as_py()) for column in opened.columns)
    return replace(found, recipe=made[recipe][0], elsewhere=Share(hits, tokens))
