"""Print how many times more people per CPU-second are simulated than a plain Faker loop makes.

Run from the project's root: ``python -m benchmarks.generation``. CPU time of one process, the same
four fields (name, e-mail, birth date, postal address) and then everything there is about a person.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from faker import Faker

from exports.randomness import BLOCK
from simulate.people import COLUMNS, address_keys, number_addresses, people_block

FOUR_FIELDS = ("core", "name", "mailbox", "postal")
BLOCKS = 6
FAKED = 1_500


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


def simulate(groups: tuple[str, ...]) -> float:
    """Return the rate of simulated visitors with unique addresses, the numbering pass included."""
    people_block(1, 0, groups=groups)

    def run() -> None:
        numbers = number_addresses(address_keys(1, block) for block in range(BLOCKS))
        for block in range(BLOCKS):
            people_block(1, block, groups=groups, numbers=numbers[block])

    return per_cpu_second(BLOCKS * BLOCK, run)


if __name__ == "__main__":
    default, unweighted = fake(True), fake(False)
    four, everything = simulate(FOUR_FIELDS), simulate(tuple(COLUMNS))
    print(f"Faker, default:            {default:12,.0f} people per CPU-second")
    print(f"Faker, use_weighting=False:{unweighted:12,.0f}")
    print(f"four fields:               {four:12,.0f}  {four / default:6.0f} x default (wanted: 300)")
    print(f"                                         {four / unweighted:6.0f} x unweighted (wanted: 60)")
    print(
        f"people with everything:    {everything:12,.0f}  {everything / default:6.0f} x default (wanted: 100)"
    )
