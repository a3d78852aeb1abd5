"""A rule per kind of identifier, a profile per platform or connector, and what they make of a value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from exports.errors import LabError, nearest
from exports.identifiers.conditions import AtGmail, Pass
from exports.identifiers.digests import Digest, Encoding, hashed
from exports.identifiers.kinds import canonical, spelled
from exports.identifiers.steps import Step


@dataclass(frozen=True, slots=True)
class Token:
    """What a value becomes: its normal form, and what is sent."""

    normalised: str
    digest: str


@dataclass(frozen=True, slots=True)
class Rule:
    """How one kind of identifier is normalised and hashed.

    Parameters
    ----------
    steps : tuple of Step
        Applied in order; a `Pass` step ends the rule at a value that is hashed already.
    digest : str, default "sha256"
        The digest that is sent unless another is asked for; "none" is sent in the clear.
    encoding : {"hex", "base64"}
        Of the digest's bytes.
    low_bytes : bool, default False
        Whether a SHA-256 is of the low bytes of the text's UTF-16, which platforms never match
        unless the text is ASCII.
    """

    steps: tuple[Step, ...] = ()
    digest: Digest = "sha256"
    encoding: Encoding = "hex"
    low_bytes: bool = False

    def normalise(self, value: str) -> tuple[str, bool]:
        """Return the normal form, and whether it is a digest already.

        Raises
        ------
        Rejected
            When nothing can be sent for this value.
        """
        for step in self.steps:
            if isinstance(step, Pass) and step.stops(value):
                return value, True
            value = step(value)
        return value, False

    def apply(self, value: str, digest: Digest | None = None, encoding: Encoding | None = None) -> Token:
        """Return the normal form and the token of a value.

        Parameters
        ----------
        value : str
            As it stands in the export.
        digest, encoding : str or None
            Instead of the rule's own.

        Raises
        ------
        Rejected
            When nothing can be sent for this value.
        """
        text, final = self.normalise(value)
        if final:
            return Token(text, text)
        return Token(text, hashed(text, digest or self.digest, encoding or self.encoding, low=self.low_bytes))


@dataclass(frozen=True, slots=True)
class Profile:
    """The rules of one platform or connector, by kind.

    Parameters
    ----------
    name : str
        For example ``"meta.audience_sdk"``.
    rules : mapping of str to Rule
        By kind; a name as the platform spells it goes before the plain noun.
    aliases : tuple of str
        Other names of the profile.
    source : str
        Where the rules come from.

    Examples
    --------
    >>> from exports import find_profile
    >>> find_profile("x").rule("email").apply(" Jane@Mail.example ").normalised
    'jane@mail.example'
    """

    name: str
    rules: Mapping[str, Rule]
    aliases: tuple[str, ...] = ()
    source: str = ""

    def rule(self, kind: str) -> Rule:
        """Return the rule of a kind, named by its noun or as the platform writes it.

        Raises
        ------
        LabError
            Names the kind and the nearest one that the profile has.
        """
        for name in (spelled(kind), canonical(kind)):
            if name in self.rules:
                return self.rules[name]
        raise LabError(
            f"The profile {self.name} has no kind {kind!r}: the nearest is "
            f"{nearest(canonical(kind), self.rules)!r}, all are {', '.join(sorted(self.rules))}."
        )

    def knowing(self, aliases: Mapping[str, str]) -> Profile:
        """Return the profile that treats reserved domains as the providers they stand for.

        Parameters
        ----------
        aliases : mapping of str to str
            ``{"gmail.example": "gmail.com"}``.
        """
        rules = {
            kind: replace(
                rule,
                steps=tuple(
                    step.knowing(aliases) if isinstance(step, AtGmail) else step for step in rule.steps
                ),
            )
            for kind, rule in self.rules.items()
        }
        return replace(self, rules=rules)
