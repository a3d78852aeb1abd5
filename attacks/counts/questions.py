"""An adversary at a counts release: who asks once, remembers, and is sometimes refused."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from exports.errors import LabError
from exports.queries import Condition, CountQuery, Withheld

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(slots=True)
class Questions:
    """The questions put to an oracle so far; asking one again costs nothing and tells nothing new.

    Parameters
    ----------
    ask : callable
        ``ask(query) -> int``, as a counts release has it.
    limit : int, optional
        Questions after which no further one is put.

    Examples
    --------
    >>> questions = Questions(lambda query: 7)
    >>> questions(), questions(), questions.asked
    (7, 7, 1)
    """

    ask: Callable[[Any], int]
    limit: int | None = None
    asked: int = 0
    withheld: int = 0
    answers: dict[CountQuery, int | None] = field(default_factory=dict)

    def __call__(self, *conditions: Condition) -> int | None:
        """Return the answer; None where it is withheld or the limit is reached."""
        query = CountQuery(conditions)
        if query not in self.answers:
            if self.limit is not None and self.asked >= self.limit:
                return None
            self.asked += 1
            self.answers[query] = self._answer(query)
        return self.answers[query]

    def again(self, *conditions: Condition) -> int | None:
        """Put a question afresh although it was answered before: the noise may differ."""
        self.asked += 1
        return self._answer(CountQuery(conditions))

    def _answer(self, query: CountQuery) -> int | None:
        try:
            return self.ask(query)
        except Withheld:
            self.withheld += 1
            return None


def counted_value(ask: Questions, table: pa.Table, column: str, wanted: str | None) -> Any:
    """Return the value of ``column`` that an attack counts, in the column's own type.

    Parameters
    ----------
    ask : Questions
        Told how common each value is, where ``wanted`` does not say which to take.
    table : pyarrow.Table
        The original; its different values are the public codebook.
    wanted : str or None
        The value as text; by default the commonest but one.

    Raises
    ------
    LabError
        When nobody has the value that is wanted.
    """
    codebook = sorted(table[column].unique().to_pylist(), key=repr)
    if wanted is None:
        common = sorted(codebook, key=lambda value: -(ask(Condition(column, [value])) or 0))
        return common[min(1, len(common) - 1)] if common else None
    named = [value for value in codebook if str(value) == wanted]
    if not named:
        raise LabError(f"Nobody in the original has the value to be counted in {column!r}: name another.")
    return named[0]
