"""What an advertiser can still do with a release: reach people, find alike ones, count conversions."""

from __future__ import annotations

import html
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from defenses.contributions import units
from defenses.upload_list import TokenDefense
from exports.errors import LabError
from exports.queries import CountQuery
from exports.release import Export, Release
from exports.schema import Role
from exports.shares import Share

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import ArrayLike, NDArray


@dataclass(frozen=True, slots=True)
class AdvertiserUtility:
    """What a release is still worth to the advertiser, beside what it promises.

    Parameters
    ----------
    reach : Share or None
        Clients whom the recipient can address, of all clients.
    wasted : Share or None
        Addressed accounts that are no clients', of all addressed.
    auc : float or None
        How well a model ranks new clients above others: 0.5 is guessing.
    conversion_error : float or None
        Difference of the measured conversion rate from the true one.
    guarantee : str
        What is promised in exchange.
    """

    reach: Share | None = None
    wasted: Share | None = None
    auc: float | None = None
    conversion_error: float | None = None
    guarantee: str = "none"

    def __repr__(self) -> str:
        parts = [f"reach {self.reach}"] if self.reach is not None else []
        parts += [f"look-alike AUC {self.auc:.3f}"] if self.auc is not None else []
        if self.conversion_error is not None:
            parts.append(f"conversion rate off by {self.conversion_error:+.4f}")
        return f"{', '.join(parts) or 'nothing left'}; guarantee: {self.guarantee}"

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<tr><th>{html.escape(name)}</th><td>{html.escape(str(value))}</td></tr>"
            for name, value in self.to_json().items()
        )
        return f"<table>{rows}</table>"

    def to_json(self) -> dict[str, Any]:
        """Return all fields as one object."""
        found = asdict(self)
        for name in ("reach", "wasted"):
            share: Share | None = getattr(self, name)
            found[name] = None if share is None else share.to_json()
        return found

    def to_frame(self) -> pd.DataFrame:
        """Return the numbers as a table of one row."""
        import pandas as pd

        return pd.json_normalize([self.to_json()])


def matched_reach(
    defense: TokenDefense, release: Release, clients: Export, accounts: Export
) -> AdvertiserUtility:
    """Measure whom the recipient of an upload list can address.

    Parameters
    ----------
    defense : TokenDefense
        Knows which tokens the recipient can compute for its accounts.
    release : Release
        The upload list, with owners.
    clients : Export
        The input of the defence; with a person column persons are counted.
    accounts : Export
        The recipient's accounts, with the same identifier columns.

    Examples
    --------
    >>> import pyarrow as pa
    >>> from defenses.tokens.decoys import Subsample
    >>> from exports.schema import Schema
    >>> mails = pa.table({"mail": [f"p{number}@mail.example" for number in range(100)]})
    >>> clients = Export(mails.slice(0, 50), Schema.of(identifier=["mail"]))
    >>> half = Subsample(0.5, seed=1)
    >>> matched_reach(half, half.transform(clients), clients, Export(mails, clients.schema))
    reach 42.0 % (21 of 50); guarantee: none
    """
    import pyarrow.compute as pc

    known = defense.recipient_tokens(accounts)
    columns = [name for name in release.schema.names(Role.TOKEN) if name in known.column_names]
    if not columns or release.owner is None:
        raise LabError("Reach needs an upload list with owners and a token column that the accounts have.")
    sent, held = release.rows[columns[0]], known[columns[0]]
    found = np.asarray(pc.is_in(sent, value_set=held.drop_null()).to_numpy(), dtype=bool)
    first, person = units(clients)
    reached = np.unique(person[release.owner[found & (release.owner >= 0)]])
    addressed = int(pc.sum(pc.is_in(held, value_set=sent.drop_null())).as_py() or 0)
    return AdvertiserUtility(
        reach=Share(len(reached), len(first)),
        wasted=Share(max(0, addressed - len(reached)), addressed),
        guarantee=repr(release.guarantee),
    )


def look_alike_auc(release: Release, people: Export, client: ArrayLike) -> AdvertiserUtility:
    """Measure how well a released model ranks unseen clients above other people.

    Parameters
    ----------
    release : Release
        A model.
    people : Export
        Unseen people with the model's features.
    client : array of bool, shape (n_people,)
        Who of them is a client.

    Examples
    --------
    >>> import pyarrow as pa
    >>> from exports.schema import Schema
    >>> model = Release("model", Schema(), score=lambda table: table["age"].to_numpy())
    >>> people = Export(pa.table({"age": [1, 2, 3, 4]}), Schema.of(quasi_identifier=["age"]))
    >>> look_alike_auc(model, people, [False, True, False, True]).auc
    0.75
    """
    if release.score is None:
        raise LabError(f"A release of {release.kind} scores nobody: give a model.")
    scores = np.asarray(release.score(people.table), dtype=np.float64)
    return AdvertiserUtility(
        auc=area_under_curve(scores, np.asarray(client, dtype=bool)), guarantee=repr(release.guarantee)
    )


def area_under_curve(scores: NDArray[np.float64], positive: NDArray[np.bool_]) -> float | None:
    """Return the chance that a positive scores above a negative, ties counting half; None without both.

    Examples
    --------
    >>> area_under_curve(np.array([1.0, 1.0]), np.array([True, False]))
    0.5
    """
    from scipy.stats import rankdata

    count = int(positive.sum())
    others = len(positive) - count
    if not count or not others:
        return None
    above = float(rankdata(scores)[positive].sum()) - count * (count + 1) / 2
    return above / (count * others)


def conversion_error(
    release: Release, exact: Release, shown: CountQuery, converted: CountQuery
) -> AdvertiserUtility:
    """Measure how far a conversion rate, read off released counts, is from the true one.

    Parameters
    ----------
    release, exact : Release
        The released oracle and the exact one.
    shown, converted : CountQuery
        Who saw the advertisement, and who of them converted.

    Examples
    --------
    >>> import pyarrow as pa
    >>> from exports.queries import Condition, exact_counts
    >>> from exports.schema import Schema
    >>> table = pa.table({"paid": ["yes"] * 10 + ["no"] * 90})
    >>> truth = exact_counts(Export(table, Schema.of(sensitive=["paid"])))
    >>> conversion_error(truth, truth, CountQuery(), CountQuery((Condition("paid", ["yes"]),)))
    conversion rate off by +0.0000; guarantee: none
    """
    rates = []
    for one in (release, exact):
        if one.ask is None:
            raise LabError(f"A release of {one.kind} answers no counts: give an oracle.")
        seen = one.ask(shown)
        rates.append(min(max(one.ask(converted) / seen, 0.0), 1.0) if seen > 0 else None)
    error = None if rates[0] is None or rates[1] is None else rates[0] - rates[1]
    return AdvertiserUtility(conversion_error=error, guarantee=repr(release.guarantee))
