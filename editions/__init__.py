"""Make copies of the built site for readers without a network: zip, ZIM, EPUB and PDF.

``python -m editions --out dist`` builds the site once, in the variant that opens from files, and makes each edition of
it. The package knows nothing of any particular essay: what it says of the work comes from the data, from
`CITATION.cff` and from the built pages.

Imports run one way only::

    __main__ -> making -> archive, zim, epub, pdf -> book -> building, identity
"""
