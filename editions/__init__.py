"""Make copies of the built site for readers without a network: zip, ZIM, EPUB and PDF.

``python -m editions --out dist`` builds the site once, in the variant that opens from files, and makes each edition of
it. The package knows nothing of any particular essay: what it says of the work comes from the data, from
`CITATION.cff` and from the built pages.

Imports run one way only::

    __main__ -> making -> archive, zim, epub, pdf -> book -> building, identity
"""

import sys

if sys.version_info < (3, 11):  # noqa: UP036 - said before anything is read that an older one cannot read
    sys.exit("Python 3.11 or later is needed; this is %d.%d." % sys.version_info[:2])  # noqa: UP031 - as old as it may be
