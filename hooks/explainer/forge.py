"""Where the project is kept and its site published: the addresses at which readers change or report something."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from .problems import Position


@dataclass(frozen=True, slots=True)
class Forge:
    """The forge of a project. `repository` and `site` are web addresses, empty where there is none."""

    repository: str = ""
    branch: str = "main"
    site: str = ""

    def edit_address(self, at: Position) -> str | None:
        """Give the address at which a line of a file can be edited, None without a repository."""
        if not self.repository:
            return None
        return f"{self.repository.rstrip('/')}/edit/{self.branch}/{at.path}#L{at.line}"

    def report_address(self, title: str, entry_id: str, page: str) -> str | None:
        """Give the address of a new issue about an entry, filled in with what the reader would have to look for.

        Args:
            title: What the entry is called.
            entry_id: Its id.
            page: The address of its page, from the root of the site.
        """
        if not self.repository:
            return None
        body = f"Entry: `{entry_id}`\nPage: {self.site}{page}\n\nWhat is wrong:\n\nWhere it can be read:\n"
        query = urlencode({"title": f"Mistake: {title}", "body": body})
        return f"{self.repository.rstrip('/')}/issues/new?{query}"
