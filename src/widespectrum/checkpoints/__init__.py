"""Checkpoints: find the weights of a model, read them safely, load them strictly, place them.

Steps, each of which refuses rather than guesses: `locate_file` (the user's path, the hub's
cache, the hub), `read_tensors` (safetensors, or a pickle of which only tensors are taken) and
`load_strictly` (every weight that the architecture has, and no other). No torch at import.
"""

from widespectrum.checkpoints.converting import Conversion, convert
from widespectrum.checkpoints.hub import Unpinned, from_repository
from widespectrum.checkpoints.identity import file_identity, sha256_of
from widespectrum.checkpoints.listing import commit_here, files_here, files_there
from widespectrum.checkpoints.locating import locate_file, locate_folder
from widespectrum.checkpoints.placing import check_placement, device_of, dtype_of, faithful
from widespectrum.checkpoints.reading import read_metadata, read_tensors
from widespectrum.checkpoints.strict import load_strictly

__all__ = [
    "Conversion",
    "Unpinned",
    "check_placement",
    "commit_here",
    "convert",
    "device_of",
    "dtype_of",
    "faithful",
    "file_identity",
    "files_here",
    "files_there",
    "from_repository",
    "load_strictly",
    "locate_file",
    "locate_folder",
    "read_metadata",
    "read_tensors",
    "sha256_of",
]
