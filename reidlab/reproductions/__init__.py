"""Published results beside ours: the paper's figure, our figure with its interval, a verdict."""

BUILT_IN: dict[str, str] = {
    "dinur-nissim": "reidlab.reproductions.dinur_nissim:reproduce",
    "one-run-audit": "reidlab.reproductions.one_run_audit:reproduce",
    "zip-birth-sex": "reidlab.reproductions.zip_birth_sex:reproduce",
    "homer": "reidlab.reproductions.homer:reproduce",
}
"""Name -> ``module:function``; the function takes a seed and returns its findings."""
