"""What a server says along with the files of the site: a strict Content-Security-Policy, other headers, what to cache.

Pure functions: pages in; the policy, and the configuration of hosts and servers, out. The policy lets the theme's own
inline scripts run by their hashes, and nothing else that stands in a page; it has no keyword that begins with `unsafe-`.
Only a search that loads its index in parts needs one word more, `wasm-unsafe-eval`.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from html import escape
from pathlib import PurePosixPath
from string import Template

HEADERS_FILE = "_headers"
"""The file, at the root of the site, in which Netlify, Cloudflare Pages and others look for headers."""

REVALIDATED = "public, max-age=0, must-revalidate"
"""Kept by browsers and proxies, and asked for again each time: the answer is a short 304 while nothing has changed."""

IMMUTABLE = "public, max-age=31536000, immutable"
"""Kept for a year without asking: the name changes with the content."""

IMMUTABLE_PATH = r"/assets/.+\.[0-9a-f]{8}\.(?:min\.)?(?:css|js)(?:\.map)?$|/search/parts/.+_[0-9a-f]{7,}\.pf_(?:fragment|index|meta)$"
"""A regular expression for the addresses of files whose names hold the hash of their content: the theme's, ours, and the
parts of an index of the search."""

HEADERS: Mapping[str, str] = {
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "Permissions-Policy": (
        "accelerometer=(), autoplay=(), camera=(), display-capture=(), encrypted-media=(), fullscreen=(), "
        "geolocation=(), gyroscope=(), magnetometer=(), microphone=(), midi=(), payment=(), picture-in-picture=(), "
        "publickey-credentials-get=(), screen-wake-lock=(), usb=(), xr-spatial-tracking=()"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cross-Origin-Resource-Policy": "same-origin",
}
"""The headers that are the same for every site. Nothing of a page comes from elsewhere, so that all may be this strict."""

MEDIA_TYPES: Mapping[str, str] = {
    ".css": "text/css",
    ".epub": "application/epub+zip",
    ".gif": "image/gif",
    ".gz": "application/gzip",
    ".html": "text/html",
    ".jpg": "image/jpeg",
    ".js": "text/javascript",
    ".json": "application/json",
    ".map": "application/json",
    ".pagefind": "application/octet-stream",
    ".pdf": "application/pdf",
    ".pf_fragment": "application/octet-stream",
    ".pf_index": "application/octet-stream",
    ".pf_meta": "application/octet-stream",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".txt": "text/plain",
    ".webp": "image/webp",
    ".xml": "application/xml",
    ".zim": "application/octet-stream",
    ".zip": "application/zip",
}
"""The media types of the files of a site, by their suffix, beside those of its exports."""

_IN_FOLDERS = {".pf_fragment", ".pf_index"}
_CHARSET = '<meta charset="utf-8">'
_ATTRIBUTES = r"""(?P<attributes>(?:[^>"']|"[^"]*"|'[^']*')*)"""
# Only the name is of either case: so the expression begins with a character that is soon found, and is soon done elsewhere.
_NAME = "[sS][cC][rR][iI][pP][tT]"
_SCRIPT = re.compile(rf"<{_NAME}\b{_ATTRIBUTES}>(?P<body>[^<]*(?:<(?!/{_NAME}\b)[^<]*)*)</{_NAME}\b")
_SOURCE = re.compile(r"(?:^|\s)src\s*=", re.IGNORECASE)
_TYPE = re.compile(r"""(?:^|\s)type\s*=\s*["']?([^\s"'>]*)""", re.IGNORECASE)
_EXECUTED = {"", "text/javascript", "application/javascript", "module", "importmap", "speculationrules"}


@dataclass(frozen=True, slots=True)
class InlineScripts:
    """The bodies of the inline scripts of a page: those around the text, and those in it, where there should be none."""

    around: frozenset[str]
    in_text: frozenset[str]


def inline_scripts(page: str) -> InlineScripts:
    """Find the scripts of a page (HTML, as a whole) that a browser would run and that are not files.

    What is between the first ``<article`` and the last ``</article>`` is the text.
    """
    before, _, rest = page.partition("<article")
    text, _, after = rest.rpartition("</article>")
    return InlineScripts(frozenset({*_bodies(before), *_bodies(after)}), frozenset(_bodies(text)))


def _bodies(html: str) -> Iterator[str]:
    for script in _SCRIPT.finditer(html):
        attributes = script["attributes"]
        kind = _TYPE.search(attributes)
        if not _SOURCE.search(attributes) and (kind[1].lower() if kind else "") in _EXECUTED:
            yield script["body"]


def content_security_policy(
    scripts: Iterable[str], *, drawn_in_browser: bool = False, in_page: bool = False, web_assembly: bool = False
) -> str:
    """Make the value of the header.

    Args:
        scripts: The bodies of the inline scripts that may run.
        drawn_in_browser: Whether Mermaid draws in the reader's browser. It sets styles in so many ways that no hash
            covers them: there the policy says nothing of styles, and names all else that it would by default forbid.
        in_page: Whether the policy stands in the page itself, where browsers heed no `frame-ancestors`.
        web_assembly: Whether scripts of the site may compile WebAssembly, as that does which searches an index in
            parts. The word for it begins with `unsafe-`, yet it lets no text be run as a script: a page can only
            compile what a script of the site has loaded, and from the site itself.
    """
    hashes = sorted(b64encode(sha256(script.encode()).digest()).decode() for script in scripts)
    directives = {
        "default-src": "'none'",
        "script-src": " ".join(
            ["'self'", *(f"'sha256-{digest}'" for digest in hashes), *(["'wasm-unsafe-eval'"] if web_assembly else [])]
        ),
        "style-src": "'self'",
        "img-src": "'self' data:",
        "connect-src": "'self'",
        "worker-src": "'self'",
        "base-uri": "'none'",
        "form-action": "'none'",
        "frame-ancestors": "'none'",
    }
    if drawn_in_browser:
        del directives["default-src"], directives["style-src"]
        others = ("font-src", "frame-src", "manifest-src", "media-src", "object-src")
        directives.update(dict.fromkeys(others, "'none'"))
    if in_page:
        del directives["frame-ancestors"]
    return "; ".join(f"{name} {value}" for name, value in directives.items())


def with_policy(page: str, policy: str) -> str:
    """Put a policy into a page, for hosts that send no headers: before anything that it is about.

    Raises:
        ValueError: The page does not begin by saying how it is encoded, which has to come first.
    """
    if page.count(_CHARSET) != 1:
        raise ValueError(f"there is no place for a policy: {_CHARSET} is there {page.count(_CHARSET)} times")
    meta = f'<meta http-equiv="Content-Security-Policy" content="{escape(policy, quote=False)}">'
    return page.replace(_CHARSET, f"{_CHARSET}\n  {meta}")


def fingerprinted(path: str, content: bytes) -> str:
    """Give the path of a file with the hash of its content in its name, such as ``a/b.0123abcd.css``."""
    pure = PurePosixPath(path)
    return str(pure.with_suffix(f".{sha256(content).hexdigest()[:8]}{pure.suffix}"))


def headers_file(policy: str, paths: Collection[str]) -> str:
    """Make the file that hosts of static sites read.

    Args:
        policy: The Content-Security-Policy.
        paths: The paths of all files of the site. The form knows no regular expressions: every file whose name holds
            its hash has a rule of its own, but for the parts of an index of the search, which are as many as the
            pages and have their folders to themselves: hosts heed only so many rules. Two rules for one header would
            be joined, so that there is none for all others: these hosts have them revalidated anyway.
    """
    lines = ["/*", *(f"  {name}: {value}" for name, value in _all_headers(policy).items())]
    kept = (PurePosixPath("/", path) for path in paths if re.search(IMMUTABLE_PATH, f"/{path}"))
    for rule in sorted({str(path.with_name("*") if path.suffix in _IN_FOLDERS else path) for path in kept}):
        lines += [rule, f"  Cache-Control: {IMMUTABLE}"]
    return "\n".join(lines) + "\n"


def server_files(policy: str, exports: Mapping[str, str]) -> dict[str, str]:
    """Make the configuration of servers.

    Args:
        policy: The Content-Security-Policy.
        exports: The media types of the files that the site exports, by their paths.

    Returns:
        The files: their paths, and their texts.
    """
    headers, types = _all_headers(policy), _media_types(exports)
    settings = {
        "IMMUTABLE": IMMUTABLE,
        "REVALIDATED": REVALIDATED,
        "IMMUTABLE_PATH": IMMUTABLE_PATH,
        "HEADERS_FILE": HEADERS_FILE,
    }
    charset_types = sorted({kind for kind in types.values() if _is_text(kind)} - {"text/html"})
    nginx_headers = [
        *(f'add_header {name} "{value}" always;' for name, value in headers.items()),
        "add_header Cache-Control $site_cache_control always;",
        "charset utf-8;",
        f"charset_types {' '.join(charset_types)};",
        f"gzip_types {' '.join(charset_types)};",
        "types {",
        *(f"  {kind} {suffix[1:]};" for suffix, kind in sorted(types.items())),
        "}",
    ]
    caddy_headers = [
        *(f'header {name} "{value}"' for name, value in headers.items()),
        *(
            # Deferred: the file server would put what it knows of in its place.
            f"@{suffix[1:]} path *{suffix}\n"
            f'header @{suffix[1:]} {{\n  Content-Type "{kind}{"; charset=utf-8" if _is_text(kind) else ""}"\n  defer\n}}'
            for suffix, kind in sorted(types.items())
            if suffix != ".html"  # a page is asked for by the address of its folder; Caddy knows what it is
        ),
    ]
    return {
        "nginx/conf.d/site.conf": _NGINX.substitute(settings),
        "nginx/snippets/site-headers.conf": "\n".join([_WITH_EACH_RELEASE, *nginx_headers]) + "\n",
        "caddy/Caddyfile": _CADDY.substitute(settings),
        "caddy/site-headers.caddy": "\n".join([_WITH_EACH_RELEASE, *caddy_headers]) + "\n",
    }


def _all_headers(policy: str) -> dict[str, str]:
    return {"Content-Security-Policy": policy, **HEADERS}


def _media_types(exports: Mapping[str, str]) -> dict[str, str]:
    """Give the media type for each suffix: of those of the exports that have several, the general one."""
    found: dict[str, set[str]] = {}
    for path, kind in exports.items():
        found.setdefault(PurePosixPath(path).suffix, set()).add(kind)
    return {suffix: kinds.pop() for suffix, kinds in found.items() if len(kinds) == 1} | dict(MEDIA_TYPES)


def _is_text(kind: str) -> bool:
    """Whether files of a type are text, which is encoded in UTF-8 and worth compressing."""
    return kind.startswith(("text/", "application/json", "application/xml", "application/x-bibtex")) or kind.endswith(
        ("+json", "+xml")
    )


_WITH_EACH_RELEASE = "# Made by the build. Copy it with each release: the hashes are those of its inline scripts."

_NGINX = Template("""\
# Made by the build. Copy it once, with snippets/site-headers.conf, to the folder of nginx's own configuration; then set
# server_name and root, and how the server is reached, with its certificates for HTTPS.

map $$uri $$site_cache_control {
  default "$REVALIDATED";
  "~$IMMUTABLE_PATH" "$IMMUTABLE";
}

server {
  listen 80;
  listen [::]:80;
  server_name _;
  root /srv/www/site;

  include snippets/site-headers.conf;

  index index.html;
  error_page 404 /404.html;
  server_tokens off;
  # The server may stand behind another that has another name and port.
  absolute_redirect off;

  # Files that have been compressed beforehand are sent as they are, others are compressed now. The second line needs
  # nginx's brotli module (on Debian: libnginx-mod-http-brotli-static).
  gzip_static on;
  # brotli_static on;
  gzip on;
  gzip_vary on;
  gzip_proxied any;

  sendfile on;

  location = /$HEADERS_FILE {
    return 404;
  }
}
""")

_CADDY = Template("""\
# Made by the build. Start it with SITE_ADDRESS, such as example.org, which Caddy then gets a certificate for, and with
# SITE_ROOT, the folder of the site.

{$$SITE_ADDRESS:http://127.0.0.1:8080} {
  root * {$$SITE_ROOT:/srv/www/site}
  import site-headers.caddy

  @immutable {
    path_regexp "$IMMUTABLE_PATH"
    file
  }
  @revalidated not {
    path_regexp "$IMMUTABLE_PATH"
    file
  }
  header @immutable Cache-Control "$IMMUTABLE"
  header @revalidated Cache-Control "$REVALIDATED"

  # Files that have been compressed beforehand are sent as they are, others are compressed now.
  encode gzip
  file_server {
    precompressed br gzip
    hide $HEADERS_FILE
  }
  handle_errors {
    rewrite * /404.html
    file_server
  }
}
""")
