"""The capstone's grader: points by what leaves, never by what a release says of itself."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Any

from exports.coding import as_text
from exports.errors import LabError
from exports.identifiers import Rejected, find_profile
from exports.identifiers.digests import hashed
from exports.release import Export, Release, Truth
from exports.schema import Schema
from reidlab.lessons.rubric import Criterion, Grade, bare_rates, check_part, names_every, overclaims

if TYPE_CHECKING:
    import pyarrow as pa

    from defenses.defense import Defense
    from exports.coding import Ints
    from reidlab.bench.materials.prepared import Prepared
    from simulate.case import Case

SEED = 14
OTHERS = 15
"""Seed of the people on whom a defence was not chosen."""
PEOPLE = 2_000
STATUSES = {
    "more than 7 million addresses went to Facebook": "facebook",
    "70,000 addresses went to Criteo": "criteo",
    "so many visitors came in each year": "signups",
    "the answer on earlier therapy was sent as an event": "event",
    "1,000,000 addresses went to Pinterest": "pinterest",
}
"""Statement of part A -> where the case file has its status."""


def facts(statuses: Any, case: Case) -> Grade:
    """Grade part A: the status of each statement, as the case file has it."""
    right = {one.platform: one.status for one in reversed(case.transfers)}
    right |= {"signups": case.signups.status, "event": case.events[0].status}

    def held(what: str, where: str) -> Criterion:
        return Criterion(what, 2, lambda given: _said(given[what]) == right[where])

    return check_part("A, facts", statuses, [held(*one) for one in STATUSES.items()])


def _said(word: object) -> str:
    return str(word).strip().casefold()


def measuring(measured: Any, data: Prepared) -> Grade:
    """Grade part B: the smallest class, the share alone, and the advantage of inference, as they are."""
    found = _measured(data.export.table, data)

    def right(key: str, what: str) -> Criterion:
        return Criterion(f"{what} is right", 5, lambda given: _near(given[key], found[key]))

    named = {"k": "k", "alone": "the share alone", "advantage": "the advantage"}
    return check_part("B, measure", measured, [right(*one) for one in named.items()])


def _near(given: Any, right: float) -> bool:
    number = float(getattr(given, "share", given))
    return f"{number:.2e}" == f"{right:.2e}" or f"{number / 100:.2e}" == f"{right:.2e}"


@dataclass(frozen=True, slots=True)
class Visitors:
    """People with their addresses, and who of them had agreed to advertising.

    Parameters
    ----------
    export : Export
        What the site holds: ``person_id``, ``email``, ``agreed``.
    """

    export: Export

    @property
    def agreed(self) -> list[bool]:
        """Whether each had agreed, in the order of the table."""
        found: list[bool] = self.export.table["agreed"].to_pylist()
        return found

    @property
    def addresses(self) -> list[str]:
        """Address of each."""
        found: list[str] = self.export.table["email"].to_pylist()
        return found


@cache
def visitors() -> Visitors:
    """Return the visitors of part C.

    Examples
    --------
    >>> len(visitors().addresses)
    2000
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    from simulate.people.tables import simulate_people

    consented = "consent_advertising_on"
    drawn = simulate_people(PEOPLE, seed=SEED, groups=("core", "email", "visit", "consent"))
    drawn = drawn.select(["person_id", "email", consented])
    agreed = pc.fill_null(pc.less_equal(drawn[consented], pa.scalar(date(2018, 12, 31))), False)
    schema = Schema.of("person_id", identifier=["email"], insensitive=["agreed"])
    return Visitors(Export(drawn.drop([consented]).append_column("agreed", agreed), schema))


def forms(address: str) -> set[str]:
    """Return the texts by which a platform recognises an address: plain, normalised, and their digests.

    Examples
    --------
    >>> hashed("ann@mail.example", "sha256") in forms("Ann@mail.example ")
    True
    """
    texts = {address, address.strip(), address.strip().lower()}
    for profile in ("meta_capi", "google"):
        try:
            texts.add(find_profile(profile).rule("email").apply(address).normalised)
        except Rejected:
            continue
    digests = {
        hashed(text, digest, encoding)
        for text in texts
        for digest in ("md5", "sha1", "sha256", "sha512")
        for encoding in ("hex", "base64")
    }
    return texts | digests | {digest.upper() for digest in digests}


