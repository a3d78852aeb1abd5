"""How every house figure is set up, shown and written."""

from __future__ import annotations

from base64 import b64encode
from html import escape
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from reidlab.plots import PALETTE
from reidlab.writing.aside import put

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


class Drawing(NamedTuple):
    """A house figure and what it says in words; a notebook shows both.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
        The drawing.
    alt : str
        The same in words, for a reader who cannot see it.

    Examples
    --------
    >>> drawing = Drawing(new("Where the list went")[0], "An empty frame.")
    >>> drawing
    An empty frame.
    >>> 'alt="An empty frame."' in drawing._repr_html_()
    True
    """

    figure: Figure
    alt: str

    def __repr__(self) -> str:
        return self.alt

    def _repr_html_(self) -> str:
        words = escape(self.alt, quote=True)
        source = f"data:image/svg+xml;base64,{b64encode(drawn(self.figure, 'svg')).decode()}"
        return (
            f'<img src="{source}" alt="{words}" style="max-width: 100%">'
            f"<details><summary>The figure in words</summary><p>{words}</p></details>"
        )

    def save(self, path: Path) -> None:
        """Write the figure; see `save`."""
        save(self.figure, path, self.alt)


def new(title: str, *, width: float = 8.0, height: float = 4.5) -> tuple[Figure, Axes]:
    """Return a figure with one set of axes in the house style; no window is opened.

    Parameters
    ----------
    title : str
        What the figure shows, as a sentence.
    width, height : float
        Inches.

    Examples
    --------
    >>> figure, axes = new("Where the list went")
    >>> axes.get_title(loc="left")
    'Where the list went'
    """
    from cycler import cycler
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), layout="constrained")
    axes = figure.subplots()
    axes.set_prop_cycle(cycler(color=PALETTE))
    axes.set_title(title, loc="left", fontsize=11)
    axes.spines[["top", "right"]].set_visible(False)
    return figure, axes


def ink(background: str) -> str:
    """Return black or white, whichever can be read better on a colour.

    Examples
    --------
    >>> ink("#0072b2"), ink("#e69f00")
    ('white', 'black')
    """
    channels = [int(background[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    luminance = sum(weight * c for weight, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))
    # The contrast ratio of WCAG 2 is the same for black and white at this luminance.
    return "white" if luminance < 0.179 else "black"


def percent(share: float) -> str:
    """Return a share as it is written in the house.

    Examples
    --------
    >>> percent(4 / 7)
    '57.1 %'
    """
    return f"{100 * share:.1f} %"


def drawn(figure: Figure, kind: str, alt: str = "") -> bytes:
    """Return a figure as a file: equal for equal figures, without a date, and with no text read as a formula.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
        What to draw.
    kind : {"svg", "png"}
        Format.
    alt : str
        The figure in words, which travels in the file.

    Examples
    --------
    >>> first, again = (drawn(new("Costs $5 or $6")[0], "svg") for _ in range(2))
    >>> first == again
    True
    """
    from matplotlib import rc_context
    from matplotlib.text import Text

    for text in figure.findobj(Text):
        text.set_parse_math(False)
    told = {"Title": alt, "Date": None} if kind == "svg" else {"Description": alt}
    file = BytesIO()
    with rc_context({"svg.hashsalt": "reidlab", "text.parse_math": False}):
        figure.savefig(file, format=kind, dpi=150, metadata=told)
    return file.getvalue()


def save(figure: Figure, path: Path, alt: str) -> None:
    """Write a figure aside and rename it; the alt text travels in the file and beside it.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
        What to write.
    path : Path
        ``.png`` or ``.svg``.
    alt : str
        The figure in words, for a reader who cannot see it; written to ``<path>.txt``.
    """
    put(path, drawn(figure, path.suffix[1:], alt))
    put(path.with_suffix(path.suffix + ".txt"), (alt + "\n").encode())
