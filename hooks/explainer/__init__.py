"""Turn a folder of YAML facts and annotated Markdown into the pages of an explainer site.

The package knows nothing of any particular essay: everything about the subject is in the data folder and the
Markdown pages. It runs without MkDocs (``python -m explainer``); `mkdocs_hooks.py`, beside this package, is the only
file that knows MkDocs.

Imports run one way only::

    mkdocs_hooks, __main__ -> site -> pages -> diagrams, markdown_extension, rendering -> linking -> checking
    -> prose, reading -> model -> dates, problems
"""