def the_list(send: Any, site: Visitors | None = None) -> Grade:
    """Grade part C: whom the tokens that leave belong to, in whatever column they stand."""
    site = site or visitors()
    owners: dict[str, set[int]] = {}
    for place, address in enumerate(site.addresses):
        for form in forms(address):
            owners.setdefault(form, set()).add(place)
    agreed = site.agreed

    def rows(send: Callable[[Export], Release]) -> list[list[bool]]:
        """Tell of each token of each row whether somebody with that address had agreed; couples share one."""
        cells = [_texts(column) for column in send(site.export).rows.columns]
        return [
            [any(agreed[place] for place in owners[text]) for text in row if text in owners]
            for row in zip(*cells, strict=True)
        ]

    def only_agreed(send: Callable[[Export], Release]) -> bool:
        return all(found and all(found) for found in rows(send))

    def no_address(send: Callable[[Export], Release]) -> bool:
        texts = {text.casefold() for column in send(site.export).rows.columns for text in _texts(column)}
        return not any("@" in text for text in texts)

    def no_consents(send: Callable[[Export], Release]) -> bool:
        found = [any(row) for row in rows(send)]
        return not any(_tells(_texts(column), found) for column in send(site.export).rows.columns)

    return check_part(
        "C, the list",
        send,
        [
            Criterion("everybody on it is known and had agreed", 10, only_agreed),
            Criterion("no plain address leaves", 5, no_address),
            Criterion("no column tells who had agreed and who had not", 5, no_consents),
        ],
    )


def _tells(texts: list[str], truth: list[bool]) -> bool:
    """Tell whether a column of few values tells, nearly without error, what is true of a row."""
    groups = Counter(zip(texts, truth, strict=True))
    values = set(texts)
    right = sum(max(groups[value, True], groups[value, False]) for value in values)
    base = max(truth.count(True), truth.count(False))
    return len(values) <= 20 and right >= 0.95 * len(truth) > base


def _texts(column: pa.ChunkedArray) -> list[str]:
    return ["" if value is None else str(value) for value in column.to_pylist()]


def the_answers(make: Any, data: Prepared, others: Prepared) -> Grade:
    """Grade part D: classes, rows, error and inference of the rows that leave, on two draws of people."""
    limits: dict[str, tuple[str, Callable[[Mapping[str, float]], bool]]] = {
        "k": ("every class has 10 people or more", lambda found: found["k"] >= 10),
        "left": ("90 % of the rows leave", lambda found: found["left"] >= 0.9),
        "error": ("the error is at most 0.29", lambda found: found["error"] <= 0.29),
        "advantage": ("the advantage is at most 0.15", lambda found: found["highest"] <= 0.15),
    }
    measured: dict[int, Mapping[str, float]] = {}

    def of(make: Callable[[Export], Release], people: Prepared) -> Mapping[str, float]:
        if id(people) not in measured:
            measured[id(people)] = _measured(make(people.export).rows, people)
        return measured[id(people)]

    def within(what: str, met: Callable[[Mapping[str, float]], bool]) -> Criterion:
        return Criterion(what, 5, lambda make: met(of(make, data)))

    criteria = [within(*one) for one in limits.values()]
    criteria.append(
        Criterion(
            "all of it holds for other people",
            5,
            lambda make: all(met(of(make, others)) for _, met in limits.values()),
        )
    )
    return check_part("D, the answers", make, criteria)


