"""Mends in the theme's own templates and script, where it offers nothing to override.

A mend is an exact replacement in the source, made once for a build. One that no longer fits stops the build, so that a
new version of the theme is looked at.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from jinja2 import BaseLoader, ChoiceLoader, DictLoader, Environment, TemplateNotFound

Mend = tuple[str, str]
"""What a template has, and what it has to have."""

_DRAWER = '<input class="md-toggle" data-md-toggle="drawer" type="checkbox" id="__drawer" autocomplete="off">'
_SEARCH = '{% if "material/search" in config.plugins %}'

# Hidden, for who has no JavaScript; where there is, its place is kept, and nothing moves when the script shows it.
_CLOCK = (
    '<div class="clock" role="group" aria-label="Show notes as of" hidden>'
    '<button type="button" value="then">{{ config.extra.essay.written }}</button>'
    '<button type="button" value="today">today</button></div>'
)
_DRAWER_BUTTON = '<label class="md-header__button md-icon" for="__drawer">'

MENDS: Mapping[str, Sequence[Mend]] = {
    "base.html": [
        # HTML has no `autocomplete` for checkboxes.
        ('id="__search" autocomplete="off"', 'id="__search"'),
        (_DRAWER, ""),
    ],
    "partials/header.html": [
        # The keyboard opens the drawer by its checkbox, which so needs a name, and its place beside the button.
        (_DRAWER_BUTTON, _DRAWER.replace('autocomplete="off"', "aria-label=\"{{ lang.t('nav') }}\"") + _DRAWER_BUTTON),
        # The switch between the two clocks.
        (_SEARCH, _CLOCK + _SEARCH),
    ],
    "partials/search.html": [
        ('role="dialog"', 'role="dialog" aria-label="{{ lang.t(\'search\') }}"'),
    ],
}
"""What Material's templates need for valid HTML, for the keyboard and for the two clocks, by the name of the template."""

SCRIPT = "assets/javascripts/bundle.*.min.js"
"""The theme's script, as a pattern of paths in the site."""

SCRIPT_MENDS: Sequence[Mend] = [
    # The index of the search is the heaviest thing on the site. The theme loads it on every page, except from a disk,
    # where it waits until somebody begins to search: so here, always.
    ('$(location.protocol!=="file:"),Je("search")', 'Je("search")'),
    # The words searched for are marked on a page only where its address tells them, which the theme asks too late.
    (
        'z([t,r.pipe(Q(we()),g(o=>!!o.searchParams.get("h")))])',
        'r.pipe(Q(we()),g(o=>!!o.searchParams.get("h")),b(o=>z([t,$(o)])))',
    ),
    # And a worker that begins with its first message, which is that index.
    (
        "t=new Worker(e)",
        "t=Object.assign(new EventTarget,{postMessage(o){this.own||(this.own=new Worker(e),"
        'this.own.addEventListener("message",r=>this.dispatchEvent(new MessageEvent("message",{data:r.data})))),'
        "this.own.postMessage(o)}})",
    ),
    # Tables scroll by themselves. A wrapper that comes when the page is in view moves what is below them.
    ('...M("table:not([class])",e).map(i=>ti(i)),', ""),
]
"""What Material's script needs so that a first view loads nothing of the search, and nothing in it moves."""

WORKER = "assets/javascripts/workers/search.*.min.js"
"""The script that answers the theme's search, as a pattern of paths in the site."""

PARTS_MENDS: Sequence[Mend] = [
    # Of an index in parts the best pages are loaded, and all that have the words are counted.
    ("([{items:l},{value:f}])=>", "([{items:l,total:d=l.length},{value:f}])=>"),
    ("let u=br(l.length);", "let u=br(d);"),
]
"""What Material's script needs beside that where the index of the search is in parts."""


class ThemeError(Exception):
    """The theme is not what a mend was made for."""


def mended(environment: Environment, mends: Mapping[str, Sequence[Mend]] = MENDS) -> BaseLoader:
    """Give a loader of the environment's templates with the mends made.

    Raises:
        ThemeError: A template is missing, or does not have exactly once what is to be replaced.
    """
    loader = environment.loader or DictLoader({})
    sources = {}
    for name, changes in mends.items():
        try:
            source = loader.get_source(environment, name)[0]
        except TemplateNotFound as missing:
            raise ThemeError(f"the theme has no {name}") from missing
        sources[name] = mend(name, source, changes)
    return ChoiceLoader([DictLoader(sources), loader])


def mend(name: str, source: str, mends: Sequence[Mend] = SCRIPT_MENDS) -> str:
    """Make mends in a source, which has a name to be told by.

    Raises:
        ThemeError: It does not have exactly once what is to be replaced.
    """
    for found, wanted in mends:
        if source.count(found) != 1:
            raise ThemeError(f"{name} has {source.count(found)} times what is to be mended once: {found}")
        source = source.replace(found, wanted)
    return source
