"""Factual captions without a model: what the catalog of a collection says, and no more.

Nothing offline looks at the picture. A caption from metadata is only as good as the metadata: of a
work whose objects nobody has listed it can say little more than the title.
"""

from __future__ import annotations

from widespectrum.contracts import Failure
from widespectrum.errors import BadInput
from widespectrum.prompts.captions import plain_text
from widespectrum.prompts.grammar import listed
from widespectrum.prompts.texts import TextItem, WrittenText


def write_from_metadata(item: TextItem) -> WrittenText | Failure:
    """A caption from ``objects`` (separated by commas or semicolons), ``medium`` and ``title``.

    The title stands in it only where no objects are known: titles interpret.
    """
    told = {
        name: plain_text(item.fields[name], row=item.id, field=name)
        for name in ("objects", "medium", "title")
        if item.fields.get(name, "").strip()
    }
    objects = [part.strip() for part in told.get("objects", "").replace(";", ",").split(",")]
    objects = [part for part in objects if part]
    if not objects and "title" not in told:
        return Failure(
            BadInput.kind,
            "without a model a caption is made from metadata, and there are neither objects nor a"
            " title",
        )
    work = f"A work of art, {told['medium']}," if "medium" in told else "A work of art"
    if objects:
        return WrittenText(f"{work} that shows {listed(objects)}.")
    return WrittenText(f"{work} with the title “{told['title']}”.")
