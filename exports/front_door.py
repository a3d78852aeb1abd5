"""Names that a package offers without loading what is behind them."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any


def front_door(
    package: str, names: Mapping[str, str]
) -> tuple[Callable[[str], Any], Callable[[], list[str]]]:
    """Return a package's ``__getattr__`` and ``__dir__`` (PEP 562), which load a name when it is asked for.

    Parameters
    ----------
    package : str
        Name of the package.
    names : mapping of str to str
        Offered name -> module that holds it.

    Examples
    --------
    >>> import exports
    >>> exports.Schema.__module__
    'exports.schema'
    """

    def found(name: str) -> Any:
        if name not in names:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        value = getattr(import_module(names[name]), name)
        setattr(sys.modules[package], name, value)
        return value

    def listed() -> list[str]:
        return sorted({*vars(sys.modules[package]), *names})

    return found, listed
