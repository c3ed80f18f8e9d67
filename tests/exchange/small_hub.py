"""A hub of one process: a real HTTP server that keeps data sets in memory, as the client asks.

Only what the client needs to fetch a data set and to push one; it refuses whoever has no token.
"""

import base64
import hashlib
import json
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote, urlsplit

TOKEN = "hf_only_for_this_test"
COMMIT = "c" * 40


class SmallHub(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    sets: dict
    asked: list
    address: str
    refuse: int | None = None

    def log_message(self, *args):
        pass

    def answer(self, status, body=b"", headers=None):
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_response(status)
        for name, value in {"Content-Length": str(len(content)), **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def parts(self):
        path = unquote(urlsplit(self.path).path)
        self.asked.append((self.command, path, self.headers.get("Authorization")))
        return path.strip("/").split("/")

    def do_GET(self):
        parts = self.parts()
        if parts[:2] == ["api", "datasets"]:
            return self.about("/".join(parts[2:4]), parts[4:])
        name = "/".join(parts[1:3])
        content = self.sets.get(name, {}).get("/".join(parts[5:]))
        if content is None:
            return self.answer(404, headers={"X-Error-Code": "EntryNotFound"})
        etag = hashlib.sha256(content).hexdigest()
        return self.answer(200, content, {"ETag": f'"{etag}"', "X-Repo-Commit": COMMIT})

    do_HEAD = do_GET

    def about(self, name, rest):
        files = self.sets.get(name)
        if files is None:
            return self.answer(404, headers={"X-Error-Code": "RepoNotFound"})
        if rest[:1] == ["revision"] and rest[1] not in ("main", COMMIT):
            return self.answer(404, headers={"X-Error-Code": "RevisionNotFound"})
        if rest[:1] == ["tree"]:
            tree = [
                {"type": "file", "path": path, "size": len(content), "oid": "0" * 40}
                for path, content in files.items()
            ]
            return self.answer(200, tree, {"Content-Type": "application/json"})
        siblings = [{"rfilename": path} for path in files]
        return self.answer(200, {"id": name, "sha": COMMIT, "siblings": siblings})

    def do_POST(self):
        parts = self.parts()
        content = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self.refuse:
            return self.answer(self.refuse, {"error": "no"})
        if self.headers.get("Authorization") != f"Bearer {TOKEN}":
            return self.answer(401, {"error": "Invalid username or password."})
        if parts == ["api", "repos", "create"]:
            wanted = json.loads(content)
            name = f"{wanted['organization']}/{wanted['name']}"
            self.sets.setdefault(name, {})
            # How it is said depends on the client's version.
            private = wanted.get("private", wanted.get("visibility") == "private")
            self.sets[name, "private"] = private
            return self.answer(200, {"url": f"{self.address}/datasets/{name}", "name": name})
        if parts == ["api", "validate-yaml"]:
            return self.answer(200, {"errors": [], "warnings": []})
        name = "/".join(parts[2:4])
        if parts[4] == "preupload":
            files = json.loads(content)["files"]
            return self.answer(
                200,
                {
                    "files": [
                        {"path": f["path"], "uploadMode": "regular", "shouldIgnore": False}
                        for f in files
                    ]
                },
            )
        for line in content.splitlines():
            item = json.loads(line)
            if item["key"] == "file":
                value = item["value"]
                self.sets[name][value["path"]] = base64.b64decode(value["content"])
        url = f"{self.address}/datasets/{name}/commit/{COMMIT}"
        return self.answer(200, {"commitUrl": url, "commitOid": COMMIT})


@contextmanager
def small_hub():
    """The running server's class, with `address`."""

    class Hub(SmallHub):
        sets, asked = {}, []

    server = ThreadingHTTPServer(("127.0.0.1", 0), Hub)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    Hub.address = f"http://127.0.0.1:{server.server_port}"
    try:
        yield Hub
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
