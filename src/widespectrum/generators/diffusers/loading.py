"""From files to a pipeline, component by component: every weight is there, none is made up.

The libraries fill in missing weights at random and warn; here that is an error. No code of a
repository is run, no pickle is opened.
"""

from __future__ import annotations

import inspect
import tempfile
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from widespectrum.checkpoints import dtype_of, read_metadata
from widespectrum.errors import BadInput, MissingExtra, WidespectrumError
from widespectrum.generators.diffusers.adapters import merge_adapter
from widespectrum.generators.diffusers.index import INDEX, component_class
from widespectrum.generators.diffusers.quantising import at_load
from widespectrum.generators.diffusers.recipe import Recipe
from widespectrum.generators.diffusers.sources import Part, Sources

if TYPE_CHECKING:
    from widespectrum.generators.diffusers.settings import Levers

WEIGHT_FILE = "diffusion_pytorch_model.safetensors"


def load_pipeline(sources: Sources, levers: Levers) -> Any:
    """The pipeline of a model, on the CPU.

    Raises:
        MissingWeights: a file is not here; the remedy is how to get it.
        BadInput: a file is not what it should be.
        MissingExtra: a library is not installed.
    """
    recipe, index = sources.recipe, sources.index
    kind = pipeline_class(recipe.pipeline)
    takes = inspect.signature(kind.__init__).parameters
    listed = sources.pipeline.file(INDEX)
    classes = {
        name: component_class(library, class_name, component=name, file=listed)
        for name, (library, class_name) in index.components.items()
        if name not in recipe.without
    }
    parts = {part.component: part for part in sources.parts}
    folder = sources.pipeline.folder([INDEX, *(n for part in parts.values() for n in part.files)])
    components: dict[str, Any] = {name: None for name in recipe.without if name in takes}
    for name, component in classes.items():
        dtype = recipe.dtypes.get(name, levers.dtype)
        quantised = levers.quantise if name in (recipe.denoiser, *recipe.large) else "none"
        if recipe.swap is not None and recipe.swap.component == name:
            components[name] = _swapped(sources, component, folder, parts.get(name), dtype)
        else:
            components[name] = _loaded(component, folder / name, parts[name], dtype, quantised)
    settings = {key: value for key, value in index.settings.items() if key in takes}
    settings |= {key: value for key, value in recipe.init.items() if key in takes}
    _fill(kind, takes, components, settings, folder)
    pipeline = kind(**components, **settings)
    pipeline.set_progress_bar_config(disable=True)
    check_expectations(pipeline, recipe, sources.entry.name)
    return pipeline


def sibling(pipeline: Any, name: str, recipe: Recipe) -> Any:
    """Another pipeline of the same components and settings.

    Built by its constructor: ``from_pipe`` casts the shared networks to float32 in place.
    """
    kind = pipeline_class(name)
    takes = inspect.signature(kind.__init__).parameters
    given = {**dict(pipeline.config), **recipe.init}
    components = {key: value for key, value in pipeline.components.items() if key in takes}
    settings = {
        key: value
        for key, value in given.items()
        if key in takes and key not in components and not isinstance(value, list | tuple)
    }
    made = kind(**components, **settings)
    made.set_progress_bar_config(disable=True)
    return made


def pipeline_class(name: str) -> Any:
    """A pipeline class of the installed diffusers.

    Raises:
        MissingExtra: diffusers is not installed.
        BadInput: it has no such class.
    """
    check_libraries()
    import diffusers

    found = getattr(diffusers, name, None)
    if not isinstance(found, type) or not issubclass(found, diffusers.DiffusionPipeline):
        raise BadInput(
            f"{name!r} is no pipeline of diffusers {diffusers.__version__}",
            "Install another version: pip install -U diffusers.",
            field="pipeline",
        )
    return found


def check_libraries() -> None:
    """Refuse to begin without the libraries. Imports nothing.

    Raises:
        MissingExtra: one is not installed.
    """
    for name in ("torch", "diffusers", "transformers"):
        if find_spec(name) is None:
            raise MissingExtra(
                f"this generator needs {name!r}, which is not installed",
                "pip install 'widespectrum[hub]'.",
            )


def check_expectations(pipeline: Any, recipe: Recipe, who: str) -> None:
    """Hold what was loaded against what the recipe takes for granted.

    Raises:
        BadInput: a configuration says something else, so that arguments would mean something else.
    """
    for key, expected in recipe.expects.items():
        component, _, field = key.rpartition(".")
        config = getattr(getattr(pipeline, component) if component else pipeline, "config", {})
        found = config.get(field, False)
        if found != expected:
            raise BadInput(
                f"{who!r} expects {key} = {str(expected).lower()}, and its configuration says "
                f"{str(found).lower()}, under which its settings mean something else",
                "Write a recipe for this model, with its own `expects`, `guidance` and `call` "
                "(docs/diffusers.md).",
                field=key,
            )


