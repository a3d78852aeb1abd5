"""Published results beside ours: the paper's figure, our figure with its interval, a verdict.

- ``audiences``: Korolova; Venkatadri and others: rounded audience sizes still tell about one person.
- ``dinur_nissim``: Dinur and Nissim: counts of random groups give everybody's bit back unless noise
  exceeds sqrt(n).
- ``domias``: DOMIAS: a membership attack that divides the density of synthetic data by the
  population's.
- ``finding``: One published figure held against ours.
- ``float_noise``: Mironov: the last bits of floating-point noise prove that somebody is absent.
- ``histories``: Narayanan and Shmatikov: a few roughly dated ratings single a history out.
- ``homer``: Homer and others: published means of many attributes tell who was in the group.
- ``one_run_audit``: Steinke, Nasr and Jagielski: one run with many canaries already bounds epsilon from
  below.
- ``rocher``: Rocher, Hendrickx and de Montjoye: uniqueness in a population, foretold from a hundredth
  of it.
- ``stadler``: Stadler, Oprisanu and Troncoso on outliers in synthetic data, and the answer of Sarmin
  and others.
- ``uniqueness``: Sweeney and Golle: how many Americans are alone in ZIP code, sex and date of birth.
"""

BUILT_IN: dict[str, str] = {
    "sweeney": "reidlab.reproductions.uniqueness:sweeney",
    "golle": "reidlab.reproductions.uniqueness:golle",
    "rocher": "reidlab.reproductions.rocher:rocher",
    "narayanan-shmatikov": "reidlab.reproductions.histories:narayanan_shmatikov",
    "dinur-nissim": "reidlab.reproductions.dinur_nissim:reproduce",
    "homer": "reidlab.reproductions.homer:reproduce",
    "korolova": "reidlab.reproductions.audiences:korolova",
    "mironov": "reidlab.reproductions.float_noise:mironov",
    "stadler": "reidlab.reproductions.stadler:stadler",
    "domias": "reidlab.reproductions.domias:domias",
    "one-run-audit": "reidlab.reproductions.one_run_audit:reproduce",
}
"""Name -> ``module:function`` of a seed, and of ``data`` where real people can be had; returns findings."""
