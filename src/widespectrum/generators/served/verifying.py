"""From what a provider sent to a picture, or to the reason why it is none.

Nothing here makes a picture up: bytes that are no picture, a picture of the wrong size and one of a
single colour are all `InvalidResult`.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import re
from typing import TYPE_CHECKING, Any

from widespectrum.endpoints.completions import excerpt
from widespectrum.errors import BadImage, InvalidResult
from widespectrum.images import load_image

if TYPE_CHECKING:
    from widespectrum.contracts import Image

LEAST_SPREAD = 1.0
"""Standard deviation, of 255, that at least one channel must reach: what has less is one colour, as
the black and blue pictures are that stand for failures elsewhere."""

LONGEST_KEPT = 4096
"""Characters of one text in a reply that the records keep; pictures are much longer."""

_DATA_URL = re.compile(r"data:image/[\w.+-]+(?:;[\w.=+-]+)*;base64,", re.IGNORECASE)
_AGAIN = "Ask again; if it happens often, the provider or the settings are to blame."


def picture_of(data: bytes, size: tuple[int, int] | None) -> Image:
    """The picture in the bytes of a file, as plain RGB.

    Args:
        data: what the provider sent.
        size: width and height that it must have; None: any.

    Raises:
        InvalidResult: no picture, one too large to be decoded, of another size, or of one colour.
    """
    from PIL import ImageStat

    try:
        image = load_image(data, name="the picture that came")
    except BadImage as error:
        raise InvalidResult(str(error), _AGAIN) from error
    if size is not None and image.size != size:
        raise InvalidResult(
            f"the picture that came has {image.width} x {image.height} pixels, and "
            f"{size[0]} x {size[1]} were asked for",
            "Ask again, or change the setting size.",
        )
    if max(ImageStat.Stat(image).stddev) < LEAST_SPREAD:
        raise InvalidResult(
            f"the picture that came is of one colour, {image.getpixel((0, 0))}", _AGAIN
        )
    return image


def bytes_of(text: str) -> bytes:
    """The bytes that base64 stands for, bare or in a data URL.

    Raises:
        InvalidResult: it is neither. An address is not followed.
    """
    found = _DATA_URL.match(text)
    encoded = text[found.end() :] if found else text
    try:
        data = base64.b64decode("".join(encoded.split()), validate=True)
    except (binascii.Error, ValueError) as error:
        raise InvalidResult(
            f"no base64 where the picture should be ({excerpt(text)})", _AGAIN
        ) from error
    if not data:
        raise InvalidResult("the picture that came is empty", _AGAIN)
    return data


def without_pictures(text: str) -> str:
    """A reply as the records keep it: every long text in it by length and hash.

    A reply that is no JSON is cut.
    """
    if len(text) <= LONGEST_KEPT:
        return text
    try:
        return json.dumps(_short(json.loads(text)), ensure_ascii=False)
    except (ValueError, RecursionError):
        return _short_text(text)


def _short(value: Any) -> Any:
    if isinstance(value, str):
        return _short_text(value)
    if isinstance(value, dict):
        return {_short_text(key): _short(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_short(item) for item in value]
    return value


def _short_text(text: str) -> str:
    if len(text) <= LONGEST_KEPT:
        return text
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
    return f"{text[:64]}... ({len(text)} characters, sha256 {digest})"