def _swapped(sources: Sources, component: Any, folder: Path, part: Part | None, dtype: str) -> Any:
    """A component of which the entry itself is the source."""
    swap, own = sources.recipe.swap, sources.own
    assert swap is not None
    assert own is not None
    if swap.form == "adapter":
        assert part is not None
        home = own.folder(sources.own_files)
        network = _loaded(component, folder / swap.component, part, dtype)
        merge_adapter(network, home / swap.subfolder)
        return network
    if swap.form == "folder":
        home = own.folder(sources.own_files)
        own_part = sources.own_part
        return _loaded(component, home / swap.subfolder, own_part, dtype, strict=True)
    # One file: its architecture is that of the base's component. Both in one folder, under the
    # names that the library looks for, so that there is one way to load a network.
    weights = own.file(sources.own_files[0])
    read_metadata(weights)
    with tempfile.TemporaryDirectory() as made:
        together = Path(made)
        (together / "config.json").symlink_to((folder / swap.component / "config.json").absolute())
        (together / WEIGHT_FILE).symlink_to(weights.absolute())
        alone = Part(swap.component, ("config.json", WEIGHT_FILE))
        return _loaded(component, together, alone, dtype, named=weights, strict=True)


def _loaded(
    component: Any,
    folder: Path,
    part: Part,
    dtype: str,
    quantised: str = "none",
    *,
    named: Path | None = None,
    strict: bool = False,
) -> Any:
    """One component from its folder.

    Args:
        component: its class.
        folder: where its files are.
        part: which files.
        dtype: of a network.
        quantised: a network may be quantised while it is loaded.
        named: the file that messages name.
        strict: whether weights that the network has no use for are an error, too.
    """
    from torch import nn

    at = named or folder
    arguments: dict[str, Any] = {"local_files_only": True}
    if issubclass(component, nn.Module):
        ours = component.__module__.startswith("transformers.")
        arguments |= {
            "dtype" if ours else "torch_dtype": dtype_of(dtype),
            "use_safetensors": True,
            "output_loading_info": True,
            **({} if part.variant is None else {"variant": part.variant}),
            **at_load(quantised, ours, dtype),
        }
    try:
        loaded = component.from_pretrained(str(folder), **arguments)
    except WidespectrumError:
        raise
    except ImportError as error:
        reason = str(error).strip().partition("\n")[0][:300]
        raise MissingExtra(
            f"{component.__name__} needs a library that is not installed ({reason})",
            "pip install 'widespectrum[hub]', and what the message names.",
        ) from error
    except Exception as error:  # the libraries raise errors of many kinds
        reason = str(error).strip().partition("\n")[0][:300]
        raise BadInput(
            f"cannot be loaded as {component.__name__} ({type(error).__name__}: {reason})",
            "Take the files of this model, complete and as published.",
            file=at,
        ) from error
    if not issubclass(component, nn.Module):
        return loaded
    network, report = loaded
    _check_complete(report, component.__name__, at, strict)
    return network.eval()


def _check_complete(report: Mapping[str, Any], name: str, at: Path, strict: bool) -> None:
    """Every weight came from the file; with `strict`, every weight of the file was used."""
    for key, what in (
        ("missing_keys", "lacks"),
        ("mismatched_keys", "has of another shape"),
        *([("unexpected_keys", "has no use for")] if strict else []),
    ):
        wrong = sorted(str(each) for each in report.get(key) or ())
        if wrong:
            subject = f"{name} {what}" if key == "unexpected_keys" else f"{what}"
            raise BadInput(
                f"is no checkpoint of this {name}: {subject} {wrong[0]!r}"
                + (f" and {len(wrong) - 1} more" if len(wrong) > 1 else ""),
                "Take the weights of this model, in diffusers' layout.",
                file=at,
            )


def _fill(
    kind: Any,
    takes: Mapping[str, inspect.Parameter],
    components: dict[str, Any],
    settings: Mapping[str, Any],
    folder: Path,
) -> None:
    """Components that the constructor wants and the repository has not: none, where they may be."""
    optional = set(getattr(kind, "_optional_components", ()))
    for name, parameter in takes.items():
        if name == "self" or name in components or name in settings:
            continue
        if parameter.kind in (parameter.VAR_KEYWORD, parameter.VAR_POSITIONAL):
            continue
        if name in optional:
            components[name] = None
        elif parameter.default is parameter.empty:
            raise BadInput(
                f"has no {name!r}, which {kind.__name__} needs",
                "Take a repository that is complete.",
                file=folder / INDEX,
            )
    for name in tuple(components):
        if name not in takes:
            raise BadInput(
                f"has {name!r}, which {kind.__name__} does not take",
                "Install another version (pip install -U diffusers), or name the pipeline class "
                "that this repository is for.",
                file=folder / INDEX,
            )
