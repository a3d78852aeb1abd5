"""Print how many times more people per CPU-second are simulated than a plain Faker loop makes.

Run from the project's root: ``python -m benchmarks.generation``. CPU time of one process, the same
four fields (name, e-mail, birth date, postal address) and then everything there is about a person.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from functools import partial

from faker import Faker

from exports.randomness import BLOCK
from simulate.addresses.numbering import Numbers
from simulate.people.tables import COLUMNS, address_keys, number_addresses, people_block

FOUR_FIELDS = ("core", "name", "mailbox", "postal")
BLOCKS = 8
FAKED = 4_000
REPEATS = 3


def per_cpu_second(people: int, make: Callable[[], None]) -> float:
    """Return people per CPU-second of one call."""
    start = time.process_time()
    make()
    return people / (time.process_time() - start)


def fake(weighted: bool) -> float:
    """Return the rate of a plain Faker loop."""
    faker = Faker(use_weighting=weighted)
    faker.seed_instance(1)

    def loop() -> None:
        for _ in range(FAKED):
            faker.name(), faker.email(), faker.date_of_birth(), faker.address()

    loop()
    return per_cpu_second(FAKED, loop)


def simulate(groups: tuple[str, ...], *, unique: bool) -> float:
    """Return the rate of simulated visitors, with or without the pass that makes addresses unique."""
    people_block(1, 0, groups=groups)

    def run() -> None:
        numbers: list[Numbers | None] = [None] * BLOCKS
        if unique:
            numbers = [*number_addresses(address_keys(1, block) for block in range(BLOCKS))]
        for block in range(BLOCKS):
            people_block(1, block, groups=groups, numbers=numbers[block])

    return per_cpu_second(BLOCKS * BLOCK, run)


def middle(measure: Callable[[], float]) -> float:
    """Return the median of several measurements."""
    return statistics.median(measure() for _ in range(REPEATS))


if __name__ == "__main__":
    default, unweighted = middle(lambda: fake(True)), middle(lambda: fake(False))
    print(f"{'Faker, default:':42}{default:12,.0f} people per CPU-second")
    print(f"{'Faker, use_weighting=False:':42}{unweighted:12,.0f}")
    for what, groups, unique in (
        ("the four fields:", FOUR_FIELDS, False),
        ("the four fields, no address twice:", FOUR_FIELDS, True),
        ("people with everything:", tuple(COLUMNS), False),
        ("people with everything, no address twice:", tuple(COLUMNS), True),
    ):
        rate = middle(partial(simulate, groups, unique=unique))
        ratios = f"{rate / default:5.0f} x default {rate / unweighted:5.0f} x unweighted"
        print(f"{what:42}{rate:12,.0f}  {ratios}")
    print("Wanted, without the pass as Faker repeats addresses: four fields 300 x default, 60 x unweighted;")
    print("people with everything 100 x default.")
