"""One simulated person, followed from the intake page to the match and through what is learnt."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from html import escape
from typing import Any

from exports.errors import LabError
from exports.identifiers import Rejected, find_profile
from exports.randomness import BLOCK
from simulate.case import Case
from simulate.collection import collection
from simulate.people import address_keys, number_addresses
from simulate.world import load_world

CONTENT_NOTE = (
    "Content note: what follows names answers about low mood and thoughts of being better off dead."
)
ANSWERS = ("sub_brand", "reason_1", "sadness", "better_off_dead", "therapy_before", "medication", "sleep")


@dataclass(frozen=True, slots=True)
class Step:
    """One stage of the way, in a sentence or two."""

    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Way:
    """The way of one person through a case.

    Parameters
    ----------
    person : int
        Who; nobody real.
    steps : tuple of Step
        In order.
    """

    person: int
    steps: tuple[Step, ...]

    def __repr__(self) -> str:
        return f"person {self.person} in {len(self.steps)} steps"

    def _repr_html_(self) -> str:
        rows = (f"<li><strong>{escape(step.title)}.</strong> {escape(step.text)}</li>" for step in self.steps)
        return f"<ol>{''.join(rows)}</ol>"

    def to_json(self) -> dict[str, Any]:
        """Return person and steps as plain objects."""
        return asdict(self)


def follow(case: Case, person: int, *, seed: int) -> Way:
    """Follow one visitor of a case.

    Parameters
    ----------
    case : Case
        What was sent to whom.
    person : int
        Number of the person, from 0; below the size of the case.
    seed : int
        Of the run.

    Raises
    ------
    LabError
        When there is no such person.
    """
    if not 0 <= person < case.size:
        raise LabError(f"--person is {person} but must lie between 0 and {case.size - 1:,}: choose another.")
    block, row = divmod(person, BLOCK)
    values = {name: entry.value for name, entry in case.parameters.items()}
    draft = collection(case, load_world(), values, seed=seed, people=(block + 1) * BLOCK)
    # Addresses are numbered within this block alone: a namesake elsewhere may push a number up by one.
    drafted = address_keys(seed, block, BLOCK, site=draft.site)
    groups = ("core", "name", "email", "visit", "consent", "home", "identity", "health", "intake", "network")
    collected = replace(draft, numbers={block: number_addresses([drafted])[0]}, groups=groups)
    made = collected(block)
    who = {name: made["visitors"][name][row].as_py() for name in made["visitors"].column_names}
    accounts = made["accounts"]
    import pyarrow.compute as pc

    own = accounts.filter(pc.equal(accounts["owner"], who["person_id"])).to_pylist()
    return Way(person, (*_before(who), *_uploads(case, who, own), *_after(case, who)))


def _before(who: dict[str, Any]) -> list[Step]:
    answers = ", ".join(f"{name.replace('_', ' ')}: {who[name]}" for name in ANSWERS)
    consent = who["consent_advertising_on"]
    return [
        Step(
            "Somebody",
            f"{who['given_name']} {who['surname']}, born {who['birth_date']}, in ZIP code {who['zcta']}, "
            f"{who['relationship']}. Simulated: nobody has this address.",
        ),
        Step("The visit", f"On {who['visited_on']} from {who['ip']} ({who['connection']}, {who['device']})."),
        Step("The intake page", f"{CONTENT_NOTE} {answers}."),
        Step("The address", f"Typed as {who['email']} ({who['email_entry']})."),
        Step("Consent to advertising", f"given on {consent}" if consent else "not given"),
    ]


def _uploads(case: Case, who: dict[str, Any], own: list[dict[str, Any]]) -> list[Step]:
    platforms, steps = load_world().platforms, []
    for name, transfer in case.widest().items():
        platform = platforms[name]
        sent = _token(transfer.profile or platform.profile, who["email"])
        held = {_token(platform.profile, row["address"]): row["address"] for row in own if row[name]}
        if who["visited_on"] > transfer.date:
            text = f"Not on the list of {transfer.date}: the visit came later."
        elif sent is None:
            text = "The address cannot be normalised: it is invalid."
        elif sent in held:
            text = f"Token {sent[:16]}... is the hash of the account's address {held[sent]}: matched."
        elif held:
            text = f"Token {sent[:16]}... is none of the {len(held)} known address(es): not matched."
        else:
            text = f"Token {sent[:16]}...: the platform knows no address of this person."
        steps.append(Step(f"Sent to {platform.title}", text))
    return steps


def _after(case: Case, who: dict[str, Any]) -> list[Step]:
    told = [event for event in case.events if str(who.get(event.column)).lower() == event.value]
    events = ", ".join(f"{event.name!r} ({event.column})" for event in told) or "none"
    alone = who["household_size"] == 1
    family = "nobody else lives there" if alone else f"{who['household_size'] - 1} more live there"
    return [
        Step("Events that the answers fire", events),
        Step("The home address", f"An advertisement to {who['home_ip']} reaches the household: {family}."),
    ]


def _token(profile: str, address: str) -> str | None:
    try:
        return find_profile(profile).rule("email").apply(address).digest
    except Rejected:
        return None
