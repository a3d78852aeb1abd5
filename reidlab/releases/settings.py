"""``--set key=value``: text from the command line as the values that a class takes."""

from __future__ import annotations

import ast
import inspect
import os
import sys
from collections.abc import Iterable, Mapping, Set
from importlib import import_module
from math import isnan
from pathlib import Path
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

from defenses.columns import listed
from exports.errors import LabError, nearest
from exports.reading.loading import load


def split(pairs: Iterable[str]) -> dict[str, str]:
    """Return ``key=value`` pairs as a mapping; a later pair wins.

    Raises
    ------
    LabError
        When a pair has no ``=``.

    Examples
    --------
    >>> split(["k=5", "salt=a=b"])
    {'k': '5', 'salt': 'a=b'}
    """
    found = {}
    for pair in pairs:
        key, equals, value = pair.partition("=")
        if not equals or not key:
            raise LabError(f"--set takes key=value, not {pair!r}: write for example --set budget=1000.")
        found[key] = value
    return found


def declared(owner: type) -> dict[str, Any]:
    """Return the type of every option of an attack or defence, by name; its text where no name is found.

    Annotations are resolved as their modules mean them, aliases and imports that stand under ``if
    TYPE_CHECKING`` included.
    """
    options = inspect.signature(owner).parameters.values()
    names: dict[str, Any] = {}
    maker = inspect.unwrap(owner.__init__)  # type: ignore[misc]
    homes = [getattr(maker, "__module__", "builtins"), *(one.__module__ for one in reversed(owner.__mro__))]
    for module in dict.fromkeys(homes):
        names |= vars(sys.modules[module]) | _imported_for_types(module)
    return {one.name: _resolved(one.annotation, names) for one in options}


def _resolved(annotation: Any, names: dict[str, Any]) -> Any:
    bare = type("Option", (), {"__annotations__": {"option": annotation}})
    try:
        return get_type_hints(bare, names, {}, include_extras=True)["option"]
    except (NameError, AttributeError):
        return annotation


