"""Labelled grids of pictures, for documents and for people who want to see for themselves."""

from __future__ import annotations

from collections.abc import Sequence

from PIL import Image, ImageDraw, ImageFont

from widespectrum.errors import BadInput

_INK, _FAINT, _PAPER = (28, 28, 30), (110, 110, 116), (255, 255, 255)
_GAP = 6


def contact_sheet(
    rows: Sequence[Sequence[Image.Image]],
    row_labels: Sequence[str] = (),
    column_labels: Sequence[str] = (),
    cell: tuple[int, int] = (192, 128),
    *,
    captions: Sequence[Sequence[str]] = (),
) -> Image.Image:
    """Pictures in rows and columns, each scaled to fit its cell, none distorted.

    Args:
        rows: pictures; rows may differ in length.
        row_labels: one per row, at the left; may be several lines. None at all is allowed.
        column_labels: one per column, at the top. None at all is allowed.
        cell: largest width and height of a picture.
        captions: one below each picture, in the shape of `rows`. None at all is allowed.

    Raises:
        BadInput: no picture, or labels that do not match.
    """
    columns = max((len(row) for row in rows), default=0)
    if columns == 0:
        raise BadInput("a contact sheet needs at least one picture", "Give it some.")
    _check("row", row_labels, len(rows))
    _check("column", column_labels, columns)
    if captions and [len(row) for row in captions] != [len(row) for row in rows]:
        raise BadInput("the captions do not match the pictures", "Give every picture one.")
    font = ImageFont.load_default(max(11, cell[1] // 9))
    texts = [text for row in captions for text in row]
    below = max((_extent(text, font)[1] for text in texts), default=-2)
    label_width = max((_extent(label, font)[0] for label in row_labels), default=-2 * _GAP)
    label_height = max((_extent(label, font)[1] for label in column_labels), default=-_GAP)
    left, top = label_width + 3 * _GAP, label_height + 2 * _GAP
    across, down = cell[0] + _GAP, cell[1] + below + 2 + _GAP
    sheet = Image.new("RGB", (left + columns * across, top + len(rows) * down), _PAPER)
    draw = ImageDraw.Draw(sheet)
    for column, label in enumerate(column_labels):
        middle = left + column * across + cell[0] / 2
        draw.text((middle, _GAP), label, _FAINT, font, anchor="ma")
    for number, row in enumerate(rows):
        y = top + number * down
        if row_labels:
            draw.text((_GAP, y + cell[1] / 2), row_labels[number], _INK, font, anchor="lm")
        for column, image in enumerate(row):
            fitted, x = _fit(image, cell), left + column * across
            corner = (x + (cell[0] - fitted.width) // 2, y + (cell[1] - fitted.height) // 2)
            sheet.paste(fitted, corner)
            if captions:
                draw.text(
                    (x + cell[0] / 2, y + cell[1] + 2),
                    captions[number][column],
                    _INK,
                    font,
                    anchor="ma",
                )
    return sheet


def _check(kind: str, labels: Sequence[str], count: int) -> None:
    if labels and len(labels) != count:
        raise BadInput(
            f"there are {count} {kind}s, but {len(labels)} {kind} labels", f"Label every {kind}."
        )


def _extent(label: str, font: ImageFont.FreeTypeFont | ImageFont.ImageFont) -> tuple[int, int]:
    box = ImageDraw.Draw(Image.new("RGB", (1, 1))).textbbox((0, 0), label, font)
    return round(box[2]), round(box[3])


def _fit(image: Image.Image, cell: tuple[int, int]) -> Image.Image:
    scale = min(cell[0] / image.width, cell[1] / image.height)
    size = max(1, round(image.width * scale)), max(1, round(image.height * scale))
    # Enlarged pixels stay visible as pixels.
    how = Image.Resampling.LANCZOS if scale < 1 else Image.Resampling.NEAREST
    return image.convert("RGB").resize(size, how)
