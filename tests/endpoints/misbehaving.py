"""A real HTTP server in the test process that speaks chat completions, or misbehaves on request.

What it answers a script decides, which may look at `Server.paths` and `Server.methods` too.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from PIL import Image


@dataclass
class Reply:
    """What the server sends for one request."""

    body: Any = ""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    before: float = 0.0
    """Seconds before anything is sent."""
    hang_up_after: int | None = None
    """Bytes of the body that are sent before the connection is dropped."""
    drip: float | None = None
    """Seconds between single bytes of the body."""

    @property
    def data(self) -> bytes:
        if isinstance(self.body, bytes):
            return self.body
        return (self.body if isinstance(self.body, str) else json.dumps(self.body)).encode()


def completion(text: str | None, **more: Any) -> Reply:
    """A well-formed chat completion that says `text`."""
    message = {"role": "assistant", "content": text, **more.pop("message", {})}
    choice = {
        "index": 0,
        "message": message,
        "finish_reason": more.pop("finish_reason", "stop"),
        **more.pop("choice", {}),
    }
    usage = more.pop("usage", {"prompt_tokens": 1000, "completion_tokens": 10})
    body = {"id": "x", "object": "chat.completion", "model": "toy", "choices": [choice]}
    return Reply(body | ({} if usage is None else {"usage": usage}) | more)


def with_logprobs(token: str, top: dict[str, float]) -> Reply:
    """A completion of one token, with the log-probabilities of its place."""
    tops = [{"token": name, "logprob": value, "bytes": None} for name, value in top.items()]
    place = {"token": token, "logprob": top.get(token, -9.0), "top_logprobs": tops, "bytes": None}
    return completion(token, choice={"logprobs": {"content": [place]}})


def error(status: int, message: str = "no", code: Any = None, **headers: str) -> Reply:
    """An error as providers send it."""
    body = {"error": {"message": message, "code": code, "type": None}}
    return Reply(body, status, {name.replace("_", "-"): text for name, text in headers.items()})


Script = Callable[[dict[str, Any], int], Reply]
"""From the request's body and its number, from 0, to a reply."""


class Server:
    """The server. Set `script` to say how it behaves; `requests` are the bodies it saw."""

    def __init__(self) -> None:
        self.script: Script = lambda body, number: completion("hello")
        self.requests: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.paths: list[str] = []
        self.methods: list[str] = []
        self.most_at_once = 0
        self._now = 0
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._http.daemon_threads = True
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.02,))
        self._thread.start()

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self._http.server_port}/v1"

    def replies(self, *replies: Reply) -> None:
        """Send these in order, and the last one again and again."""
        self.script = lambda body, number: replies[min(number, len(replies) - 1)]

    def close(self) -> None:
        self._stop.set()
        self._http.shutdown()
        self._thread.join()
        self._http.server_close()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                self._answer(json.loads(self.rfile.read(int(self.headers["content-length"]))))

            def do_GET(self) -> None:
                self._answer({})

            def _answer(self, body: dict[str, Any]) -> None:
                with server._lock:
                    number = len(server.requests)
                    server.requests.append(body)
                    server.headers.append(dict(self.headers.items()))
                    server.paths.append(self.path)
                    server.methods.append(self.command)
                    server._now += 1
                    server.most_at_once = max(server.most_at_once, server._now)
                try:
                    self._send(server.script(body, number))
                except OSError:  # the client had enough
                    self.close_connection = True
                finally:
                    with server._lock:
                        server._now -= 1

            def _send(self, reply: Reply) -> None:
                server._stop.wait(reply.before)
                data = reply.data
                self.send_response(reply.status)
                self.send_header("Content-Type", "application/json")
                for name, text in reply.headers.items():
                    self.send_header(name, text)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                if reply.hang_up_after is not None:
                    self.wfile.write(data[: reply.hang_up_after])
                    self.close_connection = True
                    return
                if reply.drip is None:
                    self.wfile.write(data)
                    return
                for place in range(len(data)):
                    if server._stop.wait(reply.drip):
                        return
                    self.wfile.write(data[place : place + 1])

            def log_message(self, *_: Any) -> None:
                pass

        return Handler


def picture(colour: str = "red", size: tuple[int, int] = (8, 6)) -> Image.Image:
    """A small plain picture."""
    return Image.new("RGB", size, colour)
