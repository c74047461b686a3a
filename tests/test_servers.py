"""The site behind real servers, nginx and Caddy, on this machine, with the configuration that the build has made."""

from __future__ import annotations

import gzip
import shutil
from collections.abc import Iterator
from pathlib import Path

import brotli
import pytest

from conftest import FERRY, ROOT, mkdocs_build, rules_of
from explainer.compression import compress
from explainer.hosting import IMMUTABLE, REVALIDATED, server_files
from programs import needed
from servers import Served, caddy, nginx

PAGE = "/essay/the-toll/"


@pytest.fixture(scope="module")
def deployed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the tiny essay's site, an entry of which has been renamed, compressed, and what servers are told."""
    folder = tmp_path_factory.mktemp("deployed")
    project = Path(shutil.copytree(FERRY, folder / "ferry"))
    config = project / "mkdocs.yml"
    text = config.read_text(encoding="utf-8").replace("../../../hooks/", f"{ROOT / 'hooks'}/")
    config.write_text(f"{text}extra: {{server: deploy}}\n", encoding="utf-8")
    terms = next((project / "data" / "glossary").glob("*.yaml"))
    terms.write_text(terms.read_text(encoding="utf-8").replace("toll:\n", "toll:\n  formerly: [fare]\n", 1), "utf-8")
    done = mkdocs_build(config, folder / "site")
    assert done.returncode == 0, done.stderr
    (folder / "site" / "data" / "edition.zim").write_bytes(bytes(range(256)) * 4)
    compress(folder / "site")
    folder.chmod(0o755)
    return folder


@pytest.fixture(scope="module", params=[nginx, caddy], ids=["nginx", "caddy"])
def server(
    request: pytest.FixtureRequest, deployed: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Served]:
    """Each server in turn."""
    start = request.param
    needed(start.__name__)
    with start(deployed / "site", deployed / "ferry" / "deploy", tmp_path_factory.mktemp(start.__name__)) as served:
        yield served


def asset(folder: Path) -> str:
    return "/" + next(folder.glob("assets/stylesheets/main.*.min.css")).relative_to(folder).as_posix()


@pytest.mark.parametrize("path", ["/", PAGE, "/404.html", "/search/search_index.json", "/nowhere/", "asset"])
def test_every_answer_has_the_headers(path: str, server: Served) -> None:
    response, _ = server.get(asset(server.folder) if path == "asset" else path)
    sent = {name: response.getheader(name) for name in rules_of(server.folder)["/*"]}
    assert sent == rules_of(server.folder)["/*"]
    assert response.getheader("Cache-Control") == (IMMUTABLE if path == "asset" else REVALIDATED)
    assert len(response.headers.get_all("Content-Security-Policy") or []) == 1


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        (PAGE, "text/html; charset=utf-8"),
        ("asset", "text/css; charset=utf-8"),
        ("/data/dataset.json", "application/json; charset=utf-8"),
        ("/data/tables/events.csv", "text/csv; charset=utf-8"),
        ("/data/events.ics", "text/calendar; charset=utf-8"),
        ("/data/sources.bib", "application/x-bibtex; charset=utf-8"),
        ("/data/changes.atom", "application/atom+xml; charset=utf-8"),
        ("/data/edition.zim", "application/octet-stream"),
        ("/nowhere.js", "text/html; charset=utf-8"),
    ],
)
@pytest.mark.parametrize("encoding", ["identity", "gzip", "br"])
def test_a_file_says_what_it_is(path: str, kind: str, encoding: str, server: Served) -> None:
    response, _ = server.get(asset(server.folder) if path == "asset" else path, Accept_Encoding=encoding)
    assert response.getheader("Content-Type") == kind


