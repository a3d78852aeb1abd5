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
from simulate.demography import Block, Demography
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
    given, surnames : list of str
        Distinct names.
    given_rows : array of int
        For each row of the table of given names, its index in ``given``.
    cumulative : array of float
        Running total over the rows of the given names, women and men alternating within a cohort.
    starts : array of float
        Running total at the start of each (cohort, sex), and the grand total at the end.
    first_cohort, cohort_years : int
        Birth year of the first cohort and width of all.
    surname_cumulative : dict of bool to array of float
        Running total over surnames for women (True) and men.
    """

    given: list[str]
    surnames: list[str]
    given_rows: NDArray[np.int32]
    cumulative: NDArray[np.float64]
    starts: NDArray[np.float64]
    first_cohort: int
    cohort_years: int
    surname_cumulative: dict[bool, NDArray[np.float64]]

    def draw_given(
        self, uniforms: NDArray[np.float64], female: NDArray[np.bool_], birth_year: NDArray[np.int32]
    ) -> NDArray[np.int32]:
        """Return indices into ``given`` for people of this sex and birth year."""
        last = (len(self.starts) - 1) // 2 - 1
        cohort = np.clip((birth_year - self.first_cohort) // self.cohort_years, 0, last)
        cell = 2 * cohort + ~female
        start = self.starts[cell]
        target = start + uniforms * (self.starts[cell + 1] - start)
        return self.given_rows[np.searchsorted(self.cumulative, target, side="right")]

    def draw_surnames(self, uniforms: NDArray[np.float64], female: NDArray[np.bool_]) -> NDArray[np.int32]:
        """Return indices into ``surnames``; the sex matters where a language has two forms."""
        women, men = self.surname_cumulative[True], self.surname_cumulative[False]
        drawn: NDArray[np.int32] = np.searchsorted(men, uniforms * men[-1], side="right").astype(np.int32)
        if women is not men:
            drawn[female] = np.searchsorted(women, uniforms[female] * women[-1], side="right")
        return drawn


@dataclass(frozen=True, slots=True)
class Names:
    """Names of one block: indices into the given names and surnames of ``name_pool(locale)``."""

    given: NDArray[np.int32]
    surname: NDArray[np.int32]
    locale: str


def draw_names(block: Block, who: Demography, locale: str) -> Names:
    """Draw a given name by sex and birth year and a surname for each person of a block."""
    pool = name_pool(locale)
    given = pool.draw_given(block.uniforms("given name"), who.female, who.birth_year)
    return Names(given, pool.draw_surnames(block.uniforms("surname"), who.female), locale)


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
    >>> pool.surnames[:2]
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
    births, bearers = table("given_names"), table("surnames")
    names = births["name"].combine_chunks().dictionary_encode()
    cumulative = np.cumsum(births["n"].to_numpy().astype(np.float64))
    cohort = births["cohort"].to_numpy()
    male = births["sex"].combine_chunks().dictionary_encode().indices.to_numpy()
    cell = (cohort - cohort[0]) // 5 * 2 + male
    ends = cumulative[np.flatnonzero(np.diff(cell, append=cell[-1] + 1))]
    surname_cumulative = np.cumsum(bearers["n"].to_numpy().astype(np.float64))
    return NamePool(
        given=names.dictionary.to_pylist(),
        surnames=bearers["name"].to_pylist(),
        given_rows=names.indices.to_numpy(),
        cumulative=cumulative,
        starts=np.concatenate([[0.0], ends]),
        first_cohort=int(cohort[0]),
        cohort_years=5,
        surname_cumulative=dict.fromkeys((True, False), surname_cumulative),
    )


def _from_faker(locale: str) -> NamePool:
    if locale in RETIRED_LOCALES:
        raise LabError(f"The locale {locale!r} is retired in Faker: take fr_CA.")
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
    rows = [index[name] for pool in by_sex for name in pool]
    cumulative = np.cumsum([weight for pool in by_sex for weight in pool.values()])
    last = [_weighted(provider, locale, f"last_names_{sex}", "last_names") for sex in ("female", "male")]
    surnames = sorted({name for pool in last for name in pool})
    women, men = (np.cumsum([pool.get(name, 0.0) for name in surnames]) for pool in last)
    return NamePool(
        given=names,
        surnames=surnames,
        given_rows=np.array(rows, dtype=np.int32),
        cumulative=cumulative,
        starts=np.array([0.0, cumulative[len(by_sex[0]) - 1], cumulative[-1]]),
        first_cohort=0,
        cohort_years=10_000,
        surname_cumulative={True: women, False: women if last[0] == last[1] else men},
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
