"""A real, tiny vision-language model behind a real OpenAI-compatible server, in the test process.

The network is a Llava of transformers with random weights (a few ten thousand numbers), so what it
says means nothing; but it reads every word and every pixel that it is sent, samples from its own
probabilities, constrains its answer to a JSON schema or to a list of choices as servers do, and
gives log-probabilities.
"""

from __future__ import annotations

import base64
import io
import json
import threading
import time
from typing import Any

import torch
import uvicorn
from PIL import Image
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route
from transformers import (
    CLIPVisionConfig,
    LlamaConfig,
    LlavaConfig,
    LlavaForConditionalGeneration,
)

PIXELS, PATCHES = 16, 4
END, IMAGE = 256, 257
"""Tokens beside the 256 bytes."""


def tiny_vlm(seed: int = 0) -> LlavaForConditionalGeneration:
    """The network, with weights large enough that words and pictures change what it says."""
    torch.manual_seed(seed)
    vision = CLIPVisionConfig(
        hidden_size=16,
        intermediate_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        image_size=PIXELS,
        patch_size=8,
    )
    text = LlamaConfig(
        vocab_size=258,
        hidden_size=32,
        intermediate_size=64,
        num_hidden_layers=2,
        num_attention_heads=2,
        num_key_value_heads=2,
        max_position_embeddings=8192,
    )
    config = LlavaConfig(
        vision_config=vision,
        text_config=text,
        image_token_index=IMAGE,
        image_seq_length=PATCHES,
    )
    model = LlavaForConditionalGeneration(config).eval()
    with torch.no_grad():
        for parameter in model.parameters():
            if parameter.ndim > 1:
                parameter.mul_(8.0)
    return model


def prompt_of(messages: list[dict[str, Any]]) -> tuple[list[int], torch.Tensor | None]:
    """Tokens and pixels of a conversation."""
    tokens: list[int] = []
    pixels: list[torch.Tensor] = []
    for message in messages:
        tokens += f"<{message['role']}>".encode()
        parts = message["content"]
        for part in [{"type": "text", "text": parts}] if isinstance(parts, str) else parts:
            if part["type"] == "text":
                tokens += part["text"].encode()
            else:
                tokens += [IMAGE] * PATCHES
                pixels.append(_pixels(part["image_url"]["url"]))
        tokens += b"</>"
    tokens += b"<assistant>"
    return tokens, torch.stack(pixels) if pixels else None


def _pixels(url: str) -> torch.Tensor:
    kind, _, data = url.partition(",")
    assert kind == "data:image/png;base64"
    image = Image.open(io.BytesIO(base64.b64decode(data, validate=True)))
    assert (image.format, image.mode) == ("PNG", "RGB")
    small = image.resize((PIXELS, PIXELS))
    values = torch.frombuffer(bytearray(small.tobytes()), dtype=torch.uint8)
    return values.reshape(PIXELS, PIXELS, 3).permute(2, 0, 1).float() / 127.5 - 1


