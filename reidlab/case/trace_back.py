"""What each attack makes of one simulated person: the way back from what left to who it was."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from exports.shares import Share
from reidlab.case.journey import Step
from simulate.case import Case

AGE_BAND = 10
"""Years of an age band, for people who are alike."""


def retrace(
    case: Case, who: Mapping[str, Any], visitors: Any, addresses: Any, tokens: Mapping[str, str], *, seed: int
) -> tuple[Step, ...]:
    """Return one step per attack on a person.

    Parameters
    ----------
    case : Case
        What was sent to whom.
    who : mapping of str to object
        The person's row of ``visitors``.
    visitors : pyarrow.Table
        The people of the same block.
    addresses : pyarrow.Array
        Addresses that a thief of the list holds: those of the block's accounts.
    tokens : mapping of str to str
        What was sent, by the title of the platform.
    seed : int
        Of the run.
    """
    return (
        _reversed(tokens, addresses, seed),
        _joined(tokens),
        _singled_out(who, visitors),
        _inferred(who, visitors),
        *([_brand(who, visitors)] if case.sub_brands else []),
        _decoded(case, who, visitors),
        _at_home(who),
        _kept_back(case, who),
    )


def _reversed(tokens: Mapping[str, str], addresses: Any, seed: int) -> Step:
    import pyarrow as pa

    from attacks.tokens.hash_reversal import HashReversal
    from exports.release import Release, Truth
    from exports.schema import Schema

    sent = pa.table({"token": sorted(set(tokens.values()))})
    title = "Attack: undoing the hash"
    if not sent.num_rows:
        return Step(title, "Nothing to undo: no list has this person's address.")
    release = Release("tokens", Schema.of(token=["token"]), table=sent)
    found = HashReversal(dictionary=pa.table({"email": addresses})).run(release, Truth(sent), seed=seed)
    opened = f"opens {found.attack.count} of {found.attack.of} of this person's tokens"
    return Step(title, f"A thief who tries {len(addresses):,} known addresses {opened}.")


def _joined(tokens: Mapping[str, str]) -> Step:
    lists: dict[str, list[str]] = {}
    for platform, token in tokens.items():
        lists.setdefault(token, []).append(platform)
    shared = [" and ".join(names) for names in lists.values() if len(names) > 1]
    text = f"The same token went to {'; to '.join(shared)}: whoever sees both lists joins them."
    return Step(
        "Attack: joining lists", text if shared else "No two lists hold the same token of this person."
    )


def _singled_out(who: Mapping[str, Any], visitors: Any) -> Step:
    place = _alike(visitors, who, "zcta", "sex")
    born = place.filter(_equal(place, who, "birth_date")).num_rows
    return Step(
        "Attack: singling out",
        f"Of {visitors.num_rows:,} visitors {place.num_rows:,} share ZIP code and sex with this person, and "
        f"{born:,} the date of birth as well, this person included"
        + (": alone, so the row is found." if born == 1 else "."),
    )


def _inferred(who: Mapping[str, Any], visitors: Any) -> Step:
    import pyarrow.compute as pc

    alike = _alike(visitors, who, "sex", "relationship")
    first = who["age"] // AGE_BAND * AGE_BAND
    ages = alike["age"]
    alike = alike.filter(pc.and_(pc.greater_equal(ages, first), pc.less(ages, first + AGE_BAND)))
    return Step(
        "Attack: inference",
        f"In therapy before: {_share(alike, 'therapy_before')!r} of the visitors of the same sex and "
        f"relationship aged {first} to {first + AGE_BAND - 1}, "
        f"{_share(visitors, 'therapy_before')!r} of all. This person: {who['therapy_before']}.",
    )


def _brand(who: Mapping[str, Any], visitors: Any) -> Step:
    brand = _alike(visitors, who, "sub_brand")
    return Step(
        "Attack: reading the list's name",
        f"The list is that of {who['sub_brand']}. LGBTQ: {_share(brand, 'lgbt')!r} of the people on it, "
        f"{_share(visitors, 'lgbt')!r} of all visitors.",
    )


def _decoded(case: Case, who: Mapping[str, Any], visitors: Any) -> Step:
    import pyarrow as pa
    import pyarrow.compute as pc

    told = []
    for event in case.events:
        if event.column in who and str(who[event.column]).lower() == event.value:
            holds = pc.equal(visitors[event.column].cast(pa.string()), event.value)
            before = Share(pc.sum(pc.fill_null(holds, False)).as_py() or 0, visitors.num_rows)
            told.append(f"{event.name!r} says {event.column} = {event.value}, believed of {before!r} before")
    text = "; ".join(told) + ". Whoever decodes the name is certain afterwards."
    return Step(
        "Attack: decoding events", text if told else "No event is fired, which tells a little, too.", True
    )


def _at_home(who: Mapping[str, Any]) -> Step:
    others = who["household_size"] - 1
    family = "nobody else lives there" if not others else f"{others} more live there"
    away = "" if who["ip"] == who["home_ip"] else f" The visit itself came from {who['ip']}, not from home."
    return Step(
        "Attack: the address of the connection",
        f"An advertisement to {who['home_ip']} reaches the household: {family}. "
        f"Addresses of this connection in a month: {who['ips_in_month']}.{away}",
    )


def _kept_back(case: Case, who: Mapping[str, Any]) -> Step:
    agreed = who[f"consent_{case.purpose}_on"]
    kept = [one.platform for one in case.widest().values() if agreed is None or agreed > one.date]
    consent = f"kept this person off the lists for {', '.join(kept)}" if kept else "changed nothing here"
    return Step(
        "What would have helped",
        f"Asking for consent to {case.purpose} would have {consent}. An address used nowhere else would "
        "have matched no account. What is not sent cannot be undone.",
    )


def _equal(table: Any, who: Mapping[str, Any], name: str) -> Any:
    import pyarrow as pa
    import pyarrow.compute as pc

    return pc.equal(table[name].cast(pa.string()), str(who[name]))


def _alike(table: Any, who: Mapping[str, Any], *names: str) -> Any:
    for name in names:
        table = table.filter(_equal(table, who, name))
    return table


def _share(table: Any, name: str) -> Share:
    import pyarrow.compute as pc

    return Share(pc.sum(pc.fill_null(table[name], False)).as_py() or 0, table.num_rows)
