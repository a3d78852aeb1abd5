"""Steps that look first: at the domain, at the form of a text, at whether it is hashed already."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from exports.engines.texts import Texts
from exports.errors import LabError
from exports.identifiers.steps import Rejected, Step, run, run_sql

ANYTHING = r"[\s\S]+"
"""Pattern of a text that is not empty."""


@dataclass(frozen=True, slots=True)
class When:
    """Apply steps only to texts that match a pattern as a whole."""

    pattern: str
    then: tuple[Step, ...]

    def __call__(self, value: str) -> str:
        return run(self.then, value) if re.fullmatch(self.pattern, value) else value

    def sql(self, x: str, texts: Texts, /) -> str:
        def changed(v: str) -> str:
            test = texts.write("matches", v, pattern=self.pattern)
            return f"case when {test} then {run_sql(self.then, v, texts)} else {v} end"

        return texts.let(x, changed)


@dataclass(frozen=True, slots=True)
class BeforeAt:
    """Apply steps to what precedes the first ``@``; without one the text stays."""

    steps: tuple[Step, ...]

    def __call__(self, value: str) -> str:
        local, at, domain = value.partition("@")
        return run(self.steps, local) + at + domain if at else value

    def sql(self, x: str, texts: Texts, /) -> str:
        return texts.let(x, lambda v: _local_sql(self.steps, v, f"instr({v}, '@')", texts))


@dataclass(frozen=True, slots=True)
class BeforeLastAt:
    """Apply steps to what precedes the last ``@``; without one the text stays."""

    steps: tuple[Step, ...]

    def __call__(self, value: str) -> str:
        local, at, domain = value.rpartition("@")
        return run(self.steps, local) + at + domain if at else value

    def sql(self, x: str, texts: Texts, /) -> str:
        at = "length($) - length(split_part($, '@', -1))"
        return texts.let(x, lambda v: _local_sql(self.steps, v, at.replace("$", v), texts))


@dataclass(frozen=True, slots=True)
class AtGmail:
    """Apply steps to the local part of an address at one of Google's domains.

    Parameters
    ----------
    domains : tuple of str
        Domains that count as Gmail.
    local : tuple of Step
        Applied to what precedes the first ``@``.
    prefix : bool, default False
        Whether the domain need only start with one of ``domains`` and another character.
    """

    domains: tuple[str, ...]
    local: tuple[Step, ...]
    prefix: bool = False

    def __call__(self, value: str) -> str:
        name, at, domain = value.partition("@")
        if not at or not self._is_gmail(domain):
            return value
        return run(self.local, name) + at + domain

    def _is_gmail(self, domain: str) -> bool:
        if self.prefix:
            return any(domain.startswith(known) and len(domain) > len(known) for known in self.domains)
        return domain in self.domains

    def knowing(self, aliases: Mapping[str, str]) -> AtGmail:
        """Return the step that also treats each alias as the domain it stands for."""
        more = tuple(alias for alias, domain in aliases.items() if domain in self.domains)
        return replace(self, domains=self.domains + more)

    def sql(self, x: str, texts: Texts, /) -> str:
        def changed(v: str) -> str:
            at = f"instr({v}, '@')"
            known = " or ".join(f"({self._test_sql(v, at, domain, texts)})" for domain in self.domains)
            return f"case when {known} then {_local_sql(self.local, v, at, texts)} else {v} end"

        return texts.let(x, changed)

    def _test_sql(self, x: str, at: str, domain: str, texts: Texts) -> str:
        size = len(domain)
        if self.prefix:
            after = f"substr({x}, {at} + 1, {size})"
            return f"{at} > 0 and {after} = {texts.literal(domain)} and length({x}) > {at} + {size}"
        return f"{x} like {texts.literal('%@' + domain)} and {at} = length({x}) - {size}"


@dataclass(frozen=True, slots=True)
class Require:
    """Reject a text that does not match a pattern as a whole."""

    pattern: str
    reason: str

    def __call__(self, value: str) -> str:
        if not re.fullmatch(self.pattern, value):
            raise Rejected(self.reason)
        return value

    def sql(self, x: str, texts: Texts, /) -> str:
        if self.pattern == ANYTHING:
            return f"nullif({x}, '')"
        return texts.let(
            x, lambda v: f"case when {texts.write('matches', v, pattern=self.pattern)} then {v} end"
        )


@dataclass(frozen=True, slots=True)
class Refuse:
    """Reject a text that matches a pattern as a whole."""

    pattern: str
    reason: str

    def __call__(self, value: str) -> str:
        if re.fullmatch(self.pattern, value):
            raise Rejected(self.reason)
        return value

    def sql(self, x: str, texts: Texts, /) -> str:
        return texts.let(
            x, lambda v: f"case when not {texts.write('matches', v, pattern=self.pattern)} then {v} end"
        )


@dataclass(frozen=True, slots=True)
class RefuseStart:
    """Reject a text that starts with another."""

    start: str
    reason: str

    def __call__(self, value: str) -> str:
        if value.startswith(self.start):
            raise Rejected(self.reason)
        return value

    def sql(self, x: str, texts: Texts, /) -> str:
        start = texts.literal(self.start)
        return texts.let(x, lambda v: f"case when left({v}, {len(self.start)}) <> {start} then {v} end")


@dataclass(frozen=True, slots=True)
class RequireIn:
    """Reject a text that is not in a list."""

    allowed: frozenset[str]
    reason: str

    def __call__(self, value: str) -> str:
        if value not in self.allowed:
            raise Rejected(self.reason)
        return value

    def sql(self, x: str, texts: Texts, /) -> str:
        allowed = ", ".join(map(texts.literal, sorted(self.allowed)))
        return texts.let(x, lambda v: f"case when {v} in ({allowed}) then {v} end")


@dataclass(frozen=True, slots=True)
class RequireInteger:
    """Reject a text that is no whole number between two bounds, by Python's reading of numbers."""

    low: int
    high: int
    reason: str

    def __call__(self, value: str) -> str:
        try:
            fits = self.low <= int(value) <= self.high
        except ValueError:
            fits = False
        if not fits:
            raise Rejected(self.reason)
        return value

    def sql(self, _x: str, _texts: Texts, /) -> str:
        raise LabError("Python's numbers have no SQL form: use Rule.apply on the distinct values.")


@dataclass(frozen=True, slots=True)
class Pass:
    """Stop at a text that looks hashed already: it is sent as it is, never hashed again.

    Parameters
    ----------
    pattern : str
        What a hashed text looks like.
    sizes : tuple of int
        Its possible lengths, where they are few; told to an engine because comparing is cheap.
    """

    pattern: str
    sizes: tuple[int, ...] = ()

    def __call__(self, value: str) -> str:
        return value

    def stops(self, value: str) -> bool:
        """Whether the text is final."""
        return re.fullmatch(self.pattern, value) is not None

    def test_sql(self, x: str, texts: Texts) -> str:
        """Return the test of `stops` as an expression."""
        lengths = " or ".join(f"length({x}) = {size}" for size in self.sizes)
        matches = texts.write("matches", x, pattern=self.pattern)
        return f"({lengths}) and {matches}" if lengths else matches

    def sql(self, x: str, _texts: Texts, /) -> str:
        return x


def _local_sql(steps: tuple[Step, ...], x: str, at: str, texts: Texts) -> str:
    """Return the expression that changes what precedes an ``@`` at a position and keeps the rest."""
    changed = run_sql(steps, f"left({x}, {at} - 1)", texts)
    return f"case when instr({x}, '@') > 0 then {changed} || substr({x}, {at}) else {x} end"