class TinyServer:
    """The model behind ``/v1/chat/completions``."""

    def __init__(self) -> None:
        self.model = tiny_vlm()
        self.requests = 0
        self._lock = threading.Lock()
        app = Starlette(routes=[Route("/v1/chat/completions", self._complete, methods=["POST"])])
        settings = uvicorn.Config(app, host="127.0.0.1", port=0, log_level="error", ws="none")
        self._server = uvicorn.Server(settings)
        self._thread = threading.Thread(target=self._server.run)
        self._thread.start()
        while not self._server.started:
            time.sleep(0.01)

    @property
    def base_url(self) -> str:
        port = self._server.servers[0].sockets[0].getsockname()[1]
        return f"http://127.0.0.1:{port}/v1"

    def close(self) -> None:
        self._server.should_exit = True
        self._thread.join()

    @torch.no_grad()
    def next_token(self, tokens: list[int], pixels: torch.Tensor | None) -> torch.Tensor:
        """Log-probabilities of the token that comes next."""
        logits = self.model(input_ids=torch.tensor([tokens]), pixel_values=pixels).logits
        return torch.log_softmax(logits[0, -1], dim=-1)

    async def _complete(self, request: Request) -> JSONResponse:
        body = await request.json()
        return await run_in_threadpool(self._answer, body)

    def _answer(self, body: dict[str, Any]) -> JSONResponse:
        if body.get("model") != "tiny":
            return JSONResponse({"error": {"message": "no such model", "code": 404}}, 404)
        with self._lock:
            self.requests += 1
            allowed = _allowed(body)
            tokens, pixels = prompt_of(body["messages"])
            limit = int(body.get("max_tokens", 16))
            chosen, places = self._speak(tokens, pixels, limit, body.get("temperature"), allowed)
        choice: dict[str, Any] = {
            "index": 0,
            "message": {"role": "assistant", "content": bytes(chosen).decode("utf-8", "replace")},
            "finish_reason": "length" if len(chosen) == limit else "stop",
        }
        if body.get("logprobs"):
            top = int(body.get("top_logprobs", 1))
            choice["logprobs"] = {
                "content": [_place(t, place, top) for t, place in zip(chosen, places, strict=True)]
            }
        return JSONResponse(
            {
                "object": "chat.completion",
                "model": "tiny-random-llava",
                "choices": [choice],
                "usage": {"prompt_tokens": len(tokens), "completion_tokens": len(chosen)},
            }
        )

    def _speak(
        self,
        tokens: list[int],
        pixels: torch.Tensor | None,
        limit: int,
        temperature: float | None,
        allowed: list[bytes] | None,
    ) -> tuple[list[int], list[torch.Tensor]]:
        """Tokens one by one; where `allowed` is given, only such as lead to one of them."""
        chosen: list[int] = []
        places: list[torch.Tensor] = []
        while len(chosen) < limit:
            possible = None if allowed is None else _next_of(allowed, bytes(chosen))
            if possible is not None and len(possible) == 1:
                logprobs = torch.zeros(IMAGE + 1)  # nothing to decide, so nothing to compute
            else:
                logprobs = self.next_token(tokens + chosen, pixels)
            mask = torch.full_like(logprobs, -torch.inf)
            mask[list(range(IMAGE)) if possible is None else possible] = 0.0
            logprobs = torch.log_softmax(logprobs + mask, dim=-1)
            token = int(
                logprobs.argmax()
                if not temperature
                else torch.multinomial((logprobs / temperature).softmax(-1), 1)
            )
            if token == END:
                break
            chosen.append(token)
            places.append(logprobs)
        return chosen, places


def _allowed(body: dict[str, Any]) -> list[bytes] | None:
    """What may be said, where the request says so."""
    choices = body.get("structured_outputs", {}).get("choice")
    if choices:
        return [text.encode() for text in choices]
    format = body.get("response_format")
    if not format or format["type"] != "json_schema":
        return None
    ((field, kind),) = format["json_schema"]["schema"]["properties"].items()
    values = kind.get("enum") or [0, 1, -1]
    return [json.dumps({field: value}).encode() for value in values]


def _next_of(allowed: list[bytes], said: bytes) -> list[int]:
    """The tokens that lead from what was said to something allowed."""
    return sorted(
        {
            text[len(said)] if len(text) > len(said) else END
            for text in allowed
            if text.startswith(said)
        }
    )


def _place(token: int, logprobs: torch.Tensor, top: int) -> dict[str, Any]:
    best = torch.topk(logprobs, top)
    return {
        "token": _text(token),
        "logprob": float(logprobs[token]),
        "top_logprobs": [
            {"token": _text(int(t)), "logprob": max(-9999.0, float(p))}
            for p, t in zip(best.values, best.indices, strict=True)
        ],
    }


def _text(token: int) -> str:
    return bytes([token]).decode("latin-1") if token < END else "<special>"
