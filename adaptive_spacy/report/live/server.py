"""One page on 127.0.0.1, for browsers of this machine."""

import contextlib
import socketserver
import sys
import threading
from collections.abc import Iterator
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

from adaptive_spacy.report.live.state import Live

ADDRESS = "127.0.0.1"
#: What the address bar of a browser of this machine may hold, with any port, for a tunnel has
#: another. Another name that leads here is a page of somebody else, whose scripts would read this
#: one (DNS rebinding).
HOSTS = {ADDRESS, "localhost", "::1"}
#: Seconds that a connection may be silent
PATIENCE = 10
HEADERS = {
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
}


class Server(ThreadingHTTPServer):
    """Serves what `live.served` is, and no file.

    live (Live): The page.
    port (int): 0: any that is free.
    RAISES (ValueError): If the port is taken, or not for everyone.
    """

    daemon_threads = True

    def __init__(self, live: Live, port: int) -> None:
        self.live = live
        try:
            super().__init__((ADDRESS, port), Handler)
        except OSError as error:
            raise ValueError(
                f"--port: cannot listen on {ADDRESS}:{port} ({error.strerror}); take another, or 0 "
                "for any that is free"
            ) from None

    def server_bind(self) -> None:
        """As it is, without the look-up of this machine's name, which may ask the network."""
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = ADDRESS, self.socket.getsockname()[1]

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A browser that went away is nobody's fault."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)


class Handler(BaseHTTPRequestHandler):
    """Answers GET of / alone."""

    server: Server
    timeout = PATIENCE
    server_version, sys_version = "adaptive-spacy", ""

    def do_GET(self) -> None:
        """The page; 304 to a browser that has it."""
        if not self._is_local():
            self._answer(HTTPStatus.FORBIDDEN, b"This page is for browsers of its own machine.\n")
            return
        if self.path != "/":
            self._answer(HTTPStatus.NOT_FOUND, b"Nothing but / is here.\n")
            return
        page, tag = self.server.live.served
        if self.headers.get("If-None-Match") == f'"{tag}"':
            self._answer(HTTPStatus.NOT_MODIFIED, b"", ETag=f'"{tag}"')
        else:
            self._answer(HTTPStatus.OK, page, kind="text/html", ETag=f'"{tag}"')

    def refuse(self) -> None:
        """Nothing here can be changed."""
        self._answer(HTTPStatus.METHOD_NOT_ALLOWED, b"", Allow="GET")

    do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = refuse

    def log_message(self, format: str, *args: Any) -> None:
        """The terminal is for the training's news."""

    def _is_local(self) -> bool:
        hosts = self.headers.get_all("Host") or []
        try:
            return len(hosts) == 1 and urlsplit(f"//{hosts[0]}").hostname in HOSTS
        except ValueError:
            return False

    def _answer(
        self, status: HTTPStatus, body: bytes, *, kind: str = "text/plain", **headers: str
    ) -> None:
        self.send_response(status)
        for name, value in {**HEADERS, **headers}.items():
            self.send_header(name, value)
        if status != HTTPStatus.NOT_MODIFIED:
            self.send_header("Content-Type", f"{kind}; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@contextlib.contextmanager
def serving(live: Live, port: int) -> Iterator[str]:
    """Serve a page beside what is done here.

    YIELDS (str): Its address.
    RAISES (ValueError): If the port cannot be had.
    """
    with Server(live, port) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.1,), daemon=True)
        thread.start()
        try:
            yield f"http://{ADDRESS}:{server.server_port}/"
        finally:
            server.shutdown()
            thread.join()
