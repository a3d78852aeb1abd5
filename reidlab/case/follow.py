"""One simulated person, followed from the intake page to the match and through what is learnt."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from exports.errors import LabError
from exports.identifiers import Rejected, find_profile
from exports.randomness import BLOCK
from reidlab.case.journey import Step, Way
from reidlab.case.trace_back import retrace
from simulate.case import Case, Transfer
from simulate.people.tables import address_keys, number_addresses
from simulate.upload.collection import collection
from simulate.world import load_world

ANSWERS = ("sub_brand", "reason_1", "sadness", "better_off_dead", "therapy_before", "medication", "sleep")


def follow(case: Case, person: int, *, seed: int) -> Way:
    """Follow one visitor of a case to every platform, and back through each attack.

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
    import pyarrow.compute as pc

    accounts = made["accounts"]
    own = accounts.filter(pc.equal(accounts["owner"], who["person_id"])).to_pylist()
    known = pc.unique(accounts["address"])
    back = retrace(case, who, made["visitors"], known, _tokens(case, who), seed=seed)
    return Way(person, (*_before(who), *_uploads(case, who, own), *back))


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
        Step("The intake page", f"{answers}.", sensitive=True),
        Step("The address", f"Typed as {who['email']} ({who['email_entry']})."),
        Step("Consent to advertising", f"given on {consent}" if consent else "not given"),
    ]


def _uploads(case: Case, who: dict[str, Any], own: list[dict[str, Any]]) -> list[Step]:
    platforms, steps = load_world().platforms, []
    for name, transfer in case.widest().items():
        platform = platforms[name]
        sent = _token(transfer.profile or platform.profile, who["email"])
        held = {_token(platform.profile, row["address"]): row["address"] for row in own if row[name]}
        absent = _absent(case, transfer, who)
        if absent:
            text = f"Not on the list of {transfer.date}: {absent}."
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


def _tokens(case: Case, who: dict[str, Any]) -> dict[str, str]:
    """Return what was sent of a person, by platform."""
    platforms, found = load_world().platforms, {}
    for name, transfer in case.widest().items():
        token = _token(transfer.profile or platforms[name].profile, who["email"])
        if token is not None and not _absent(case, transfer, who):
            found[platforms[name].title] = token
    return found


def _absent(case: Case, transfer: Transfer, who: dict[str, Any]) -> str | None:
    """Return why a person is not on a list; people are on it in the order of their numbers."""
    if who["visited_on"] > transfer.date:
        return "the visit came later"
    if transfer.date >= case.collected_by and who["person_id"] >= transfer.count:
        return f"it holds {transfer.count:,} others"
    return None


def _token(profile: str, address: str) -> str | None:
    try:
        return find_profile(profile).rule("email").apply(address).digest
    except Rejected:
        return None
