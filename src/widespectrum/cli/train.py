"""``train``: make Bonsai's models, measure them, study what made the reward what it is."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from widespectrum.cli import console, train_alignment, train_judge
from widespectrum.cli.training import (
    Out,
    Place,
    Precision,
    Seed,
    Steps,
    Threads,
    device_of,
    show_stages,
)

if TYPE_CHECKING:
    from widespectrum.bonsai.training.loop import Device

app = typer.Typer(
    help="Train Bonsai's models. Killed at any moment, the same command goes on where it was.",
    no_args_is_help=True,
)

app.command(name="judge")(train_judge.judge)
for _name, _towards in train_alignment.MEMBERS.items():
    app.command(name=_name, help=_towards)(train_alignment.command(_name))

Families = Annotated[
    int | None,
    typer.Option(min=64, help="Families of pictures to train on; for the judge, pictures."),
]


@app.command(name="list")
def list_recipes(
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Say which models can be trained, and how the shipped ones were."""
    from dataclasses import asdict

    from widespectrum.bonsai.alignment.recipes import RECIPES as ALIGNED
    from widespectrum.bonsai.training.painting import NAME, PaintingRecipe
    from widespectrum.bonsai.training.recipes import RECIPES

    aligned = [{"kind": "adapter", **asdict(recipe)} for recipe in ALIGNED.values()]
    painter = {"name": NAME, "kind": "generator", **asdict(PaintingRecipe())}
    if json:
        console.emit_json([*(asdict(recipe) for recipe in RECIPES.values()), painter, *aligned])
        return
    for recipe in RECIPES.values():
        console.tell(
            f"{recipe.name:14} {recipe.summary}: {recipe.steps} steps, seed {recipe.seed}, "
            f"{recipe.drawn} {recipe.unit}"
        )
    console.tell(
        f"{NAME:14} paints what a prompt says: {painter['steps']} + {painter['descent']} steps, "
        f"seed {painter['seed']}, {painter['pictures']} pictures"
    )
    for member in ALIGNED.values():
        console.tell(
            f"{member.name:14} the generator, {member.summary}: {member.steps} steps, "
            f"seed {member.seed}"
        )


FROM_SCRATCH = {
    "bonsai-clip": "Train the contrastive encoder, aligned to nobody's taste.",
    "bonsai-clip-b": "Train it from another seed, to measure what the first one rewarded.",
    "bonsai-judge": "Train the judge, which rates pictures per dimension, on what the world drew.",
    "bonsai-eye": "Train the eye, which names things and their colours, on what the world drew.",
}
"""What is said of each command that needs nothing but the world."""


def _from_scratch(name: str) -> Callable[..., None]:
    """The command that trains one of them."""

    def train(
        out: Out,
        seed: Seed = None,
        steps: Steps = None,
        families: Families = None,
        threads: Threads = 2,
        device: Place = "cpu",
        precision: Precision = "auto",
    ) -> None:
        _train(name, out, seed, steps, families, device_of(device, precision, threads))

    return train


for _name, _said in FROM_SCRATCH.items():
    app.command(name=_name, help=_said)(_from_scratch(_name))


@app.command(name="bonsai-taste")
def bonsai_taste(
    out: Out,
    seed: Seed = None,
    steps: Steps = None,
    families: Families = None,
    threads: Threads = 2,
    device: Place = "cpu",
    precision: Precision = "auto",
    encoder: Annotated[
        str, typer.Option(metavar="NAME|FILE", help="The encoder that it grows from.")
    ] = "bonsai-clip",
) -> None:
    """Train the reward that simulated mainstream annotators fitted."""
    from widespectrum.bonsai.models.weights import find_weights

    place = device_of(device, precision, threads)
    _train("bonsai-taste", out, seed, steps, families, place, find_weights(encoder))


