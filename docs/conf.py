"""How the documentation is built: ``sphinx-build -W docs docs/_build``; it reads without a network."""

project = "reidlab"
extensions = ["myst_parser"]
myst_enable_extensions = ["dollarmath"]
# Formulas stay readable as text: a MathJax from a foreign host would need the network.
html_math_renderer = None
html_theme = "sphinx_book_theme"
html_title = "reidlab"
exclude_patterns = ["_build"]
