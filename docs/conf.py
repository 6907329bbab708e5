"""How Sphinx builds the site."""

from __future__ import annotations

import sys
from pathlib import Path

import carecoord

sys.path.insert(0, str(Path(__file__).parent / "_ext"))

project = "carecoord"
author = project_copyright = "the carecoord maintainers"
version = release = carecoord.__version__

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon", "docstrings", "generated_pages"]
exclude_patterns = ["_build", "_generated"]
html_theme = "furo"
html_title = f"carecoord {release}"
html_copy_source = False
html_extra_path = ["_generated/site"]  # files that pages link to; Sphinx wants the folder before they are written
(Path(__file__).parent / "_generated" / "site").mkdir(parents=True, exist_ok=True)

# In docstrings, a name between single backticks is a link where it is public and code where it is not.
default_role = "py:mention"
nitpicky = True
nitpick_ignore_regex = [("py:.*", r"(?!carecoord\.).*"), ("py:.*", r"carecoord\.(.*\.)?_.*")]

autodoc_default_options = {"members": True}
autodoc_member_order = "bysource"
autodoc_type_aliases = {"Node": "Node"}  # else shown as all its kinds
autodoc_typehints_format = "short"

napoleon_use_ivar = True
napoleon_attr_annotations = False
python_maximum_signature_line_length = 140

myst_enable_extensions = ["colon_fence"]
myst_heading_anchors = 2
