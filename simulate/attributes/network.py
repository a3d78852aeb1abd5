"""Internet addresses and devices: a household's connection, mobile carriers' shared ones, and churn.

All IPv4 addresses lie in 240.0.0.0/4 and IPv6 ones in 2001:db8::/32, which nobody can be reached at.
A connection keeps its address for a term and then gets another; both are functions of the household
and the day, so the address at any date can be asked for without a history.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from exports.randomness import Stream
from simulate.attributes.demography import Block, Demography
from simulate.execution.arrow_columns import ascii_strings, categories, hex_digits
from simulate.lottery import pick

DAYS_OF_TERM = np.array([2000, 730, 365, 180, 60, 14, 1])
TERM_SHARES = np.array([0.025, 0.03, 0.25, 0.30, 0.12, 0.105, 0.17])
"""Days for which connections keep an address, and their shares: 60 % of machines have one address in a month
and the mean is about 6 (comScore 2007-08, seen); the split is fitted to these two. That some keep it for
years follows Mishra and others (2020), who call most addresses of fixed lines long-lived; the tail is
assumed.
"""
LONG_TERM = 30
BEHIND_CARRIER_NAT = 0.17
"""Home connections that share their address with others (Richter 2016, believed)."""
ADDRESSES_PER_POOL = 16
"""Public addresses of one carrier in one region (three digits of the ZIP code): more than 100 users each."""
MOBILE_CARRIER_SHARES = np.array([0.36, 0.34, 0.20, 0.10])
CONNECTIONS = ("home", "mobile", "elsewhere")
CONNECTION_SHARES = (0.60, 0.30, 0.10)
DEVICES = ("iphone", "android", "computer", "tablet")
DEVICES_BY_CONNECTION_AND_AGE = np.array(
    [
        *([0.26, 0.25, 0.41, 0.08], [0.13, 0.13, 0.60, 0.14]),
        *([0.51, 0.49, 0.0, 0.0], [0.48, 0.46, 0.0, 0.06]),
        *([0.16, 0.15, 0.65, 0.04], [0.08, 0.08, 0.78, 0.06]),
    ]
)
OLDER = 50
"""How people connect and with what, younger than 50 and older. Assumed."""
FIRST_RESERVED = 240 << 24
DAYS_OF_MONTH = 30


def mix(numbers: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Scramble 64-bit numbers one to one (splitmix64's finaliser)."""
    numbers = (numbers ^ (numbers >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    numbers = (numbers ^ (numbers >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return numbers ^ (numbers >> np.uint64(31))


def _keyed(seed: int, name: str, numbers: NDArray[Any]) -> NDArray[np.uint64]:
    key = Stream(seed, "network", name).bits(1)
    return mix(numbers.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15) + key)


def terms(
    seed: int, household: NDArray[np.int64], day: NDArray[Any] | int, stretch: float = 1.0
) -> NDArray[np.int64]:
    """Return which term a household's connection is in on a day (days since 1970); it counts up.

    ``stretch`` makes terms of more than a month longer or shorter, to see what the tail decides.
    """
    drawn = _keyed(seed, "term", household)
    uniform = (drawn >> np.uint64(32)).astype(np.float64) * 2.0**-32
    lengths = np.where(DAYS_OF_TERM > LONG_TERM, DAYS_OF_TERM * stretch, DAYS_OF_TERM).astype(np.int64)
    last = len(lengths) - 1
    days = lengths[np.searchsorted(np.cumsum(TERM_SHARES), uniform, side="right").clip(max=last)]
    phase = (drawn % np.uint64(1 << 20)).astype(np.int64) % days
    count: NDArray[np.int64] = (np.asarray(day, np.int64) + phase) // days
    return count


def behind_carrier_nat(
    seed: int, household: NDArray[np.int64], share: float = BEHIND_CARRIER_NAT
) -> NDArray[np.bool_]:
    """Return which households share their public address with strangers."""
    shared: NDArray[np.bool_] = _keyed(seed, "behind carrier NAT", household) < np.uint64(share * 2**64)
    return shared


def home_addresses(
    seed: int, household: NDArray[np.int64], zcta: NDArray[np.int64], day: NDArray[Any] | int
) -> NDArray[np.int64]:
    """Return the public IPv4 address of each household's connection on a day, as a number."""
    epoch = terms(seed, household, day)
    own = _keyed(seed, "home address", household * 40_000 + epoch) >> np.uint64(36)
    shared = behind_carrier_nat(seed, household)
    pooled = _pool_addresses(seed, "home", zcta // 30, household + epoch)
    return FIRST_RESERVED + np.where(shared, pooled, own.astype(np.int64))


def _pool_addresses(
    seed: int, carrier: str, region: NDArray[np.int64], user: NDArray[np.int64]
) -> NDArray[np.int64]:
    slot = _keyed(seed, f"slot {carrier}", user) % np.uint64(ADDRESSES_PER_POOL)
    numbers = region * ADDRESSES_PER_POOL + slot.astype(np.int64)
    return (_keyed(seed, f"pool {carrier}", numbers) >> np.uint64(36)).astype(np.int64)


def spell_ipv4(addresses: NDArray[np.int64]) -> Any:
    """Return IPv4 addresses as strings.

    Examples
    --------
    >>> spell_ipv4(np.array([240 << 24, (255 << 24) + 7])).to_pylist()
    ['240.0.0.0', '255.0.0.7']
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    octets = (pa.array(addresses >> shift & 255).cast(pa.uint8()) for shift in (24, 16, 8, 0))
    return pc.binary_join_element_wise(*(_octets().take(octet) for octet in octets), ".")


@cache
def _octets() -> Any:
    import pyarrow as pa

    return pa.array([str(number) for number in range(256)])


def draw_network(
    block: Block, who: Demography, household: NDArray[np.int64], zcta: NDArray[np.int64], day: NDArray[Any]
) -> dict[str, Any]:
    """Draw connection, device and addresses of each person on a day, as columns.

    Parameters
    ----------
    block, who : Block, Demography
        Whose.
    household, zcta : array of int
        Identifier of each person's household, index of its ZCTA.
    day : array of int
        Days since 1970: the day of the visit.
    """
    import pyarrow as pa

    seed, person = block.seed, block.person_ids
    connection = pick(np.array(CONNECTION_SHARES), block.bits("connection"))
    row = 2 * connection + (who.age >= OLDER)
    device = pick(DEVICES_BY_CONNECTION_AND_AGE, block.bits("device"), row)
    home = home_addresses(seed, household, zcta, day)
    carrier = pick(np.array(MOBILE_CARRIER_SHARES), block.bits("mobile carrier"))
    mobile = _pool_addresses(seed, "mobile", carrier * 2_000 + zcta // 30, person * 50_000 + day)
    elsewhere = (_keyed(seed, "elsewhere", person * 50_000 + day) >> np.uint64(36)).astype(np.int64)
    used = np.choose(connection, [home, FIRST_RESERVED + mobile, FIRST_RESERVED + elsewhere])
    prefix = hex_digits(_keyed(seed, "home prefix", household), 8)
    months = terms(seed, household, day + DAYS_OF_MONTH - 1) - terms(seed, household, day) + 1
    advertising = (
        hex_digits(_keyed(seed, "ad id", person), 16),
        hex_digits(_keyed(seed, "ad id 2", person), 16),
    )
    return {
        "connection": categories(connection, CONNECTIONS),
        "device": categories(device, DEVICES),
        "ip": spell_ipv4(used),
        "home_ip": spell_ipv4(home),
        "home_ipv6": ascii_strings("2001:db8:", prefix[:, :4], ":", prefix[:, 4:], "::1"),
        "ips_in_month": pa.array(months.astype(np.int16)),
        "ad_id": _uuids(np.concatenate(advertising, axis=1), absent=device == DEVICES.index("computer")),
    }


def _uuids(digits: NDArray[np.uint8], absent: NDArray[np.bool_]) -> Any:
    import pyarrow as pa
    import pyarrow.compute as pc

    fields = (digits[:, low:high] for low, high in ((0, 8), (8, 12), (13, 16), (17, 20), (20, 32)))
    one, two, three, four, five = fields
    spelt = ascii_strings(one, "-", two, "-4", three, "-a", four, "-", five)
    return pc.if_else(pa.array(absent), None, spelt)
