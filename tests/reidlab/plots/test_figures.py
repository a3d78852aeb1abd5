import re
from base64 import b64decode
from html import unescape
from itertools import pairwise

import numpy as np
import pyarrow as pa
import pytest

from attacks.advantage import advantage
from attacks.membership.operating_points import result_of_scores
from attacks.result import AttackResult
from attacks.tokens.hash_reversal import HashReversal
from defenses.tokens.hashing import Hash
from exports.errors import LabError
from exports.release import Export, Truth
from exports.schema import Schema
from exports.shares import Share
from reidlab.assessment.assess import assess
from reidlab.bench.frontier import Point
from reidlab.plots import MARKERS, PALETTE
from reidlab.plots.calibration_card import calibration_card
from reidlab.plots.class_sizes import class_sizes
from reidlab.plots.frontier import frontier, heat
from reidlab.plots.guesses import guesses_against_share
from reidlab.plots.operating_points import operating_points
from reidlab.plots.posterior_shift import Shift, posterior_shift
from reidlab.plots.seven_years import seven_years
from reidlab.plots.style import ink
from reidlab.plots.where_they_went import where_they_went
from simulate.calibration.card import Card, Figure, Verdict
from simulate.upload.match import Match

PEOPLE = pa.table({"id": range(8), "email": [f"person{n}@mail.example" for n in range(8)]})


def _reversal():
    export = Export(PEOPLE, Schema.of(person="id", identifier=["email"]))
    hashed = Hash().fit(export).transform(export)
    return HashReversal(dictionary=PEOPLE.select(["email"]).slice(0, 6), identifier="email").run(
        hashed, Truth(PEOPLE, owner=hashed.owner), seed=1
    )


def _membership():
    return result_of_scores(
        "membership",
        np.arange(1000.0) + 300,
        np.arange(1000.0),
        rows=np.arange(1000),
        prior=0.5,
        asked=1000,
        seed=1,
    )


def _card():
    def verdict(name, simulated, status="seen"):
        return Verdict(Figure(name, "adults", "share", 0.5, 0.02, "2018", "a survey", status), simulated, 100)

    return Card(100, 1, (verdict("near", 0.51), verdict("far", 0.4), verdict("aimed", 0.5, "calibrated")))


def _points():
    gain = advantage(Share(30, 40, "estimated"), Share(20, 40, "estimated"), "control")
    return [
        Point(name, name, "inference", "none", gain, None, {"kept-rows": 0.5}, 1)
        for name in ("hash", "salt", "alias")
    ]


def _year(year):
    share = Share(int(year) - 2000, 40).to_json()
    return {"matched_ever": share, "matched_at_once": share}


def _match():
    lost = {"no_account": 30, "other_address": 10, "typo": 2, "normalisation": 1}
    return Match("facebook", 100, 0, 0, 57, 0, 100, lost, accounts=200, requests=1, shown="below 100")


DRAWINGS = {
    "class sizes": lambda: class_sizes(
        {"before": assess(PEOPLE, Schema.of(quasi_identifier=["id"], identifier=["email"]))}
    ),
    "guesses": lambda: guesses_against_share({"old list": _reversal()}),
    "operating points": lambda: operating_points({"copy": _membership()}),
    "posterior shift": lambda: posterior_shift({"hash": Shift(0.1, {"matched": 1.0, "not matched": 0.0})}),
    "calibration card": lambda: calibration_card(_card()),
    "frontier": lambda: frontier(_points(), "inference", "kept-rows"),
    "heat": lambda: heat(_points()),
    "seven years": lambda: seven_years({year: _year(year) for year in ("2013", "2014", "2015")}),
    "where they went": lambda: where_they_went({"facebook": _match()}, {"facebook": "Facebook"}, 100),
}


def _lines(drawing):
    return [line for line in drawing.figure.axes[0].get_lines() if len(line.get_xdata())]


@pytest.fixture(params=DRAWINGS, scope="module")
def drawing(request):
    return DRAWINGS[request.param]()


def test_every_figure_is_shown_with_its_words_beside_it(drawing):
    shown = drawing._repr_html_()
    source = re.search(r'src="data:image/svg\+xml;base64,([^"]+)"', shown)[1]
    assert b64decode(source).startswith(b"<?xml")
    assert len(drawing.alt) > 20
    assert unescape(re.search(r'alt="([^"]+)"', shown)[1]) == drawing.alt
    assert repr(drawing) == drawing.alt


@pytest.mark.parametrize("suffix", [".png", ".svg"])
def test_the_words_travel_with_the_file(drawing, suffix, tmp_path):
    drawing.save(tmp_path / f"figure{suffix}")
    assert (tmp_path / f"figure{suffix}.txt").read_text() == drawing.alt + "\n"
    assert (tmp_path / f"figure{suffix}").stat().st_size > 1000


