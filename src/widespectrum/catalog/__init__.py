"""Known models as data, and how a name typed by a person becomes the code that it means.

The catalog is TOML: one table per model, for scorers, generators and judges alike. A room of models
adds its own files and builds a `Registry` from them; nothing registers itself by being imported.
"""

from widespectrum.catalog.code import import_attribute, import_file_attribute, plugins
from widespectrum.catalog.entries import Kind, Lineage, ModelEntry, read_entries
from widespectrum.catalog.fingerprints import fingerprint, fingerprint_of_code
from widespectrum.catalog.loading import (
    CONTRACTS,
    PlainFunction,
    load_model,
    model_from,
    model_of_entry,
    shipped_registry,
)
from widespectrum.catalog.names import (
    ModelName,
    Setting,
    format_settings,
    parse_name,
    without_folders,
)
from widespectrum.catalog.registry import Registry, build_registry, import_entry

__all__ = [
    "CONTRACTS",
    "Kind",
    "Lineage",
    "ModelEntry",
    "ModelName",
    "PlainFunction",
    "Registry",
    "Setting",
    "build_registry",
    "fingerprint",
    "fingerprint_of_code",
    "format_settings",
    "import_attribute",
    "import_entry",
    "import_file_attribute",
    "load_model",
    "model_from",
    "model_of_entry",
    "parse_name",
    "plugins",
    "read_entries",
    "shipped_registry",
    "without_folders",
]
