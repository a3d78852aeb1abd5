"""The page that lists every attack with the kind of release that it applies to."""

from __future__ import annotations

import dataclasses
import inspect
from collections.abc import Iterator

import attacks

HEAD = """# Attacks

Each attack is a frozen dataclass of what the adversary knows, with one verb:
`run(release, truth, seed=...)`. Its result always gives the attack, a control or a baseline, and
the advantage over it with its interval. From the shell: `reidlab attack NAME FILE --set KEY=VALUE`,
with `--behind DEFENCE` on what a defence makes of the file.
`attacks.check_attack(MyAttack)` tests an attack of your own; the entry point `reidlab.attacks`
adds it to this list.

This page is written by `python docs/catalogue.py`.

| attack | on | needs | who succeeds at what |
| --- | --- | --- | --- |
"""


def page() -> str:
    """Return the page as Markdown: one table of the built-in attacks, then one section each.

    Examples
    --------
    >>> page().startswith("# Attacks")
    True
    """
    rows, sections = [], []
    for name in attacks.BUILT_IN:
        found = attacks.find(name)
        paragraphs = inspect.cleandoc(found.__doc__ or "").split("\n\n")
        kinds, needs = ", ".join(sorted(found.accepts)), ", ".join(sorted(found.needs)) or "-"
        rows.append(f"| [`{name}`](#{name}) | {kinds} | {needs} | {paragraphs[0]} |")
        story = next((part for part in paragraphs[1:] if "\n---" not in part), "")
        given = ", ".join(f"`{field}`" for field in _settings(found))
        sections.append(f"## {name}\n\n{story}\n\nSettings: {given}.\n")
    return HEAD + "\n".join(rows) + "\n\n" + "\n".join(sections)


def _settings(found: type) -> Iterator[str]:
    if not dataclasses.is_dataclass(found):
        return
    for field in dataclasses.fields(found):
        yield field.name


if __name__ == "__main__":
    print(page(), end="")
