"""COCO captions: several captions per image, with stray white space.

The format is one JSON object with ``info``, ``images`` and ``annotations``; only the annotations
are needed: ``{"id": 17, "image_id": 4, "caption": "Two boats near a pier. "}``.
"""

from __future__ import annotations

import json
from collections import defaultdict
from itertools import islice
from pathlib import Path
from typing import Any

from widespectrum.errors import BadInput
from widespectrum.prompts.captions import Caption, plain_text


def read_coco(path: Path, per_image: int = 1) -> tuple[Caption, ...]:
    """The first `per_image` different captions of every image.

    Images come in the order of their ids, and captions of one image in the order of theirs, so the
    order of the file does not matter. Captions that differ in white space only are one caption.
    The id is ``coco-IMAGE-ANNOTATION``; the cluster, which captions of one image share, is
    ``coco-IMAGE``.

    Raises:
        BadInput: names file, annotation, field and remedy.
    """
    annotations = _annotations(path)
    images: dict[str, list[tuple[str, str]]] = defaultdict(list)
    rows_of: dict[str, int] = {}
    for row, annotation in enumerate(annotations, 1):
        if not isinstance(annotation, dict):
            raise BadInput(
                f"is a {type(annotation).__name__}, not an object",
                "Every annotation must be an object with id, image_id and caption.",
                file=path,
                row=row,
                field="annotations",
            )
        name = _id(annotation, "id", path, row)
        if name in rows_of:
            raise BadInput(
                f"is '{name}', as in annotation {rows_of[name]}",
                "Make every annotation's id unique.",
                file=path,
                row=row,
                field="id",
            )
        rows_of[name] = row
        text = plain_text(annotation.get("caption"), file=path, row=row, field="caption")
        images[_id(annotation, "image_id", path, row)].append((name, text))
    captions = []
    for image in sorted(images, key=_by_number):
        first_named: dict[str, str] = {}
        for name, text in sorted(images[image], key=lambda item: _by_number(item[0])):
            first_named.setdefault(text, name)
        for text, name in islice(first_named.items(), per_image):
            captions.append(Caption(f"coco-{image}-{name}", text, cluster=f"coco-{image}"))
    return tuple(captions)


def _by_number(name: str) -> tuple[int, str]:
    """Sorts whole numbers by value, and any other ids by length and alphabet."""
    return len(name), name


def _annotations(path: Path) -> list[Any]:
    try:
        document = json.loads(path.read_text(encoding="utf-8-sig"))
    except UnicodeDecodeError as error:
        raise BadInput(
            f"is not UTF-8 text (byte {error.start})", "Save it as UTF-8.", file=path
        ) from error
    except OSError as error:
        raise BadInput(
            f"cannot be read ({error.strerror or error})", "Check its permissions.", file=path
        ) from error
    except (ValueError, RecursionError) as error:
        reason = "nested too deeply" if isinstance(error, RecursionError) else str(error)
        raise BadInput(
            f"is not JSON ({reason})", "Check that the file is complete.", file=path
        ) from error
    annotations = document.get("annotations") if isinstance(document, dict) else None
    if not isinstance(annotations, list):
        raise BadInput(
            "has no list 'annotations', so it is not a file of COCO captions",
            "Give COCO's captions_*.json, or a JSON list of objects with a caption each.",
            file=path,
            field="annotations",
        )
    if not annotations:
        raise BadInput("holds no captions", "Give a file with annotations.", file=path)
    return annotations


def _id(annotation: dict[str, Any], field: str, path: Path, row: int) -> str:
    value = annotation.get(field)
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if isinstance(value, str):
        return plain_text(value, file=path, row=row, field=field)
    raise BadInput(
        "is missing" if value is None else f"is {str(value)[:80]!r}, not a number or text",
        "COCO gives every annotation a whole number here.",
        file=path,
        row=row,
        field=field,
    )
