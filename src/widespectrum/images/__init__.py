"""Images: load and verify them, keep them by content, lay them out.

The effects are a package of their own: `widespectrum.images.darkroom`.
"""

from widespectrum.images.contact_sheet import contact_sheet
from widespectrum.images.formats import looks_like_image
from widespectrum.images.loading import (
    MAX_PIXELS,
    Decoded,
    decode,
    load_image,
    to_rgb,
)
from widespectrum.images.makers import FileMaker
from widespectrum.images.photographs import Photograph, builtin_photographs
from widespectrum.images.records import record_of, with_record
from widespectrum.images.store import EncodedImage, ImageStore, encode_image, encode_png
from widespectrum.images.stored import StoredImage

__all__ = [
    "MAX_PIXELS",
    "Decoded",
    "EncodedImage",
    "FileMaker",
    "ImageStore",
    "Photograph",
    "StoredImage",
    "builtin_photographs",
    "contact_sheet",
    "decode",
    "encode_image",
    "encode_png",
    "load_image",
    "looks_like_image",
    "record_of",
    "to_rgb",
    "with_record",
]