@app.command(name="bonsai")
def bonsai(
    out: Out,
    steps: Annotated[
        int | None,
        typer.Option(min=1, help="At the greatest rate; more, later, go on from there."),
    ] = None,
    descent: Annotated[
        int | None, typer.Option(min=1, help="Steps in which the rate then falls to zero.")
    ] = None,
    now: Annotated[
        bool, typer.Option("--now", help="Descend from the newest checkpoint at once.")
    ] = False,
    seed: Seed = None,
    pictures: Annotated[int | None, typer.Option(min=64, help="Pictures to learn from.")] = None,
    threads: Threads = 2,
    device: Place = "cpu",
    precision: Precision = "auto",
    compiled: Annotated[
        bool,
        typer.Option(
            "--compile/--no-compile",
            help="Compile the network first, which takes minutes and a C++ compiler.",
        ),
    ] = True,
    encoder: Annotated[
        str, typer.Option(metavar="NAME|FILE", help="With its text half it begins to read.")
    ] = "bonsai-clip",
) -> None:
    """Train the generator: pictures from prompts.

    The training stays at its greatest rate until --steps, then descends in --descent steps and
    writes the weights. Given again with more --steps, it goes on from where the descent began.
    """
    from dataclasses import replace

    from widespectrum.bonsai.models.weights import find_weights
    from widespectrum.bonsai.training.painting import PaintingRecipe, follow_painting

    given = {"steps": steps, "descent": descent, "seed": seed, "pictures": pictures}
    recipe = replace(
        PaintingRecipe(), **{name: value for name, value in given.items() if value is not None}
    )
    place = device_of(device, precision, threads)
    stages = follow_painting(
        recipe, out, place, find_weights(encoder), compiled=compiled, descend_now=now
    )
    show_stages("bonsai", stages)
    console.tell(str(out / "bonsai.safetensors"))


@app.command()
def measure(
    model: Annotated[str, typer.Argument(help="A catalog name, or NAME@weights=FILE.")],
    count: Annotated[
        int, typer.Option(min=20, help="Held-out pairs, and as many families.")
    ] = 1000,
    seed: Annotated[int, typer.Option(help="Other seeds, other families.")] = 0,
    threads: Threads = 2,
    card: Annotated[
        Path | None, typer.Option(metavar="FILE.md", help="Write the model card there.")
    ] = None,
    took: Annotated[
        str, typer.Option(metavar="TEXT", help="For the card: how long training took, on what.")
    ] = "",
    by: Annotated[
        str, typer.Option(metavar="SCORER", help="Who chooses between a generator's pictures.")
    ] = "bonsai-clip-b",
    eye: Annotated[
        str, typer.Option(metavar="NAME", help="Who recognises what is in them.")
    ] = "bonsai-eye",
) -> None:
    """Measure a scorer, a judge or a generator on held-out scenes; print the results as JSON."""
    import torch

    from widespectrum.catalog import parse_name
    from widespectrum.generators import generator_registry
    from widespectrum.judges import judge_registry

    torch.set_num_threads(threads)
    command = f"widespectrum train measure {model}"
    if parse_name(model).base in generator_registry().names:
        console.emit_json(_measure_generator(model, by, eye, count, seed, card, command, took))
        return
    if parse_name(model).base in judge_registry().names:
        console.emit_json(_measure_judge(model, count, seed, card, command, took))
        return
    console.emit_json(_measure_scorer(model, count, seed, card, command, took))


def _measure_scorer(
    model: str, count: int, seed: int, card: Path | None, command: str, took: str
) -> dict[str, Any]:
    from widespectrum.bonsai.models.eye import BonsaiEye
    from widespectrum.bonsai.training.cards import write_card
    from widespectrum.bonsai.training.evaluation import measure_scorer
    from widespectrum.bonsai.training.eye_card import write_eye_card
    from widespectrum.bonsai.training.eye_evaluation import measure_eye
    from widespectrum.scorers import load_scorer

    scorer = load_scorer(model)
    if isinstance(scorer, BonsaiEye):
        found = measure_eye(scorer, count, seed)
        if card is not None:
            write_eye_card(card, scorer, found, command, took)
        return found
    results = measure_scorer(scorer, count, seed)
    if card is not None:
        write_card(card, scorer, results, command, took)
    return results


