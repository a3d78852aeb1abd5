"""Figures are equal to the byte, and text of a user is text."""

from __future__ import annotations

import pytest

from reidlab.plots.style import drawn, new


@pytest.mark.parametrize("kind", ["svg", "png"])
@pytest.mark.parametrize("text", ["zip", r"$\frac{$", "$5 to $6", "a_b^c"])
def test_a_figure_with_any_text_is_drawn_twice_to_the_same_bytes(text: str, kind: str) -> None:
    files = []
    for _ in range(2):
        figure, axes = new(text)
        axes.plot([1, 2], [3, 4], label=text)
        axes.set_xlabel(text)
        axes.legend(title=text)
        axes.text(1, 3, text)
        files.append(drawn(figure, kind, text))
    assert files[0] == files[1]
