"""Given names by sex and birth cohort, surnames, and the pieces of addresses made of them."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import Any

import numpy as np
from numpy.typing import NDArray

from exports.errors import LabError
from simulate.attributes.demography import Block, Demography
from simulate.lottery import Lottery
from simulate.tables import table

HOME = "en_US"
RETIRED_LOCALES = ("fr_QC",)
DRAWN_WHERE_NO_POOL = 2_000
UNFOLDED: dict[int, int | str] = {**str.maketrans("øłđəı", "oldei"), ord("ß"): "ss", ord("æ"): "ae"}
"""Latin letters that Unicode does not decompose."""


@dataclass(frozen=True, slots=True)
class NamePool:
    """The names of one locale and how often they are given.

    Parameters
    ----------
    given, surnames : pyarrow.StringArray
        Distinct names.
    given_codes : array of int32
        For each row of the table of given names, its index in ``given``.
    given_lottery : Lottery
        Over those rows, in groups: women and men of each cohort in turn.
    surname_lotteries : tuple of Lottery
        Women's and men's, one and the same where surnames have one form.
    first_cohort, cohort_years : int
        Birth year of the first cohort and width of all.
    """

    given: Any
    surnames: Any
    given_codes: NDArray[np.int32]
    given_lottery: Lottery
    surname_lotteries: tuple[Lottery, Lottery]
    first_cohort: int
    cohort_years: int


@dataclass(frozen=True, slots=True)
class Names:
    """Names of one block: indices into the given names and surnames of ``name_pool(locale)``."""

    given: NDArray[np.int32]
    surname: NDArray[np.int32]
    locale: str


def draw_names(block: Block, who: Demography, locale: str) -> Names:
    """Draw a given name by sex and birth year and a surname for each person of a block."""
    pool = name_pool(locale)
    cohorts = len(pool.given_lottery.start) // 2
    cohort = np.clip((who.birth_year - pool.first_cohort) // pool.cohort_years, 0, cohorts - 1)
    row = pool.given_lottery.draw(block.bits("given name"), 2 * cohort + who.cell[0])
    bits = block.bits("surname")
    women, men = pool.surname_lotteries
    surname = men.draw(bits)
    if women is not men:
        surname = np.where(who.female, women.draw(bits), surname)
    return Names(pool.given_codes[row], surname.astype(np.int32), locale)


@cache
def name_pool(locale: str = HOME) -> NamePool:
    """Return the names of a locale: US tables at home, Faker's pools for every other locale it has.

    As in Faker, a locale without names of its own has those of the United States.

    Raises
    ------
    LabError
        When Faker does not know the locale, or has retired it.

    Examples
    --------
    >>> pool = name_pool("de_DE")
    >>> pool.surnames[:2].to_pylist()
    ['Ackermann', 'Adler']
    """
    return _united_states() if locale == HOME else _from_faker(locale)


def plain_ascii(name: str) -> str:
    """Return a name as the local part of an address would spell it; empty where no letter is Latin.

    Examples
    --------
    >>> plain_ascii("Müller-Lüdenscheidt"), plain_ascii("陽子")
    ('mullerludenscheidt', '')
    """
    folded = (
        unicodedata.normalize("NFKD", name.lower().translate(UNFOLDED)).encode("ascii", "ignore").decode()
    )
    return "".join(letter for letter in folded if letter.isalnum())


def _united_states() -> NamePool:
    import pyarrow as pa

    births, bearers = table("given_names"), table("surnames")
    names = births["name"].combine_chunks().dictionary_encode()
    cohort = births["cohort"].to_numpy()
    male = births["sex"].to_numpy() == "M"
    starts = np.flatnonzero(np.diff(2 * cohort.astype(np.int64) + male, prepend=-1))
    surnames = Lottery.of(bearers["n"].to_numpy())
    return NamePool(
        given=names.dictionary.cast(pa.string()),
        surnames=bearers["name"].combine_chunks().cast(pa.string()),
        given_codes=names.indices.to_numpy(),
        given_lottery=Lottery.of(births["n"].to_numpy(), starts),
        surname_lotteries=(surnames, surnames),
        first_cohort=int(cohort[0]),
        cohort_years=5,
    )


def _from_faker(locale: str) -> NamePool:
    if locale in RETIRED_LOCALES:
        raise LabError(f"The locale {locale!r} is retired in Faker: take fr_CA.")
    import pyarrow as pa
    from faker.config import AVAILABLE_LOCALES

    if locale not in AVAILABLE_LOCALES:
        raise LabError(f"Faker knows no locale {locale!r}: take one such as de_DE, or {HOME}.")
    try:
        provider = import_module(f"faker.providers.person.{locale}").Provider
    except ModuleNotFoundError:
        return name_pool(HOME)
    by_sex = [_weighted(provider, locale, f"first_names_{sex}", "first_names") for sex in ("female", "male")]
    names = sorted({name for pool in by_sex for name in pool})
    index = {name: code for code, name in enumerate(names)}
    last = [_weighted(provider, locale, f"last_names_{sex}", "last_names") for sex in ("female", "male")]
    surnames = sorted({name for pool in last for name in pool})
    women, men = (Lottery.of([pool.get(name, 0.0) for name in surnames]) for pool in last)
    return NamePool(
        given=pa.array(names),
        surnames=pa.array(surnames),
        given_codes=np.array([index[name] for pool in by_sex for name in pool], dtype=np.int32),
        given_lottery=Lottery.of([n for pool in by_sex for n in pool.values()], (0, len(by_sex[0]))),
        surname_lotteries=(men, men) if last[0] == last[1] else (women, men),
        first_cohort=0,
        cohort_years=10_000,
    )


def _weighted(provider: Any, locale: str, *attributes: str) -> dict[str, float]:
    """Return the first pool that holds plain names; some locales have only a method that draws."""
    for attribute in attributes:
        pool = getattr(provider, attribute, None)
        if isinstance(pool, property):
            pool = getattr(provider(_generator(locale)), attribute)
        if not pool:
            continue
        weighted = dict(pool) if isinstance(pool, Mapping) else dict.fromkeys(pool, 1.0)
        plain = {str(name): float(weight) for name, weight in weighted.items() if "{{" not in str(name)}
        if len(plain) > 1:
            total = sum(plain.values())
            return {name: weight / total for name, weight in sorted(plain.items())}
    method = "last_name" if "last" in attributes[0] else "first_name"
    generator = _generator(locale)
    drawn = sorted({str(getattr(generator, method)()) for _ in range(DRAWN_WHERE_NO_POOL)})
    return dict.fromkeys(drawn, 1.0 / len(drawn))


def _generator(locale: str) -> Any:
    from faker import Faker

    generator = Faker(locale)
    generator.seed_instance(0)
    return generator
