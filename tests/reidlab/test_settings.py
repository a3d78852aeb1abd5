"""Options are read by their type, whatever the annotation is called."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import pyarrow as pa
import pytest
from annotated_types import Ge

import attacks
import defenses
from exports.errors import LabError
from reidlab.releases.settings import declared, typed

if TYPE_CHECKING:
    from collections.abc import Set as Several
    from fractions import Fraction as Part

Names = tuple[str, ...]
Count = Annotated[int, Ge(2)]
Mode = Literal["loud", "quiet"]
Maybe = Count | None


class Colour(Enum):
    RED = "red"


class Somebodys:
    """A defence whose author gives names to her types."""

    def __init__(
        self,
        k: Maybe = None,
        columns: Names | str = (),
        mode: Mode = "loud",
        weights: Mapping[str, float] | None = None,
        pair: tuple[Names, Names] = ((), ()),
        kinds: Several[str] = frozenset(),
        colour: Colour = Colour.RED,
        where: Path | None = None,
        odd: Part | None = None,
        register: pa.Table | None = None,
        plain: int | float = 0,
        judge: Nowhere | None = None,  # noqa: F821
    ) -> None: ...


@dataclass(frozen=True)
class Theirs:
    """The same as a dataclass, as attacks are."""

    k: Maybe = None
    columns: Names | None = None


def given(owner: type, **texts: str) -> dict[str, Any]:
    return typed(texts, "mine", declared(owner))


@pytest.mark.parametrize(
    ("option", "text", "value"),
    [
        ("k", "2", 2),
        ("k", "none", None),
        ("columns", 'a, "b,c"', ("a", "b,c")),
        ("mode", "quiet", "quiet"),
        ("weights", "zip:1, a:b:0.5", {"zip": 1.0, "a:b": 0.5}),
        ("pair", "a, b;c", (("a", "b"), ("c",))),
        ("kinds", "a,b,a", frozenset("ab")),
        ("colour", "red", Colour.RED),
        ("where", "here/there", Path("here/there")),
        ("odd", "1/3", "1/3"),
        ("plain", "7", 7),
        ("plain", "0.5", 0.5),
    ],
)
def test_an_alias_is_read_as_what_it_stands_for(option: str, text: str, value: Any) -> None:
    found = given(Somebodys, **{option: text})[option]
    assert str(found) == "1/3" if option == "odd" else found == value


def test_a_dataclass_is_read_alike() -> None:
    assert given(Theirs, k="3", columns="a,b") == {"k": 3, "columns": ("a", "b")}


@pytest.mark.parametrize(
    ("option", "text", "sentence"),
    [
        ("k", "1", "mine: k is '1' but must be int"),
        ("k", "many", "must be int"),
        ("plain", "nan", "must be int or float"),
        ("colour", "blue", "must be Colour"),
        ("weights", "zip", "must be"),
        ("weights", "zip:x", "must be"),
        ("pair", "a,b", "must be"),
        ("judge", "x", "cannot be given on the command line"),
        ("kk", "1", "nearest is 'k'"),
    ],
)
def test_what_is_not_of_the_type_is_refused(option: str, text: str, sentence: str) -> None:
    with pytest.raises(LabError, match=sentence):
        given(Somebodys, **{option: text})


@pytest.mark.parametrize("package", [attacks, defenses])
def test_the_type_of_every_option_of_every_registered_class_is_known(package: Any) -> None:
    for name in package.available():
        assert not [option for option, kind in declared(package.find(name)).items() if isinstance(kind, str)]


def test_a_table_is_read_from_the_file_that_the_text_names(tmp_path: Path) -> None:
    (tmp_path / "register.csv").write_text("a\n1\n")
    assert given(Somebodys, register=str(tmp_path / "register.csv"))["register"].num_rows == 1


def test_several_values_keep_their_order_where_a_sequence_is_asked_for() -> None:
    assert typed({"x": "b,a"}, "mine", {"x": Sequence[str] | str | None}) == {"x": ("b", "a")}
