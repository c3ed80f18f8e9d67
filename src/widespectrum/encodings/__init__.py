"""Encodings of images and texts: kept on disk, made in batches, shared by runs and studies.

A scorer with an image tower and a text tower encodes through here::

    encoded(f"hpsv2.1/image/{weights}", images, content_key, encode_images)

and a picture that was ever encoded by this tower costs a look-up. See docs/encodings.md.
"""

from widespectrum.encodings.batches import BatchSize, SmallerBatches, in_batches, is_out_of_memory
from widespectrum.encodings.current import (
    current_store,
    default_folder,
    during,
    encoded,
    known,
    store_at,
    using,
)
from widespectrum.encodings.keys import content_key, text_key
from widespectrum.encodings.pixels import prepared
from widespectrum.encodings.store import EncodingStore, TowerSize
from widespectrum.encodings.towers import EncodingsNotKept

__all__ = [
    "BatchSize",
    "EncodingStore",
    "EncodingsNotKept",
    "SmallerBatches",
    "TowerSize",
    "content_key",
    "current_store",
    "default_folder",
    "during",
    "encoded",
    "in_batches",
    "is_out_of_memory",
    "known",
    "prepared",
    "store_at",
    "text_key",
    "using",
]
