"""How the documentation is built, without a network: ``sphinx-build -W docs docs/_build``."""

import inspect
import sys
from pathlib import Path
from types import GenericAlias

from docutils.nodes import SkipNode
from docutils.utils.math.latex2mathml import tex2mathml
from jinja2 import FileSystemLoader
from numpydoc import docscrape_sphinx

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))

import pages  # noqa: E402

project = "reidlab"
extensions = [
    "myst_nb",
    "sphinx.ext.autodoc",
    "numpydoc",
]
myst_enable_extensions = ["dollarmath", "colon_fence"]
myst_heading_anchors = 3
nb_execution_mode = "off"
nb_execution_timeout = 180
nb_execution_raise_on_error = True

autodoc_member_order = "bysource"
autodoc_typehints = "none"
autodoc_preserve_defaults = True
autodoc_default_options = {"no-value": True}
numpydoc_show_class_members = False
numpydoc_xref_param_type = False

html_math_renderer = "mathml"
html_theme = "sphinx_book_theme"
html_title = "reidlab"
html_theme_options = {"use_download_button": False}
html_copy_source = False
html_show_sourcelink = False
html_static_path = []
exclude_patterns = ["_build"]

# numpydoc compiles its template anew for each docstring, about half of autodoc's time: keep one.
_TEMPLATES = docscrape_sphinx.SandboxedEnvironment(
    loader=FileSystemLoader(Path(docscrape_sphinx.__file__).with_name("templates"))
)
docscrape_sphinx.SandboxedEnvironment = lambda **_: _TEMPLATES


def _formula(translator, node):
    """Write a formula as MathML, which browsers draw and screen readers speak without a script."""
    translator.body.append(tex2mathml(node.astext(), as_block=node.tagname == "math_block"))
    raise SkipNode


def _fill(_app, name, source):
    """Append what is read from the code to the pages that leave room for it."""
    if name in pages.GENERATED:
        source[0] += pages.GENERATED[name]()


def _skip(_app, _what, _name, member, skip, _options):
    """Leave out aliases of types, and the methods that scikit-learn adds to every estimator."""
    foreign = (getattr(member, "__module__", None) or "").startswith("sklearn.")
    return skip or foreign or isinstance(member, GenericAlias)


def _signature(_app, what, _name, obj, _options, signature, returned):
    """Name the parameters of a class; their defaults may be whole tables, and stand in its docstring."""
    if what == "class" and signature and obj.__module__.partition(".")[0] in pages.PACKAGES:
        signature = f"({', '.join(inspect.signature(obj).parameters)})"
    return signature, returned


def setup(app):
    """Copy the lessons beside the pages, and register what is written at build time."""
    pages.copy_lessons(HERE / "lessons")
    pages.write_reference(HERE / "reference")
    app.add_html_math_renderer("mathml", (_formula, None), (_formula, None))
    app.connect("source-read", _fill)
    app.connect("autodoc-skip-member", _skip)
    app.connect("autodoc-process-signature", _signature)