def _imported_for_types(module: str) -> dict[str, Any]:
    """Return what a module imports under ``if TYPE_CHECKING``."""
    try:
        body = ast.parse(inspect.getsource(sys.modules[module])).body
    except (OSError, TypeError):
        return {}
    checks = [node for node in body if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)]
    found: dict[str, Any] = {}
    for node in (inner for check in checks for inner in check.body):
        if isinstance(node, ast.Import):
            named = {one.asname or one.name: (one.name, "") for one in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            named = {one.asname or one.name: (node.module, one.name) for one in node.names}
        else:
            continue
        for name, (home, part) in named.items():
            try:
                found[name] = getattr(import_module(home), part) if part else import_module(home)
            except (ImportError, AttributeError):
                continue
    return found


def typed(given: Mapping[str, str], name: str, types: Mapping[str, Any]) -> dict[str, Any]:
    """Return each value in the type that its option is declared with.

    Parameters
    ----------
    given : mapping of str to str
        From ``split``.
    name : str
        Whose options they are, for the sentence.
    types : mapping of str to type
        From ``declared``. Several values stand between commas, several lists between semicolons, names
        with values as ``name:value``. A table and a key are read from the file that the text names
        (``env:NAME`` reads a key from the environment).

    Raises
    ------
    LabError
        When an option is not known, or its value is not of its type.

    Examples
    --------
    >>> typed({"k": "5", "columns": "zip,age"}, "mine", {"k": int, "columns": tuple[str, ...] | None})
    {'k': 5, 'columns': ('zip', 'age')}
    """
    values = {}
    for key, text in given.items():
        if key not in types:
            raise LabError(f"{name} has no setting {key!r}; the nearest is {nearest(key, types)!r}.")
        values[key] = _value(f"{name}: {key}", text, _members(types[key]))
    return values


def _members(declared: Any) -> list[Any]:
    """Return the types of which a value may be."""
    if get_origin(declared) in (Union, UnionType):
        return [member for part in get_args(declared) for member in _members(part)]
    return [declared]


def _value(label: str, text: str, members: list[Any]) -> Any:
    words = {word for member in members if get_origin(member) is Literal for word in get_args(member)}
    if NoneType in members and text.lower() == "none" and "none" not in words:
        return None
    readable = [member for member in members if _is_readable(member)]
    if str in readable:
        # The class itself reads names with values.
        readable = [one for one in readable if not _is_table_of_names(one)]
    for member in readable:
        try:
            return _read(member, text)
        except ValueError:
            continue
    if not readable:
        raise LabError(f"{label} cannot be given on the command line: set it from Python.")
    wanted = " or ".join(map(_called, readable))
    raise LabError(f"{label} is {text!r} but must be {wanted}: give such a value.")


def _bare(member: Any) -> Any:
    """Return a type without what is annotated to it."""
    return get_args(member)[0] if get_origin(member) is Annotated else member


def _is_readable(member: Any) -> bool:
    """Tell whether text can be a value of this type."""
    import pyarrow as pa

    member = _bare(member)
    if get_origin(member) is Literal or member is pa.Table:
        return True
    parts = [one for part in get_args(member) if part is not ... for one in _members(part)]
    if parts:
        return _is_several(member) and all(map(_is_readable, parts))
    return isinstance(member, type) and member is not NoneType and _is_plain(member)


def _is_plain(member: type) -> bool:
    """Tell whether pydantic reads this type from text."""
    from pydantic import PydanticSchemaGenerationError, TypeAdapter

    try:
        TypeAdapter(member)
    except PydanticSchemaGenerationError:
        return False
    return not issubclass(member, Mapping) and not hasattr(member, "__dataclass_fields__")


def _is_several(member: Any) -> bool:
    origin = get_origin(member)
    return isinstance(origin, type) and issubclass(origin, Iterable)


def _is_table_of_names(member: Any) -> bool:
    return _is_several(member) and issubclass(get_origin(member), Mapping)


def _read(member: Any, text: str) -> Any:
    """Return the value of a readable type that some text stands for; ValueError where it does for none."""
    import pyarrow as pa
    from pydantic import TypeAdapter

    bare = _bare(member)
    if bare is pa.Table:
        return load(text)
    if bare is bytes:
        return _key(text)
    if get_origin(bare) is Literal:
        # A word that is not listed can be an alias, which the class knows.
        return next((word for word in get_args(bare) if str(word) == text), text)
    value = TypeAdapter(member).validate_python(_apart(bare, text) if _is_several(bare) else text)
    numbers = value if isinstance(value, tuple | list | Set) else [value]
    if any(isinstance(number, float) and isnan(number) for number in numbers):
        raise ValueError(text)
    return value


def _apart(member: Any, text: str) -> Any:
    """Return the parts of some text as the type of several values has them."""
    if _is_table_of_names(member):
        return {name: value for name, _, value in (word.rpartition(":") for word in _words(text))}
    if any(_is_several(_bare(part)) for part in get_args(member)):
        return tuple(map(_words, text.split(";")))
    return _words(text)


def _called(member: Any) -> str:
    bare = _bare(member)
    return bare.__name__ if isinstance(bare, type) and not get_args(bare) else str(bare).split(".", 1)[-1]


def _words(text: str) -> tuple[str, ...]:
    return tuple(listed(text)) if text.strip() else ()


def _key(text: str) -> bytes:
    """Read a secret from a file, or from the environment; it never stands on the command line."""
    if text.startswith("env:"):
        secret = os.environ.get(text[4:])
        if secret is None:
            raise LabError(f"The environment has no variable {text[4:]!r}: export it or name a file.")
        return secret.encode()
    try:
        return Path(text).read_bytes().removesuffix(b"\n")
    except OSError:
        raise LabError("A key is read from a file or from env:NAME, and there is no such file.") from None
