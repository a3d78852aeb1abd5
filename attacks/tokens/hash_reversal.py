"""Hash reversal: trying likely texts until they hash to the tokens of a list."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import product
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from attacks.attack import inapplicable, require
from attacks.dictionary.address_patterns import Patterns
from attacks.dictionary.guesses import Dictionary, Enumeration, GuessSource, HashedDictionary
from attacks.dictionary.hashing import BEFORE, Hashing
from attacks.dictionary.search import NEVER, Openings, cover, open_tokens
from attacks.result import AttackResult
from attacks.scoring import Guesses, labels, scored
from attacks.upload_list import UploadList, token_column
from exports.coding import as_text
from exports.errors import LabError
from exports.identifiers.digests import Digest, Encoding
from exports.release import Kind, Release, Truth
from exports.schema import Role

if TYPE_CHECKING:
    import pyarrow as pa

LIMIT = 20_000_000
"""Different tokens above which the list is refused: they are held in memory, about 100 bytes each."""

LOOKED_AT = 100_000
"""Most probable texts that are tried when tokens may be digests of digests."""

MOST = 10_000_000_000
"""Largest budget of guesses: about half an hour of two cores."""

GPU_PER_SECOND: dict[Digest, float] = {
    "md5": 164e9,
    "sha1": 50e9,
    "sha256": 22e9,
    "sha512": 7.5e9,
    "sha256(md5hex)": 20e9,
}
"""Digests per second of one consumer graphics card with hashcat, of 2022; believed, not measured."""

GPU_USD_PER_HOUR = 0.5
"""Price of renting such a card; assumed."""

CORE_USD_PER_HOUR = 0.04
"""Price of one rented processor core; assumed."""


@dataclass(frozen=True, slots=True)
class HashReversal:
    """Somebody who holds a list of hashed addresses hashes likely addresses until they match.

    They hold a dictionary (any old list of addresses), or know the space from which the texts
    come (phones, dates, IP addresses, short ids) or how people choose addresses; and how the
    tokens were made, known salt or leaked key included. Success is the text of a token.

    Parameters
    ----------
    dictionary : pyarrow.Table, optional
        Texts in its first column, most probable first, normalised as the sender did.
    space : str, optional
        A space to enumerate, as ``Enumeration.parse`` reads it (``"phones:+1617:7"``), or
        ``"names:DOMAIN,..."`` for ``Patterns`` of names at these providers, the first as twice as
        common as the second.
    first_names, last_names : pyarrow.Table, optional
        Names for ``names:``, as ``Patterns`` takes them; by default Faker's.
    guesses : GuessSource, optional
        Any other candidates: ``Patterns``, a ``HashedDictionary``, an ``Enumeration``.
    algorithm, encoding, salt, salt_position, key, length
        How the tokens were made, see ``Hashing``; ``algorithm=None`` reads algorithm and encoding of
        whole digests off the tokens, and stands for SHA-256 of tokens that are cut.
    budget : int, default 100,000,000
        Guesses at most.
    token : str, optional
        Column to open; by default the schema's first token.
    identifier : str, optional
        Column of ``truth.original`` with the plain text, for the coverage and for tokens that
        are cut; by default the schema's first identifier.
    by : str, optional
        Column of ``truth.original`` by which groups are reported.

    Notes
    -----
    Where the digest is read off the tokens and opens none of them, tokens that were digested once or twice
    before (SHA-256, SHA-1 or MD5, in lower or upper case) are looked for; a note says what was found.
    ``attack``: persons of the list (tokens, where persons are not known) whose token is opened.
    ``baseline``: naming the most probable text for everybody. There is no control: a whole
    digest proves the guess. ``series["curve"]`` gives guesses against share, with the share of
    the plain texts that the candidates cover beside it: **the rate is the coverage**, unless
    normalisation, salt or key stand in between. ``series["cost"]`` is the price at stated rates;
    what was measured here is under ``timings``.

    References
    ----------
    Marx, Zimmer, Mueller, Blochberger, Federrath (2018), doi:10.18420/sicherheit2018_04.
    Demir, Kumar, Cova, Heiderich (2018), The pitfalls of hashing for privacy,
    doi:10.1109/COMST.2017.2747598.

    Examples
    --------
    >>> import pyarrow as pa
    >>> from exports import Schema
    >>> tokens = pa.table({"ph": [Hashing().digest("+16170100042"), Hashing().digest("unlisted")]})
    >>> release = Release("tokens", Schema.of(token=["ph"]), table=tokens)
    >>> HashReversal(space="phones:+1617010:4").run(release, Truth(tokens), seed=1).attack
    50.0 % [9.5, 90.5] (1 of 2)
    """

    name: ClassVar[str] = "hash-reversal"
    accepts: ClassVar[frozenset[Kind]] = frozenset({"tokens"})
    needs: ClassVar[frozenset[str]] = frozenset()
    population: ClassVar[str] = "dictionary"

    dictionary: pa.Table | None = None
    space: str | None = None
    first_names: pa.Table | None = None
    last_names: pa.Table | None = None
    guesses: GuessSource | None = None
    algorithm: Digest | None = None
    encoding: Encoding = "hex"
    salt: str = ""
    salt_position: Literal["before", "after"] = "before"
    key: bytes | None = field(default=None, repr=False)
    length: int | None = None
    budget: int = 100_000_000
    token: str | None = None
    identifier: str | None = None
    by: str | None = None

    def why_not(self, release: Release, truth: Truth) -> str | None:
        """Return why the tokens of this release cannot be attacked."""
        reason = inapplicable(self, release, truth)
        if reason:
            return reason
        if sum(source is not None for source in (self.dictionary, self.space, self.guesses)) != 1:
            return f"{self.name} needs one of dictionary, space and guesses: say what is to be tried"
        if not 1 <= self.budget <= MOST:
            return f"{self.name} makes between 1 and {MOST:,} guesses, not {self.budget:,}: change the budget"
        if release.rows.num_rows > LIMIT:
            return (
                f"{self.name} opens at most {LIMIT:,} tokens at a time, not {release.rows.num_rows:,}: "
                "split the list"
            )
        return self._unreadable(release)

    def _unreadable(self, release: Release) -> str | None:
        """Return why the tokens cannot have been made as the adversary believes, or nothing says how."""
        try:
            tokens = as_text(release.rows[token_column(release, self.token)]).drop_null()
            self._hashing(tokens).require_form(tokens)
        except LabError as error:
            return str(error).removesuffix(".")
        return None

    def run(self, release: Release, truth: Truth, *, seed: int) -> AttackResult:
        """Open the tokens.

        Raises
        ------
        LabError
            When release, candidates and columns do not fit.
        """
        import pyarrow as pa
        import pyarrow.compute as pc

        require(self, release, truth)
        token = token_column(release, self.token)
        uploaded = UploadList.of(release, truth, token, release.schema.person)
        guesses = self._guesses()
        hashing = self._hashing(uploaded.tokens)
        plain = self._plain(release, truth)
        if not hashing.whole and (plain is None or uploaded.original is None):
            raise LabError(
                "Tokens that are cut fit several texts: to score the guesses give the original with an "
                "identifier column and the owner of each row."
            )
        opened = open_tokens(uploaded.tokens, guesses, hashing, self.budget)
        again: tuple[str, ...] = ()
        if not len(opened.token) and self.algorithm is None and hashing.whole:
            hashing, opened = self._opened_again(uploaded.tokens, guesses, hashing, opened)
            if hashing.before:
                rounds = ", then ".join([*hashing.before, hashing.algorithm])
                again = (f"the tokens are digests of digests: {rounds}",)
        text = opened.text.take(pc.index_in(uploaded.tokens, value_set=opened.token))
        when = opened.when(uploaded.tokens)
        if plain is not None and uploaded.original is not None and not hashing.whole:
            truly = plain.take(pa.array(uploaded.original, mask=uploaded.original < 0))
            when = np.where(_same(_normal(truly), _normal(text)), when, NEVER)
        _, row, person = np.unique(
            uploaded.person.dictionary_encode().indices.to_numpy(), return_index=True, return_inverse=True
        )
        first = np.full(len(row), NEVER)
        np.minimum.at(first, person, when)
        blind = np.zeros(len(row), dtype=bool)
        np.logical_or.at(blind, person, _same(text, opened.likeliest) & (when < NEVER))
        original = None if uploaded.original is None else uploaded.original[row]
        curve = {"guesses": opened.tried.tolist(), "share": opened.shares(first)}
        if plain is not None:
            released = plain if original is None else plain.take(pa.array(original[original >= 0]))
            curve["coverage"] = self._coverage(released, guesses)
        return scored(
            self.name,
            Guesses(first < NEVER, groups=labels(truth, original, self.by)),
            baseline=blind,
            seed=seed,
            series={"curve": curve, "cost": _cost(opened.guesses, hashing)},
            timings=_timings(opened),
            notes=(*again, *_notes(uploaded, opened.guesses, guesses.size, plain is not None)),
        )

    def _opened_again(
        self, tokens: pa.Array, guesses: GuessSource, hashing: Hashing, opened: Openings
    ) -> tuple[Hashing, Openings]:
        """Return the digests of digests that open some token, with what they open; else what was there."""
        for times in (1, 2):
            for before in product(BEFORE, repeat=times):
                deeper = replace(hashing, before=before)
                if len(open_tokens(tokens, guesses, deeper, min(self.budget, LOOKED_AT)).token):
                    return deeper, open_tokens(tokens, guesses, deeper, self.budget)
        return hashing, opened

    def _coverage(self, released: pa.Array, guesses: GuessSource) -> list[float]:
        """Return the share of the plain texts, as written or normalised, that were tried by each batch."""
        import pyarrow as pa

        known = released.drop_null().unique()
        normal = _normal(known)
        covered = cover(pa.concat_arrays([known, normal]).unique(), guesses, self.budget)
        return covered.shares(np.minimum(covered.when(known), covered.when(normal)))

    def _guesses(self) -> GuessSource:
        """Return what is to be tried; ``why_not`` has seen that it is one thing."""
        if self.dictionary is not None:
            return Dictionary.of(self.dictionary)
        if self.space is not None and self.space.startswith("names:"):
            return self._patterns(self.space.removeprefix("names:").split(","))
        if self.space is not None:
            return Enumeration.parse(self.space)
        assert self.guesses is not None
        return self.guesses

    def _patterns(self, domains: list[str]) -> Patterns:
        """Return name patterns at ``domains``, or at the built-in ones where none is named."""
        providers = {domain: 0.5**place for place, domain in enumerate(domains) if domain}
        pools = Patterns.of_pools(providers or None)
        first = pools.first if self.first_names is None else self.first_names
        last = pools.last if self.last_names is None else self.last_names
        return replace(pools, first=first, last=last)

    def _hashing(self, tokens: pa.Array) -> Hashing:
        """Return how the tokens were made, read off them where it is not told."""
        if isinstance(self.guesses, HashedDictionary):
            return self.guesses.hashing
        algorithm, encoding = self.algorithm, self.encoding
        if algorithm is None and self.length is None and len(tokens):
            plain = Hashing.guess(tokens)
            algorithm, encoding = plain.algorithm, plain.encoding
        algorithm = "sha256" if algorithm is None else algorithm
        return Hashing(algorithm, self.salt, self.salt_position, self.key, encoding, self.length)

    def _plain(self, release: Release, truth: Truth) -> pa.Array | None:
        """Return the plain text of each row of the original; None where it is not there."""
        names = truth.original.column_names
        if self.identifier is not None and self.identifier not in names:
            raise LabError(f"The original has no column {self.identifier!r}: name its identifier column.")
        declared = [name for name in release.schema.names(Role.IDENTIFIER) if name in names]
        column = self.identifier or next(iter(declared), None)
        return None if column is None else as_text(truth.original[column])


def _normal(texts: pa.Array) -> pa.Array:
    """Return texts in the plainest common form: trimmed, lower case."""
    import pyarrow.compute as pc

    return pc.utf8_lower(pc.utf8_trim_whitespace(texts))


def _same(one: pa.Array, other: pa.Array | str | None) -> NDArray[np.bool_]:
    """Return where two texts are there and equal."""
    import pyarrow.compute as pc

    equal: NDArray[np.bool_] = pc.equal(one, other).fill_null(False).to_numpy(zero_copy_only=False)
    return equal


def _cost(guesses: int, hashing: Hashing) -> dict[str, Any]:
    """Return what as many digests cost on rented hardware, at the stated rates; plain texts cost none."""
    rate = GPU_PER_SECOND.get(hashing.algorithm)
    seconds = guesses / rate if rate else 0.0
    return {
        "guesses": guesses,
        "gpu_seconds": seconds,
        "gpu_usd": seconds / 3600 * GPU_USD_PER_HOUR,
        "rates": {
            "gpu_guesses_per_second": rate,
            "gpu_usd_per_hour": GPU_USD_PER_HOUR,
            "core_usd_per_hour": CORE_USD_PER_HOUR,
            "status": "speed believed, prices assumed",
        },
    }


def _timings(opened: Openings) -> dict[str, float]:
    """Return what the search took here, generating and joining included."""
    return {
        "core_seconds": opened.core_seconds,
        "guesses_per_core_second": opened.guesses / max(opened.core_seconds, 1e-9),
        "core_usd": opened.core_seconds / 3600 * CORE_USD_PER_HOUR,
    }


def _notes(uploaded: UploadList, guesses: int, size: int, covered: bool) -> tuple[str, ...]:
    notes = []
    if uploaded.missing:
        notes.append(f"{uploaded.missing:,} row(s) of the list have no token and were left out")
    if not size:
        notes.append("there was nothing to try: the dictionary has no text")
    if guesses < size:
        notes.append(f"{guesses:,} of {size:,} candidates were tried: the budget ended before they did")
    if not covered:
        notes.append("the plain texts are not known to the scoring: the share opened is the coverage reached")
    return tuple(notes)
