"""The way of one person through a case: steps in words, as a list, as a page and as a widget."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from html import escape
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ipywidgets import VBox

CONTENT_NOTE = (
    "Content note: what follows names answers about low mood and thoughts of being better off dead."
)


@dataclass(frozen=True, slots=True)
class Step:
    """One stage of the way, in a sentence or two; a sensitive one names such answers."""

    title: str
    text: str
    sensitive: bool = False


@dataclass(frozen=True, slots=True)
class Way:
    """The way of one person through a case, there and back.

    Parameters
    ----------
    person : int
        Who; nobody real.
    steps : tuple of Step
        In order.
    """

    person: int
    steps: tuple[Step, ...]

    def __repr__(self) -> str:
        return f"person {self.person} in {len(self.steps)} steps"

    def _repr_html_(self) -> str:
        return f"<ol>{''.join(f'<li>{_markup(step)}</li>' for step in self.steps)}</ol>"

    def to_json(self) -> dict[str, Any]:
        """Return person and steps as plain objects."""
        return asdict(self)

    def lines(self) -> list[str]:
        """Return one line per step, a content note before each that is sensitive."""
        found = []
        for number, step in enumerate(self.steps, 1):
            found += [CONTENT_NOTE] if step.sensitive else []
            found.append(f"{number}. {step.title}. {step.text}")
        return found

    def widget(self) -> VBox:
        """Return the way as a widget: one step at a time, sensitive ones closed until they are opened.

        Tab leads to the slider and the buttons; the arrow keys move the slider, Enter or the space
        bar press a button. The text is announced to screen readers when it changes.
        """
        from ipywidgets import HTML, Button, HBox, IntSlider, VBox

        last = len(self.steps)
        slider = IntSlider(value=1, min=1, max=last, description="step", continuous_update=False)
        back = Button(description="Back", tooltip="the step before")
        onward = Button(description="Next", tooltip="the step after")
        text = HTML()

        def show(_change: Any = None) -> None:
            step = self.steps[slider.value - 1]
            head = f"<p>Step {slider.value} of {last}</p>"
            text.value = f'<div role="status" aria-live="polite">{head}{_markup(step)}</div>'
            back.disabled, onward.disabled = slider.value == 1, slider.value == last

        def move(by: int) -> None:
            slider.value = min(last, max(1, slider.value + by))

        slider.observe(show, "value")
        back.on_click(lambda _button: move(-1))
        onward.on_click(lambda _button: move(1))
        show()
        return VBox([HBox([slider, back, onward]), text])


def _markup(step: Step) -> str:
    title, text = f"<strong>{escape(step.title)}.</strong>", escape(step.text)
    if step.sensitive:
        return f"<details><summary>{title} {CONTENT_NOTE} Open to read.</summary><p>{text}</p></details>"
    return f"{title} {text}"
