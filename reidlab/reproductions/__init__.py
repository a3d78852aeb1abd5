"""Published results beside ours: the paper's figure, our figure with its interval, a verdict."""

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
