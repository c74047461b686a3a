"""Turn a folder of YAML facts and annotated Markdown into the pages of an explainer site.

The package knows nothing of any particular essay: everything about the subject is in the data folder and the
Markdown pages. It runs without MkDocs (``python -m explainer``); `mkdocs_hooks.py`, beside this package, is the only
file that knows MkDocs.

Imports run one way only::

    mkdocs_hooks, __main__ -> zensical -> site -> pages, extension, structured_data -> sections, exports, downloads
    -> tables, bibliography, graphs, feeds -> records, redirects -> linking, rendering -> diagrams -> checking
    -> prose, views, citation -> fields, layout, forge -> reading, model -> dates, problems, writing

Beside that line, and used by ``__main__`` only, is what edits the data and judges their form::

    new -> form, schemas, history -> fields, layout
"""

import sys

if sys.version_info < (3, 11):  # noqa: UP036 - said before anything is read that an older one cannot read
    sys.exit("Python 3.11 or later is needed; this is %d.%d." % sys.version_info[:2])  # noqa: UP031 - as old as it may be
