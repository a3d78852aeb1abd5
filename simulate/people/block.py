"""One block's people, drawn part by part as columns ask for them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from exports.randomness import BLOCK
from simulate.addresses.drafts import LIVE_FURTHER, SLOTS, Drafts, draft, keys, spell
from simulate.addresses.entry import ENTRIES, draw_entries, type_in
from simulate.addresses.numbering import Numbers
from simulate.attributes.care import ILLNESS, draw_care
from simulate.attributes.demography import (
    COUNTED_ON,
    SEXES,
    VISITING,
    Block,
    Demography,
    Site,
    demography,
    year_of,
)
from simulate.attributes.distress import QUESTIONNAIRES, draw_distress
from simulate.attributes.households import (
    RELATIONSHIPS,
    Donors,
    Households,
    form_households,
    live_together,
)
from simulate.attributes.identity import GENDERS, ORIENTATIONS, RELIGIONS, draw_identity
from simulate.attributes.intake import draw_intake
from simulate.attributes.names import Names, draw_names, name_pool
from simulate.attributes.network import draw_network
from simulate.attributes.places import draw_zctas, phones, street_addresses, zcta_labels
from simulate.attributes.visits import SUB_BRANDS, draw_consent, draw_dates, draw_sub_brands
from simulate.execution.arrow_columns import categories, days

DAYS_TO_RETURN, TYPED_IN_CAPITALS = 120, 0.1
"""Mean days until a second visit, and share of second entries in capital letters. Assumed."""
ASKED_FROM = 13
"""Age from which surveys and the site's questions are answered."""


@dataclass(frozen=True)
class People:
    """The people of one block; each part is drawn once, when it is first needed.

    Parameters
    ----------
    block : Block
        Seed, number, size and population.
    site : Site
        Who visits and when.
    locale : str
        Whose names.
    numbers : Numbers or None
        This block's part of the numbering pass.
    """

    block: Block
    site: Site
    locale: str
    numbers: Numbers | None

    @cached_property
    def who(self) -> Demography:
        """Age, sex and dates."""
        return demography(self.block, self.site)

    @cached_property
    def distress(self) -> NDArray[np.float64]:
        """The latent factor."""
        return draw_distress(self.block, self.site)

    @cached_property
    def identity(self) -> dict[str, NDArray[Any]]:
        """Orientation, gender and religion."""
        return draw_identity(self.block, self.who, self.distress)

    @cached_property
    def households(self) -> Households:
        """Households; those of visitors are like those of residents of their age and sex."""
        if self.block.population == "residents":
            alike = np.isin(self.identity["orientation"], (2, 3))
            return form_households(self.block, self.who, alike)
        homes = _donors(self.block.seed).households(self.block, self.who)
        if self.block.population not in VISITING:
            return homes
        return live_together(self.block, self.who, homes, self.site.lives_with_visitor)

    @cached_property
    def head(self) -> NDArray[np.int64]:
        """Row of the head of each person's household."""
        if self.block.population == "outsiders":
            return np.arange(self.block.size)
        return self.households.head

    @cached_property
    def zcta(self) -> NDArray[np.int64]:
        """Index into the table of ZCTAs."""
        return draw_zctas(self.block, self.head)

    @cached_property
    def names(self) -> Names:
        """Given name and surname; most of a household have the head's surname."""
        names = draw_names(self.block, self.who, self.locale)
        if self.block.population == "outsiders":
            return names
        return replace(names, surname=names.surname[self.households.surname_of])

    @cached_property
    def first_draft(self) -> Drafts:
        """First addresses, numbered where the pass has been run."""
        return self._numbered(draft(self.block, self.who, self.names, 0), 0)

    @cached_property
    def drafts(self) -> list[Drafts]:
        """First, second and third addresses."""
        second, third = (draft(self.block, self.who, self.names, slot) for slot in (1, 2))
        start = len(self.first_draft)
        return [self.first_draft, self._numbered(second, start), self._numbered(third, start + len(second))]

    def _numbered(self, drafts: Drafts, start: int) -> Drafts:
        if self.numbers is None:
            return drafts
        return replace(drafts, number=self.numbers.between(start, start + len(drafts)))

    @cached_property
    def mailbox(self) -> Any:
        """The address used most, spelt."""
        return spell(self.first_draft, self.locale)

    @cached_property
    def sub_brand(self) -> NDArray[np.int64]:
        """Index into ``SUB_BRANDS``."""
        coupled = np.isin(self.households.relationship, (1, 2))
        return draw_sub_brands(self.block, self.who, self.identity, coupled)

    @cached_property
    def returns(self) -> NDArray[np.bool_]:
        """Visitors who come a second time and leave their address again."""
        return self.block.uniforms("returns") < self.site.returning

    @cached_property
    def returned(self) -> NDArray[np.int32]:
        """Day of the second visit."""
        waited = -np.log1p(-self.block.uniforms("days to return")) * DAYS_TO_RETURN
        return np.asarray(self.who.visit) + 1 + waited.astype(np.int32)

    @cached_property
    def health(self) -> dict[str, NDArray[Any]]:
        """Distress, questionnaires and care."""
        health: dict[str, NDArray[Any]] = {"distress": self.distress}
        for scale in QUESTIONNAIRES:
            items = scale.answer(self.block, self.distress, self.who)
            health |= items
            health[scale.name] = np.stack([*items.values()]).sum(axis=0, dtype=np.int8)
        return health | draw_care(self.block, self.who, self.distress)

    def address_keys(self) -> NDArray[np.uint64]:
        """Return the keys of all drafted addresses."""
        return np.concatenate([keys(slot, self.locale) for slot in self.drafts])


