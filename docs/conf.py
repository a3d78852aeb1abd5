"""How the documentation is built: ``sphinx-build -W docs docs/_build``; it reads without a network."""

from docutils.nodes import SkipNode

project = "reidlab"
extensions = ["myst_parser"]
myst_enable_extensions = ["dollarmath"]
# Formulas stay readable as text: a MathJax from a foreign host would need the network.
html_math_renderer = "text"
html_theme = "sphinx_book_theme"
html_title = "reidlab"
exclude_patterns = ["_build"]


def _formula(translator, node):
    """Write a formula as its own text."""
    tag = "div" if node.tagname == "math_block" else "span"
    translator.body.append(f'<{tag} class="math">{translator.encode(node.astext())}</{tag}>')
    raise SkipNode


def setup(app):
    """Register the renderer that needs no script."""
    app.add_html_math_renderer("text", (_formula, None), (_formula, None))