def _measure_judge(
    model: str, count: int, seed: int, card: Path | None, command: str, took: str
) -> dict[str, Any]:
    from widespectrum.bonsai.models.judge import BonsaiJudge
    from widespectrum.bonsai.training.judge_card import write_judge_card
    from widespectrum.errors import BadInput
    from widespectrum.judges import load_judge, measure_judge

    judge = load_judge(model)
    results = measure_judge(judge, count, seed)
    if card is not None:
        if not isinstance(judge, BonsaiJudge):
            raise BadInput(f"{model} is none of Bonsai's", "Leave out --card.", field="--card")
        write_judge_card(card, judge, results, command, took)
    return results


def _measure_generator(
    model: str,
    by: str,
    eye: str,
    count: int,
    seed: int,
    card: Path | None,
    command: str,
    took: str,
) -> dict[str, Any]:
    from widespectrum.bonsai.models.eye import BonsaiEye
    from widespectrum.bonsai.training.generator_card import write_generator_card
    from widespectrum.bonsai.training.generator_evaluation import measure_generator
    from widespectrum.errors import BadInput
    from widespectrum.generators import BonsaiGenerator, load_generator
    from widespectrum.scorers import load_scorer

    generator, seer = load_generator(model), load_scorer(eye)
    if not isinstance(seer, BonsaiEye):
        raise BadInput(f"{eye} is no eye of Bonsai", "Give bonsai-eye.", field="--eye")
    results = measure_generator(generator, load_scorer(by), seer, count, seed)
    if card is not None:
        if not isinstance(generator, BonsaiGenerator):
            raise BadInput(f"{model} is none of Bonsai's", "Leave out --card.", field="--card")
        file = generator.adapter or generator.weights
        write_generator_card(card, generator, file, results, command, took)
    return results


@app.command(name="dose-response")
def dose_response(
    out: Out,
    encoder: Annotated[
        str, typer.Option(metavar="NAME|FILE", help="The frozen encoder.")
    ] = "bonsai-clip",
    config: Annotated[
        Path | None,
        typer.Option(metavar="FILE.toml", help="The design; by default the shipped one."),
    ] = None,
    families: Families = None,
    seeds: Annotated[
        int | None, typer.Option(min=1, help="Trainings per dose; by default the design's.")
    ] = None,
    threads: Threads = 2,
) -> None:
    """Train many small rewards, one dial at a time; write a table of what each obeys."""
    from widespectrum.bonsai.models.weights import find_weights
    from widespectrum.bonsai.training.dose_design import read_design
    from widespectrum.bonsai.training.dose_response import study

    given = {"families": families, "seeds": seeds}
    design = read_design(config).model_copy(
        update={name: value for name, value in given.items() if value is not None}
    )
    target = out / "dose_response.csv"
    show_stages("dose-response", study(out, find_weights(encoder), design, threads, target))
    fixed = {"steps": design.steps, "batch": design.batch, "learning rate": design.learning_rate}
    _report_doses(target, out, fixed)


def _report_doses(table: Path, out: Path, fixed: dict[str, float]) -> None:
    """Analyse the table of trainings, save the findings beside it, and write their page."""
    from widespectrum.report import write_report
    from widespectrum.studies.demonstration import BONSAI_BANNER
    from widespectrum.studies.dose_response import analyse
    from widespectrum.studies.findings import save_findings
    from widespectrum.tables import read_frame

    findings = analyse(read_frame(table), {"table": table.name, **fixed})
    save_findings(findings, out / "findings")
    page = write_report(
        [findings],
        out / "report",
        images=None,
        title=findings.title,
        provenance=findings.provenance,
        banner=BONSAI_BANNER,
    )
    for sentence in findings.headline:
        console.say(sentence)
    console.tell(str(page))


def _train(
    name: str,
    out: Path,
    seed: int | None,
    steps: int | None,
    families: int | None,
    device: Device,
    encoder: Path | None = None,
) -> None:
    from dataclasses import replace

    from widespectrum.bonsai.training.recipes import RECIPES, follow

    shipped = RECIPES[name]
    recipe = replace(
        shipped,
        seed=shipped.seed if seed is None else seed,
        steps=steps or shipped.steps,
        drawn=families or shipped.drawn,
    )
    show_stages(name, follow(recipe, out, device, encoder=encoder))
    console.tell(str(out / f"{name}.safetensors"))
