"""Pictures, and replies that hold them, as the three kinds of servers send them."""

from __future__ import annotations

import base64
import io
import json
import struct
import zlib
from typing import Any

import numpy as np
from misbehaving import Reply, completion, error
from PIL import Image

SIZE = (24, 16)


def picture(seed: int = 0, size: tuple[int, int] = SIZE) -> Image.Image:
    """Noise, so that no two are alike."""
    values = np.random.default_rng(seed).integers(0, 256, (size[1], size[0], 3), dtype=np.uint8)
    return Image.fromarray(values)


def png(image: Image.Image | None = None, format: str = "PNG") -> bytes:
    buffer = io.BytesIO()
    (image or picture()).save(buffer, format)
    return buffer.getvalue()


def b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def bomb() -> bytes:
    """A small PNG whose header announces 100,000 x 100,000 pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    header = struct.pack(">IIBBBBB", 100_000, 100_000, 8, 2, 0, 0, 0)
    data = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 100)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + data


UNUSABLE = {
    "cut off": png()[:-200],
    "no picture": b"hello" * 20,
    "a web page": b"<!doctype html><html>sorry</html>",
    "svg": b'<svg xmlns="http://www.w3.org/2000/svg"></svg>',
    "another size": png(picture(size=(16, 24))),
    "blue": png(Image.new("RGB", SIZE, (0, 0, 255))),
    "black": png(Image.new("RGB", SIZE)),
    "a bomb": bomb(),
}
"""Files that must never be taken for a picture."""


def painted(data: bytes | None = None, words: str | None = None, **more: Any) -> Reply:
    """A chat completion with a picture."""
    url = "data:image/png;base64," + b64(png() if data is None else data)
    images = [{"type": "image_url", "image_url": {"url": url}}]
    usage = more.pop("usage", {"prompt_tokens": 9, "completion_tokens": 1290, "cost": 0.039})
    return completion(words, message={"images": images}, usage=usage, **more)


def generated(data: bytes | None = None, **more: Any) -> Reply:
    """A reply of the images API."""
    datum = {"b64_json": b64(png() if data is None else data), **more.pop("datum", {})}
    usage = {"input_tokens": 9, "output_tokens": 272, "total_tokens": 281}
    return Reply({"created": 1, "data": [datum], "quality": "low", "usage": usage} | more)


class Replicate:
    """A script for the server: models, predictions, and the files that they make.

    Args:
        server: whose base address goes into outputs.
        inputs: that the model's version knows.
    """

    VERSION = "c" * 64

    def __init__(self, server: Any, inputs: str = "") -> None:
        self.server = server
        self.inputs = inputs.split() or [
            *("prompt", "num_inference_steps", "guidance", "go_fast", "aspect_ratio", "seed"),
            *("output_format", "enhance_prompt", "negative_prompt", "size", "max_images"),
            "sequential_image_generation",
        ]
        self.made: list[dict[str, Any]] = []
        """Bodies of the predictions that were begun."""
        self.canceled: list[str] = []
        self.looks = 0
        self.ending: dict[str, Any] = {"status": "succeeded"}
        """How a prediction ends; its `output` defaults to its file on this server."""
        self.ends_after = 1
        """Looks until it does."""
        self.on_begin = self.on_look = self.on_file = lambda number: None
        """From the number of the request, from 0, to a reply that comes instead."""
        self.files = 0
        server.script = self

    def __call__(self, body: dict[str, Any], number: int) -> Reply:
        path, method = self.server.paths[number], self.server.methods[number]
        parts = path.removeprefix("/v1/").split("/")
        if parts[0] == "files":
            self.files += 1
            return self.on_file(self.files - 1) or Reply(png(picture(int(parts[1]))))
        if method == "GET" and parts[0] == "models":
            properties = {name: {} for name in self.inputs}
            schema = {"components": {"schemas": {"Input": {"properties": properties}}}}
            version = {"id": self.VERSION, "openapi_schema": schema}
            return Reply(version if "versions" in parts else {"latest_version": version})
        if method == "POST" and parts[-1] == "cancel":
            self.canceled.append(parts[-2])
            return Reply(self.prediction(parts[-2], status="canceled"))
        if method == "POST" and parts[-1] == "predictions":
            self.made.append(body)
            reply = self.on_begin(len(self.made) - 1)
            return reply or Reply(self.prediction(f"p{len(self.made)}", status="starting"), 201)
        if method == "GET" and parts[0] == "predictions":
            self.looks += 1
            name = parts[1]
            reply = self.on_look(self.looks - 1)
            if reply is not None:
                return reply
            if self.looks < self.ends_after:
                return Reply(self.prediction(name, status="processing"))
            output = f"{self.server.base_url}/files/{name[1:]}/out.png"
            return Reply(self.prediction(name, **{"output": [output]} | self.ending))
        return error(404, "nothing here")

    def prediction(self, name: str, **more: Any) -> dict[str, Any]:
        # An address for looking that leads elsewhere: nobody may send a key there.
        urls = {"get": "http://127.0.0.1:9/elsewhere", "cancel": "http://127.0.0.1:9/elsewhere"}
        shown = {"id": name, "version": self.VERSION, "output": None, "error": None, "urls": urls}
        return json.loads(json.dumps(shown | more))
