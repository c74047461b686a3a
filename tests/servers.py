"""Servers for tests and measurements, on this machine only: nginx, Caddy, MkDocs' own, and handlers of requests."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPResponse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

BROTLI_MODULES = ("/usr/lib/nginx/modules/ngx_http_brotli_static_module.so",)
"""Where Debian puts what nginx needs to send files that brotli compressed."""


@dataclass(frozen=True)
class Served:
    """A server: its name, its port, the folder that it shows, and whether it sends files that brotli compressed."""

    name: str
    port: int
    folder: Path
    brotli: bool

    def get(self, path: str, method: str = "GET", **headers: str) -> tuple[HTTPResponse, bytes]:
        """Ask for a path, with headers in whose names `_` stands for `-`."""
        with closing(HTTPConnection("127.0.0.1", self.port, timeout=10)) as connection:
            connection.request(method, path, headers={name.replace("_", "-"): value for name, value in headers.items()})
            with connection.getresponse() as response:
                return response, response.read()


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@contextmanager
def handled(handler: Callable[..., BaseHTTPRequestHandler]) -> Iterator[str]:
    """Let a handler answer what is asked of a free port, and give the address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def edited(config: Path, scratch: Path, log: Path) -> Iterator[str]:
    """Run ``mkdocs serve``, as `make serve` does, for a project that is being edited, and give the address.

    Args:
        config: The configuration of the project.
        scratch: The folder in which the site is built.
        log: The file for what MkDocs says.
    """
    host = f"127.0.0.1:{free_port()}"
    command = [sys.executable, "-m", "mkdocs", "serve", "--livereload", "-f", str(config), "-a", host]
    settings = {"NO_MKDOCS_2_WARNING": "1", "TMPDIR": str(scratch)}
    with log.open("w") as told:
        server = subprocess.Popen(command, env={**os.environ, **settings}, stdout=told, stderr=told)
    try:
        deadline = time.monotonic() + 60
        while "Serving on" not in log.read_text(encoding="utf-8"):
            assert server.poll() is None, log.read_text(encoding="utf-8")
            assert time.monotonic() < deadline, log.read_text(encoding="utf-8")
            time.sleep(0.1)
        yield f"http://{host}/"
    finally:
        server.terminate()
        server.wait(20)


@contextmanager
def running(command: list[str], port: int, environment: Mapping[str, str], log: Path) -> Iterator[None]:
    """Run a server while it is needed, from when it answers; it may warn of nothing."""
    with log.open("w") as told:
        server = subprocess.Popen(command, env={**os.environ, **environment}, stdout=told, stderr=told)
    try:
        for _ in range(100):
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                break
            except OSError:
                assert server.poll() is None, log.read_text(encoding="utf-8")
                time.sleep(0.1)
        yield
    finally:
        server.terminate()
        server.wait(10)
    assert "[warn]" not in log.read_text(encoding="utf-8")


@contextmanager
def nginx(site: Path, configuration: Path, folder: Path) -> Iterator[Served]:
    """Run nginx with the configuration that a build has made, with only the port and the root in it changed.

    Args:
        site: The folder of the site.
        configuration: The folder with the configuration of servers.
        folder: An empty folder, for what nginx writes.
    """
    port, modules = free_port(), [path for path in BROTLI_MODULES if Path(path).exists()]
    shutil.copytree(configuration / "nginx", folder, dirs_exist_ok=True)
    own = folder / "conf.d" / "site.conf"
    text = own.read_text(encoding="utf-8")
    changes = [
        ("listen 80;", f"listen 127.0.0.1:{port};"),
        ("  listen [::]:80;\n", ""),
        ("root /srv/www/site;", f"root {site};"),
    ]
    if modules:
        changes.append(("# brotli_static on;", "brotli_static on;"))
    for found, wanted in changes:
        assert text.count(found) == 1
        text = text.replace(found, wanted)
    own.write_text(text, encoding="utf-8")
    load = "".join(f"load_module {path};\n" for path in modules)
    temporary = "".join(
        f"{kind}_temp_path {folder}/{kind};\n" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    user = "user root;\n" if os.geteuid() == 0 else ""  # what tests make is for their user only
    (folder / "nginx.conf").write_text(
        f"{load}{user}daemon off;\npid {folder}/pid;\nworker_processes 2;\nevents {{}}\n"
        f"http {{\naccess_log off;\n{temporary}include conf.d/*.conf;\n}}\n",
        encoding="utf-8",
    )
    command = ["nginx", "-p", str(folder), "-c", str(folder / "nginx.conf"), "-e", "stderr"]
    with running(command, port, {}, folder / "log"):
        yield Served("nginx", port, site, bool(modules))


@contextmanager
def caddy(site: Path, configuration: Path, folder: Path) -> Iterator[Served]:
    """Run Caddy with the configuration that a build has made; the folders are those of `nginx`."""
    port = free_port()
    wrapped = f"{{\n\tadmin off\n}}\nimport {configuration / 'caddy' / 'Caddyfile'}\n"
    (folder / "Caddyfile").write_text(wrapped, encoding="utf-8")
    environment = {
        "SITE_ADDRESS": f"http://127.0.0.1:{port}",
        "SITE_ROOT": str(site),
        **dict.fromkeys(("HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME"), str(folder)),
    }
    command = ["caddy", "run", "--config", str(folder / "Caddyfile"), "--adapter", "caddyfile"]
    with running(command, port, environment, folder / "log"):
        yield Served("caddy", port, site, brotli=True)
