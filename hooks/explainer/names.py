"""Finding the names of entries in running text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import chain
from typing import NamedTuple

from .model import Actor, Event, Named, Term

_WORD = re.compile(r"\w+")
_UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
"""Scripts whose words are not set apart by spaces, or take their particles without one."""


class Mention(NamedTuple):
    """An entry named in a text, from `start` up to `end`."""

    start: int
    end: int
    entry_id: str


@dataclass(frozen=True, slots=True)
class _Name:
    text: str
    entry_id: str
    plural: bool
    proper: bool
    second_word: str
    """How the second word begins, whatever its number and capitals; empty if there is none."""


class _Beginning(NamedTuple):
    """The names that begin with one word, by how their second begins, the longest first; and how long those parts are."""

    lengths: tuple[int, ...]
    names: Mapping[str, tuple[_Name, ...]]


class NameIndex:
    """The names and aliases of entries, ready to be looked for.

    A name with a capital is looked for as it is written; one without also with a capital first letter and in the
    plural. Between its words any white space may stand. The longest name wins. A proper name of one word is passed
    over where a capitalised word follows it: that is somebody or something else's longer name ("Brook Gazette" is not Brook).

    Looking takes time in proportion to the length of the text, however many names there are.
    """

    def __init__(self, entries: Iterable[Named]) -> None:
        """Take in the entries; where two claim one name, the first keeps it (the checks report the other)."""
        names: dict[str, _Name] = {}
        for entry in entries:
            for text in names_of(entry):
                names.setdefault(text.casefold(), _name(text, entry))
        first_words: dict[str, list[_Name]] = {}
        for name in names.values():
            if word := _WORD.search(name.text):
                first_words.setdefault(word[0].casefold(), []).append(name)
                if name.plural and word.end() == len(name.text):
                    for plural in _plurals(word[0].casefold()):
                        first_words.setdefault(plural, []).append(name)
        # Many names may begin with one word: how they go on tells them apart, before any pattern is made and tried.
        self._by_first_word: Mapping[str, _Beginning] = {word: _beginning(found) for word, found in first_words.items()}

    def find(self, text: str) -> Iterator[Mention]:
        """Go through the mentions in a text, from its beginning, none overlapping another."""
        first_words = self._by_first_word
        ascii_only = text.isascii()
        folded = _WORD.findall(text.lower()) if ascii_only else list(map(str.casefold, _WORD.findall(text)))
        unspaced = None if ascii_only else _UNSPACED.search(text)
        if unspaced is None and first_words.keys().isdisjoint(folded):
            return  # most texts name nothing, which is told sooner than where
        folded.append("")  # follows the last word
        candidates = [
            (place, names)
            for place, word in enumerate(folded)
            if (word in first_words or (unspaced is not None and _UNSPACED.match(word)))
            and (names := self._candidates(word, folded[place + 1]))
        ]
        if not candidates:
            return
        reached = 0
        words = list(_WORD.finditer(text))
        for place, names in candidates:
            start = words[place].start()
            if start < reached:
                continue
            for name in names:
                if match := _pattern(name).match(text, start):
                    yield Mention(start, match.end(), name.entry_id)
                    reached = match.end()
                    break

    def _candidates(self, word: str, following: str) -> Sequence[_Name]:
        """Give the names that begin with a word and may go on with the one that follows it, the longest first."""
        found = self._by_first_word.get(word)
        if found is None:
            # A Hangul or Chinese word may carry a particle: try its beginnings.
            for end in range(len(word) - 1, 1, -1):
                if found := self._by_first_word.get(word[:end]):
                    break
            else:
                return ()
        beginnings = {following[:length] for length in found.lengths}
        groups = [found.names[beginning] for beginning in beginnings if beginning in found.names]
        if len(groups) < 2:
            return groups[0] if groups else ()
        return sorted(chain.from_iterable(groups), key=_longest_first)


def _beginning(names: Iterable[_Name]) -> _Beginning:
    groups: dict[str, list[_Name]] = {}
    for name in sorted(names, key=_longest_first):
        groups.setdefault(name.second_word, []).append(name)
    return _Beginning(tuple({len(word) for word in groups}), {word: tuple(group) for word, group in groups.items()})


def _longest_first(name: _Name) -> tuple[int, str]:
    return -len(name.text), name.text


@cache
def _pattern(name: _Name) -> re.Pattern[str]:
    """Compile a name when it is first looked for; the checks and the pages look for the same ones."""
    return re.compile(_expression(name))


def names_of(entry: Named) -> tuple[str, ...]:
    """The names under which an entry may be mentioned: its own, its aliases, and those in other scripts."""
    own = entry.title if isinstance(entry, Event) else entry.name
    native = () if isinstance(entry, Event) else tuple(entry.native.values())
    return (own, *entry.aliases, *native)


def _name(text: str, entry: Named) -> _Name:
    lower = text == text.lower() and not _UNSPACED.search(text)
    one_word = " " not in text and isinstance(entry, Actor)
    plural = isinstance(entry, Term) and text[-1].isalpha()
    words = _WORD.findall(text.casefold())
    second = words[1] if len(words) > 1 else ""
    return _Name(text, entry.id, plural, proper=one_word and not lower, second_word=second.removesuffix("y"))


def _plurals(word: str) -> tuple[str, ...]:
    return (f"{word}s", f"{word}es", *((f"{word[:-1]}ies",) if word.endswith("y") else ()))


def _expression(name: _Name) -> str:
    first, rest = name.text[0], name.text[1:]
    lower = name.text == name.text.lower()
    begin = f"[{re.escape(first)}{re.escape(first.upper())}]" if lower and first.isalpha() else re.escape(first)
    words = re.escape(rest).replace(r"\ ", r"\s+").replace("'", "['’]").replace(r"\-", "[-‐‑]")
    if name.plural and rest.endswith("y"):
        words = f"{words[:-1]}(?:y|ies)"
    elif name.plural:
        words += "(?:s|es)?"
    # A common noun inside a compound ("non-proliferation") is another word; a proper name in a pair is not.
    before = r"(?<![\w][-‐‑])" if lower else ""
    after = r"(?!\w)" if name.text[-1].isalnum() and not _UNSPACED.match(name.text[-1]) else ""
    if name.proper:
        after += r"(?!\s+(?!I\b)[A-Z][a-z]+)"
    return f"{before}{begin}{words}{after}"