@lru_cache(maxsize=2)
def _donors(seed: int) -> Donors:
    """Return the first block of residents of this seed, from whom others' households are drawn."""
    residents = People(Block(seed, 0, BLOCK, "residents"), Site(), "en_US", None)
    return Donors.of(residents.who, residents.households)


def _core(people: People) -> dict[str, Any]:
    import pyarrow as pa

    who = people.who
    return {
        "person_id": pa.array(people.block.person_ids),
        "birth_date": days(who.birth),
        "sex": categories(who.cell[0], SEXES),
        "age": pa.array(who.age.astype(np.int8)),
        "zcta": zcta_labels().take(pa.array(people.zcta)),
    }


def _name(people: People) -> dict[str, Any]:
    import pyarrow as pa

    pool = name_pool(people.locale)
    return {
        "given_name": pool.given.take(pa.array(people.names.given)),
        "surname": pool.surnames.take(pa.array(people.names.surname)),
    }


def _mailbox(people: People) -> dict[str, Any]:
    return {"email_1": people.mailbox}


def _email(people: People) -> dict[str, Any]:
    import pyarrow as pa
    import pyarrow.compute as pc

    block, drafts = people.block, people.drafts
    columns: dict[str, Any] = {"email_1": people.mailbox}
    for slot in range(1, SLOTS):
        place = np.zeros(block.size, np.int64)
        place[drafts[slot].rows] = np.arange(len(drafts[slot]))
        has = np.zeros(block.size, dtype=bool)
        has[drafts[slot].rows] = True
        columns[f"email_{slot + 1}"] = spell(drafts[slot], people.locale).take(pa.array(place, mask=~has))
        live = block.uniforms(f"live {slot + 1}") < LIVE_FURTHER
        columns[f"email_{slot + 1}_live"] = pa.array(live, mask=~has)
    if block.population in VISITING:
        years = year_of(np.asarray(people.who.visit))
        entry = draw_entries(block, people.site, drafts, years, people.head)
        address = pc.if_else(pa.array(entry.slot == 1), people.mailbox, columns["email_2"])
        columns["email"] = type_in(block, entry, address, people.locale)
        columns["email_entry"] = categories(entry.kind, ENTRIES)
        columns["email_slot"] = pa.array(entry.slot)
        again = block.uniforms("typed again") < TYPED_IN_CAPITALS
        columns["email_again"] = pc.if_else(
            pa.array(people.returns),
            pc.if_else(pa.array(again), pc.utf8_upper(columns["email"]), columns["email"]),
            None,
        )
    return columns


def _visit(people: People) -> dict[str, Any]:
    if people.who.visit is None:
        return {}
    dates = draw_dates(people.block, people.who, people.distress - people.site.distress)
    return {
        "visited_on": days(people.who.visit),
        "returned_on": days(people.returned, absent=~people.returns),
        "sub_brand": categories(people.sub_brand, SUB_BRANDS),
        **{name: days(day, absent=absent) for name, (day, absent) in dates.items()},
    }


def _consent(people: People) -> dict[str, Any]:
    if people.who.visit is None:
        return {}
    given = draw_consent(people.block, people.who)
    return {name: days(day, absent=absent) for name, (day, absent) in given.items()}


def _home(people: People) -> dict[str, Any]:
    import pyarrow as pa

    homes = people.households
    return {
        "household_id": pa.array(people.block.person_ids[homes.head]),
        "household_size": pa.array(homes.size.astype(np.int8)),
        "relationship": categories(homes.relationship, RELATIONSHIPS),
    }


def _postal(people: People) -> dict[str, Any]:
    return {"address": street_addresses(people.block, people.head, people.zcta)}


def _phone(people: People) -> dict[str, Any]:
    return {"phone": phones(people.block, people.zcta)}


def _identity(people: People) -> dict[str, Any]:
    import pyarrow as pa

    identity = people.identity
    return {
        "gender": categories(identity["gender"], GENDERS),
        "orientation": categories(identity["orientation"], ORIENTATIONS),
        "lgbt": pa.array(identity["lgbt"]),
        "religion": categories(identity["religion"], RELIGIONS),
    }


def _health(people: People) -> dict[str, Any]:
    import pyarrow as pa

    unasked = people.who.age < ASKED_FROM if people.block.population == "residents" else None
    columns = {name: pa.array(values, mask=unasked) for name, values in people.health.items()}
    columns["distress"] = pa.array(people.distress.astype(np.float32))
    columns["mental_illness"] = categories(people.health["mental_illness"], ILLNESS, absent=unasked)
    return columns


def _intake(people: People) -> dict[str, Any]:
    if people.who.visit is None:
        return {}
    return draw_intake(people.block, people.who, people.sub_brand, people.health)


def _network(people: People) -> dict[str, Any]:
    from datetime import date

    who, homes, block = people.who, people.households, people.block
    day = who.visit
    if day is None:
        day = np.full(block.size, (COUNTED_ON - date(1970, 1, 1)).days, np.int32)
    return draw_network(block, who, block.person_ids[homes.head], people.zcta, day)


GROUPS: dict[str, Callable[[People], dict[str, Any]]] = {
    "core": _core,
    "name": _name,
    "mailbox": _mailbox,
    "email": _email,
    "visit": _visit,
    "consent": _consent,
    "home": _home,
    "postal": _postal,
    "phone": _phone,
    "identity": _identity,
    "health": _health,
    "intake": _intake,
    "network": _network,
}
"""How each column group is made."""
