"""What a file that should be a checkpoint really is, told from its first bytes.

Downloads fail in a few well-known ways, and each leaves a file that looks like a checkpoint until
somebody opens it. The message should name the way, not the parser that stumbled.
"""

from __future__ import annotations

from pathlib import Path

_AGAIN = "Download it again."


def look_at(path: Path) -> tuple[str, str] | None:
    """What is wrong with the file, and the remedy; ``None`` if it may well be a checkpoint."""
    with path.open("rb") as file:
        start = file.read(512)
    text = start.lstrip().lower()
    if not start:
        return "is empty", _AGAIN
    if start.startswith(b"version https://git-lfs.github.com"):
        return (
            "is a git-lfs pointer: it only says where the weights are",
            "Fetch them with `git lfs pull`, or with `hf download`.",
        )
    if text.startswith((b"<!doctype html", b"<html", b"<head", b"<?xml")):
        return (
            "is a web page, not a checkpoint: the download was answered by a page of its server",
            "Open the address in a browser, log in or confirm there, and download it again.",
        )
    if text.startswith((b'{"error', b'{"message', b"entry not found", b"repository not found")):
        return "is the error message of a server, not a checkpoint", _AGAIN
    if start.startswith((b"\x1f\x8b", b"BZh", b"7z\xbc\xaf", b"\xfd7zXZ")):
        return "is a compressed archive", "Unpack it, and name the checkpoint inside."
    return None
