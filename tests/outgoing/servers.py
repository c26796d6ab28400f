"""Small servers on this machine in the place of gateways: they note what comes and answer."""

from __future__ import annotations

import json
import socketserver
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

# (status, body as JSON); None: the line breaks without an answer.
Answer = tuple[int, Any] | None


@dataclass
class Request:
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Server:
    """
    Attributes:
        answer: called with each request.
    """

    answer: Callable[[Request], Answer]
    url: str = ""
    requests: list[Request] = field(default_factory=list)


@contextmanager
def http_server(answer: Callable[[Request], Answer]) -> Iterator[Server]:
    known = Server(answer)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            parts = urlsplit(self.path)
            query = dict(parse_qsl(parts.query))
            headers = {name.lower(): value for name, value in self.headers.items()}
            request = Request(parts.path, query, headers, body)
            known.requests.append(request)
            if (given := known.answer(request)) is None:
                return
            status, content = given
            encoded = json.dumps(content).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(encoded)))
            self.end_headers()
            self.wfile.write(encoded)

        def log_message(self, *_: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        known.url = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        yield known
        server.shutdown()
        thread.join()


@dataclass
class MailServer:
    """
    Attributes:
        refuse: the answer to a command that begins with the key, in its place.
        lines: every command; `mails` what was sent, as bytes.
    """

    port: int = 0
    refuse: dict[str, str] = field(default_factory=dict)
    lines: list[str] = field(default_factory=list)
    mails: list[bytes] = field(default_factory=list)
    breaks_after_data: bool = False
    was_encrypted: bool = False


@contextmanager
def mail_server(tls: ssl.SSLContext | None = None) -> Iterator[MailServer]:
    """A mail server of a few commands; with `tls` it has STARTTLS."""
    known = MailServer()

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self.say("220 here")
            while line := self.rfile.readline():
                command = line.decode().strip()
                known.lines.append(command)
                if not self.obey(command):
                    return

        def finish(self) -> None:
            super().finish()
            self.connection.close()

        def say(self, text: str) -> None:
            self.wfile.write(f"{text}\r\n".encode())

        def obey(self, command: str) -> bool:
            word = command.split(" ")[0].upper()
            for beginning, answer in known.refuse.items():
                if command.upper().startswith(beginning):
                    self.say(answer)
                    return True
            if word == "EHLO":
                offer = "250-STARTTLS\r\n" if tls and not known.was_encrypted else ""
                self.say(f"250-here\r\n{offer}250 AUTH PLAIN")
            elif word == "STARTTLS" and tls:
                self.say("220 go on")
                try:
                    self.connection = tls.wrap_socket(self.connection, server_side=True)
                except ssl.SSLError:  # the certificate is not liked
                    return False
                self.rfile = self.connection.makefile("rb")
                self.wfile = self.connection.makefile("wb", 0)  # type: ignore[assignment]
                known.was_encrypted = True
            elif word == "DATA":
                self.say("354 go on")
                text = b"".join(iter(self.rfile.readline, b".\r\n"))
                known.mails.append(text)
                if known.breaks_after_data:
                    return False
                self.say("250 taken")
            else:
                self.say(
                    "235 welcome" if word == "AUTH" else "221 bye" if word == "QUIT" else "250 ok"
                )
            return word != "QUIT"

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        known.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        yield known
        server.shutdown()
        thread.join()