@pytest.mark.parametrize("accepted", ["identity", "gzip", "br", "gzip, deflate, br"])
@pytest.mark.parametrize("path", [PAGE, "asset"])
def test_what_is_compressed_beforehand_is_sent_as_it_is(path: str, accepted: str, server: Served) -> None:
    path = asset(server.folder) if path == "asset" else path
    file = server.folder / (path[1:] + ("index.html" if path.endswith("/") else ""))
    plain = file.read_bytes()
    response, body = server.get(path, Accept_Encoding=accepted)
    encoding = response.getheader("Content-Encoding")
    if "br" in accepted and server.brotli:
        assert (encoding, body) == ("br", file.with_name(f"{file.name}.br").read_bytes())
        assert brotli.decompress(body) == plain
    elif "gzip" in accepted:
        assert (encoding, body) == ("gzip", file.with_name(f"{file.name}.gz").read_bytes())
        assert gzip.decompress(body) == plain
    else:
        assert (encoding, body) == (None, plain)
    if encoding:
        assert "accept-encoding" in (response.getheader("Vary") or "").lower()


@pytest.mark.parametrize("encoding", ["identity", "gzip"])
@pytest.mark.parametrize("path", [PAGE, "asset", "/data/dataset.json"])
def test_what_has_not_changed_is_not_sent_again(path: str, encoding: str, server: Served) -> None:
    path = asset(server.folder) if path == "asset" else path
    first, _ = server.get(path, Accept_Encoding=encoding)
    tag, modified = first.getheader("ETag") or "", first.getheader("Last-Modified") or ""
    for conditions in ({"If_None_Match": tag}, {"If_Modified_Since": modified}):
        again, body = server.get(path, Accept_Encoding=encoding, **conditions)
        assert (again.status, body) == (304, b"")
        assert again.getheader("Cache-Control") == first.getheader("Cache-Control")
    other, body = server.get(path, Accept_Encoding=encoding, If_None_Match='"other"')
    assert other.status == 200
    assert body


def test_a_part_of_a_file_can_be_had(server: Served) -> None:
    whole = (server.folder / "data" / "edition.zim").read_bytes()
    for asked, told, part in (("bytes=100-199", "100-199", whole[100:200]), ("bytes=-24", "1000-1023", whole[-24:])):
        response, body = server.get("/data/edition.zim", Range=asked)
        assert (response.status, body) == (206, part)
        assert response.getheader("Content-Range") == f"bytes {told}/1024"
    assert server.get("/data/edition.zim", Range="bytes=5000-")[0].status == 416


@pytest.mark.parametrize("path", ["/nowhere", "/essay/nowhere/", "/assets/stylesheets/main.00000000.min.css"])
def test_what_is_not_there_has_the_page_that_says_so(path: str, server: Served) -> None:
    response, body = server.get(path)
    assert response.status == 404
    assert body == (server.folder / "404.html").read_bytes()
    assert response.getheader("Cache-Control") == REVALIDATED


def test_the_rules_for_hosts_are_no_page(server: Served) -> None:
    assert server.get("/_headers")[0].status == 404


def test_an_old_address_leads_on(server: Served) -> None:
    response, body = server.get("/glossary/fare/")
    assert response.status == 200
    assert b'http-equiv="refresh" content="0; url=../toll/"' in body


def test_an_address_without_its_last_slash_leads_to_the_page(server: Served) -> None:
    response, _ = server.get(PAGE[:-1])
    assert response.status in {301, 308}
    assert (response.getheader("Location") or "").removeprefix(f"http://127.0.0.1:{server.port}") == PAGE


def test_head_is_answered_and_nothing_can_be_written(server: Served) -> None:
    response, body = server.get(PAGE, "HEAD")
    assert (response.status, body) == (200, b"")
    page = server.folder / PAGE[1:] / "index.html"
    before = page.read_bytes()
    for method in ("POST", "PUT", "DELETE"):
        # Older Caddy answers as if it had been asked for the page.
        assert server.get(PAGE, method)[0].status in ({405} if server.name == "nginx" else {200, 405})
    assert page.read_bytes() == before


def test_the_configuration_is_that_of_the_build(deployed: Path) -> None:
    folder = deployed / "ferry" / "deploy"
    written = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert written == set(server_files("", {}))
    for path in folder.rglob("site-headers.*"):
        assert rules_of(deployed / "site")["/*"]["Content-Security-Policy"] in path.read_text(encoding="utf-8")
    assert not list((deployed / "site").rglob("*.conf"))