def _measured(rows: pa.Table, people: Prepared) -> Mapping[str, float]:
    from attacks.records.inference import Inference
    from reidlab.assessment.assess import assess
    from reidlab.bench.utility.registry import measure

    schema = people.export.schema
    strange = [name for name in rows.column_names if name not in schema.columns]
    if strange:
        raise LabError(f"The release has a column that the table did not have: {strange[0]!r}.")
    kept = [name for name in rows.column_names if name != schema.person]
    rows = rows.select(kept)
    own = replace(schema, columns={name: schema.columns[name] for name in kept}, person=None)
    owner = _owners(rows, people.export.table.select(kept), own)
    release = Release("records", own, table=rows, owner=owner)
    reason, error = measure("two-way-error", people, release)
    if error is None:
        raise LabError(f"The error could not be had: {reason}.")
    advantage = Inference().run(release, Truth(people.truth.original, people.truth.control), seed=1).advantage
    found = assess(rows, own)
    return {
        "k": found.k,
        "alone": found.uniques / found.rows,
        "left": rows.num_rows / people.export.table.num_rows,
        "error": error,
        "advantage": advantage.value,
        "highest": advantage.high,
    }


def _owners(rows: pa.Table, table: pa.Table, schema: Schema) -> Ints:
    """Return a row of the table that each released row can stand for, as many as fit together at once."""
    import numpy as np
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import maximum_bipartite_matching

    from attacks.comparison.generalised import covered

    fits = np.ones((rows.num_rows, table.num_rows), dtype=bool)
    for name in rows.column_names:
        label, released = _coded(rows[name])
        value, held = _coded(table[name])
        fits &= covered(label, value, schema.columns[name])[released][:, held]
    owner = maximum_bipartite_matching(csr_array(fits), perm_type="column").astype(np.int64)
    left = np.setdiff1d(np.arange(table.num_rows), owner)
    owner[np.flatnonzero(owner < 0)[: len(left)]] = left[: int((owner < 0).sum())]
    return owner


def _coded(column: pa.ChunkedArray) -> tuple[list[str | None], Ints]:
    import numpy as np

    coded = as_text(column).dictionary_encode("encode")
    return coded.dictionary.to_pylist(), coded.indices.to_numpy(zero_copy_only=False).astype(np.int64)


def the_counts(defense: Any, data: Prepared) -> Grade:
    """Grade part E: what a defence of the lab promises and costs, drawn anew by the grader."""
    from reidlab.bench.utility.registry import measure

    def promised(defense: Defense) -> bool:
        promises = _anew(defense, 1).fit_transform(data.export).guarantee.promises
        return 4 * float(promises["epsilon"]) <= 1

    def near(defense: Defense) -> bool:
        errors = [
            measure("count-error", data, _anew(defense, seed).fit_transform(data.export))[1]
            for seed in (1, 2, 3)
        ]
        found = [error for error in errors if error is not None]
        return len(found) == len(errors) and sum(found) / len(found) <= 10

    return check_part(
        "E, the counts",
        defense,
        [
            Criterion("four quarters cost at most epsilon 1", 7, promised),
            Criterion("a count is off by 10 people or fewer, on average", 8, near),
        ],
    )


def _anew(defense: Defense, seed: int) -> Defense:
    """Return a defence of the lab's own class with the grader's seed; no other promise is taken."""
    import defenses

    name = getattr(defense, "name", None)
    if name not in defenses.BUILT_IN or type(defense) is not defenses.find(name):
        raise LabError("Give a defence of the lab, such as DpHistogram(...), and not a function.")
    again: Defense = type(defense)(**{**defense.get_params(deep=False), "seed": seed})
    return again


def the_memo(memo: Any) -> Grade:
    """Grade what can be measured of the memo, in English or German."""
    plans = (("list", "liste"), ("answer", "antwort"), ("count", "zahl", "zähl"))
    units = ("per person", "pro person", "je person", "a person")
    return check_part(
        "F, the memo: measured",
        memo,
        [
            Criterion("it has 120 to 400 words", 1, lambda text: 120 <= len(text.split()) <= 400),
            Criterion("all three plans are named", 1, lambda text: names_every(text, plans)),
            Criterion("counts stand beside every rate", 1, lambda text: not bare_rates(text)),
            Criterion("epsilon has its unit", 1, lambda text: names_every(text, (("epsilon",), units))),
            Criterion("no word promises too much", 1, lambda text: not overclaims(text)),
        ],
    )
