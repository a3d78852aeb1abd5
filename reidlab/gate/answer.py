"""The answer of a gate to one rule, and to all of them: only what was shown to hold lets data leave."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Answer(StrEnum):
    """What can be said of a rule; not shown is no pass, since nobody looked or nothing could be seen."""

    HOLDS = "holds"
    BREAKS = "does not hold"
    NOT_SHOWN = "not shown"


@dataclass(frozen=True, slots=True)
class Verdict:
    """One rule of a policy held against one export.

    Parameters
    ----------
    rule : str
        The key of the policy, with the column after a point where it speaks of one.
    limit, found : object
        What may be, and what is; never a value of the data.
    answer : Answer
        Whether the rule holds.
    note : str
        Why, where the figures do not say it.
    way : str
        How to show that the rule holds, or to make it hold.

    Examples
    --------
    >>> Verdict("k", 5, 1, Answer.BREAKS)
    k: found 1, limit 5, does not hold
    """

    rule: str
    limit: Any
    found: Any
    answer: Answer
    note: str = ""
    way: str = ""

    @property
    def passed(self) -> bool:
        """Whether the rule was shown to hold."""
        return self.answer is Answer.HOLDS

    def to_json(self) -> dict[str, Any]:
        """Return the fixed keys ``rule, limit, found, pass``, the answer and what it rests on."""
        return {
            "rule": self.rule,
            "limit": self.limit,
            "found": self.found,
            "pass": self.passed,
            "answer": self.answer.value,
            "note": self.note,
            "way": self.way,
        }

    def __repr__(self) -> str:
        said = f"{self.rule}: found {_shown(self.found)}, limit {_shown(self.limit)}, {self.answer}"
        note = f" ({self.note})" if self.note else ""
        return said + note + (f"; {self.way}" if self.way and not self.passed else "")


@dataclass(frozen=True, slots=True)
class Decision:
    """All rules of one policy held against one export; it may leave only if every one holds.

    Parameters
    ----------
    policy : str
        Name of the policy.
    verdicts : tuple of Verdict
        One per rule, and per column that a rule speaks of.
    not_asked : tuple of str
        Rules that a policy can have and this one has not.
    not_looked_at : tuple of str
        What the policy says that it never looks at.

    Examples
    --------
    >>> Decision("ours", (Verdict("k", 5, 9, Answer.HOLDS),)).headline
    'ours: may leave; 1 rule holds.'
    >>> Decision("ours", (Verdict("k", 5, 1, Answer.BREAKS, "alone"),)).headline
    'ours: may not leave, since k is 1 where the limit is 5 (alone).'
    """

    policy: str
    verdicts: tuple[Verdict, ...]
    not_asked: tuple[str, ...] = ()
    not_looked_at: tuple[str, ...] = ()

    @property
    def passed(self) -> bool:
        """Whether there is a rule, and every one was shown to hold."""
        return bool(self.verdicts) and all(one.passed for one in self.verdicts)

    @property
    def failed(self) -> tuple[Verdict, ...]:
        """The rules that do not hold, then those that were not shown to."""
        return (
            *(one for one in self.verdicts if one.answer is Answer.BREAKS),
            *(one for one in self.verdicts if one.answer is Answer.NOT_SHOWN),
        )

    @property
    def reason(self) -> str:
        """The main reason for which it may not leave; empty where it may."""
        failed = self.failed
        if not failed:
            return "" if self.verdicts else "no rule was asked"
        first = failed[0]
        note = f" ({first.note})" if first.note else ""
        if first.answer is Answer.NOT_SHOWN:
            return f"{first.rule} was not shown to hold{note}"
        return f"{first.rule} is {_shown(first.found)} where the limit is {_shown(first.limit)}{note}"

    @property
    def headline(self) -> str:
        """The one line that a reader needs: the policy, the answer, its main reason."""
        if self.passed:
            rules = len(self.verdicts)
            return f"{self.policy}: may leave; {_counted(rules, 'rule holds', 'rules hold')}."
        more = len(self.failed) - 1
        others = f"; {_counted(more, 'more rule fails', 'more rules fail')}" if more > 0 else ""
        return f"{self.policy}: may not leave, since {self.reason}{others}."

    def to_json(self) -> dict[str, Any]:
        """Return the answer, its reason, and what was and was not asked."""
        return {
            "policy": self.policy,
            "pass": self.passed,
            "headline": self.headline,
            "reason": self.reason,
            "not_asked": list(self.not_asked),
            "not_looked_at": list(self.not_looked_at),
        }


def worst(answers: Iterable[Answer]) -> Answer:
    """Return the answer to several questions of which all must hold.

    Examples
    --------
    >>> worst([Answer.HOLDS, Answer.NOT_SHOWN])
    <Answer.NOT_SHOWN: 'not shown'>
    """
    given = set(answers)
    return next((one for one in (Answer.BREAKS, Answer.NOT_SHOWN) if one in given), Answer.HOLDS)


def _counted(number: int, one: str, several: str) -> str:
    return f"{number:,} {one if number == 1 else several}"


def _shown(value: Any) -> str:
    if value is None:
        return "nothing measured"
    return f"{value:.4g}" if isinstance(value, float) else str(value)