def test_no_line_rests_on_colour_alone(drawing):
    looks = [
        (line.get_color(), line.get_marker(), line.get_linestyle(), line.get_fillstyle())
        for line in _lines(drawing)
        if not line.get_label().startswith("_")
    ]
    without_colour = [(*look[1:3], look[3] == "none") for look in looks]
    assert len(set(without_colour)) == len(looks)


def test_opened_tokens_reach_what_the_dictionary_covers():
    opened, covered = _lines(DRAWINGS["guesses"]())
    assert opened.get_ydata()[-1] == covered.get_ydata()[-1] == 6 / 8
    assert list(opened.get_xdata()) == [1, 6]


def test_bars_of_class_sizes_hold_everybody():
    drawing = DRAWINGS["class sizes"]()
    assert sum(bar.get_height() for bar in drawing.figure.axes[0].patches) == pytest.approx(1)
    assert "8 in a class of 1 (100.0 %)" in drawing.alt


def test_an_attack_that_always_fails_is_drawn_at_the_edge():
    nobody = result_of_scores(
        "membership", np.zeros(100), np.arange(1.0, 101), rows=np.arange(100), prior=0.5, asked=100, seed=1
    )
    drawing = operating_points({"weak": nobody})
    assert "0.0 % [0.0, 3.7] (0 of 100) at 10.0 % false" in drawing.alt


def test_a_figure_off_the_card_is_named_and_stands_outside_the_band():
    drawing = DRAWINGS["calibration card"]()
    assert "Off: far, 0.4 for 0.5." in drawing.alt
    off = next(line for line in _lines(drawing) if line.get_label() == "off")
    assert off.get_xdata()[0] == pytest.approx(-5)


def test_a_shift_comes_from_the_match_of_accounts():
    from attacks.tokens.account_match import AccountMatch
    from exports.release import Release

    release = Release("tokens", Schema.of(token=["em"]), table=pa.table({"em": ["aa", "bb"]}))
    matched = AccountMatch(pa.table({"em": ["bb", "cc", "dd", "ee"]})).run(
        release, Truth(release.rows), seed=1
    )
    assert Shift.of(matched) == Shift(0.25, {"matched": 1.0, "not matched": 0.0})


def _other():
    half = Share(20, 40, "estimated")
    return AttackResult("inference", half, None, half, advantage(half, half, "baseline"), 40, 40)


@pytest.mark.parametrize(
    ("draw", "wanted"),
    [
        (lambda: guesses_against_share({"x": _other()}), "hash-reversal"),
        (lambda: operating_points({"x": _other()}), "membership"),
        (lambda: Shift.of(_other()), "account-match"),
    ],
)
def test_a_result_without_the_curve_is_refused_with_the_attack_that_has_it(draw, wanted):
    with pytest.raises(LabError, match=wanted):
        draw()


# Machado, Oliveira and Fernandes (2009), doi:10.1109/TVCG.2009.113: severity 1, linear RGB.
SEEN_BY = {
    "protanopia": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deuteranopia": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "tritanopia": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ],
    "full colour vision": np.eye(3).tolist(),
}


def _linear(colour):
    channels = np.array([int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)])
    return np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)


def _lab(linear):
    xyz = np.array(
        [
            [0.4124564, 0.3575761, 0.1804375],
            [0.2126729, 0.7151522, 0.0721750],
            [0.0193339, 0.1191920, 0.9503041],
        ]
    ) @ np.clip(linear, 0, 1)
    ratio = xyz / [0.95047, 1.0, 1.08883]
    f = np.where(ratio > (6 / 29) ** 3, np.cbrt(ratio), ratio / (3 * (6 / 29) ** 2) + 4 / 29)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


@pytest.mark.parametrize("eye", SEEN_BY)
def test_neighbouring_colours_can_be_told_apart_by_every_eye(eye):
    seen = [_lab(np.array(SEEN_BY[eye]) @ _linear(colour)) for colour in PALETTE]
    # About 2.3 is just noticeable in this distance (CIE 1976); the areas of a stacked bar touch.
    assert min(np.linalg.norm(a - b) for a, b in pairwise(seen)) > 15
    assert min(np.linalg.norm(a - b) for i, a in enumerate(seen) for b in seen[:i]) > 5


def test_there_is_a_marker_for_every_colour():
    assert len(set(MARKERS)) == len(set(PALETTE)) == len(PALETTE)


@pytest.mark.parametrize("colour", PALETTE)
def test_a_label_on_a_colour_has_the_contrast_of_large_text_at_least(colour):
    luminance = float(_linear(colour) @ [0.2126, 0.7152, 0.0722])
    contrast = 1.05 / (luminance + 0.05) if ink(colour) == "white" else (luminance + 0.05) / 0.05
    assert contrast >= 4.5
