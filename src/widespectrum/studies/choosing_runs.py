"""Choosing in a run folder: plan who is asked what, say what it will cost, do it, conclude.

A chooser is asked under the anti prompt, as in the paper, or under both prompts. Every request to
an endpoint and every answer is kept in the run's folder ``answers``, so that nothing is paid for
twice.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from widespectrum.aesthetics import load_published
from widespectrum.choosers import EndpointChooser, load_chooser
from widespectrum.contracts import Chooser
from widespectrum.endpoints import Estimate, Session, Terms
from widespectrum.errors import BadInput, ForeignRun, NoAccess
from widespectrum.images import FileMaker, load_image
from widespectrum.runs import ChoiceRequest, ChoiceWork, ImageRequest, ImageWork, Plan, Run, work
from widespectrum.studies import agreement, choosing
from widespectrum.studies.choice_frame import choice_frame
from widespectrum.studies.findings import Findings, save_findings
from widespectrum.studies.opinion_sources import choice_opinions
from widespectrum.studies.pair_sources import (
    RUN_FILE,
    common_folder,
    images_digest,
    pairs_digest,
    pairs_from,
)

if TYPE_CHECKING:
    from widespectrum.runs import Progress

ANSWERS = "answers"
"""Folder of a run in which every request to an endpoint and every answer is kept."""

AnyChooser = str | Chooser
Size = tuple[int, int]

IN_TABLE = "choice in PAIRS"
"""How the choices that stand in the pairs table themselves are called."""


@dataclass(frozen=True)
class Choosing:
    """Choosing that is planned: `work` does what is missing, `conclude` analyses and saves."""

    run: Run
    pairs: pl.DataFrame
    plan: Plan
    choosers: tuple[Chooser, ...]
    session: Session
    draws: int
    seed: int

    def work(self, *, retry_failed: bool = False) -> Iterator[Progress]:
        """Do what is missing; yields after every unit."""
        return work(self.run, self.plan, retry_failed=retry_failed)

    def conclude(self) -> tuple[Findings, ...]:
        """Analyse what is there and save the findings in the run folder.

        Raises:
            BadInput: not one contest has a choice.
        """
        fingerprints = [chooser.fingerprint for chooser in self.choosers]
        choices = choice_frame(self.run, self.pairs, fingerprints)
        failures = self.run.table("failures").filter(pl.col("stage") == "choices")
        if choices.height == 0:
            reason = f": {failures['reason'][0]}" if failures.height else ""
            raise BadInput(
                f"not one contest has a choice; {failures.height} requests failed{reason}",
                "Mend the cause, then run the same command with --retry-failed.",
                file=self.run.path,
            )
        findings = [
            choosing.analyse(
                choices,
                failures=_failures(failures, self.pairs),
                published=_published(self.choosers),
                draws=self.draws,
                seed=self.seed,
                provenance={
                    "choosers": {chooser.name: chooser.fingerprint for chooser in self.choosers},
                    "spent": round(self.session.budget.spent, 6),
                },
            )
        ]
        opinions = pl.concat([choice_opinions(choices), _in_table(self.pairs)])
        if opinions["item"].is_duplicated().any():  # somebody shares an item with somebody
            findings.append(
                agreement.analyse(opinions, "choices", draws=self.draws, seed=self.seed)
            )
        for each in findings:
            save_findings(each, self.run.findings)
        return tuple(findings)


def prepare_choosing(
    choosers: Sequence[AnyChooser],
    pairs: pl.DataFrame | Path | str,
    *,
    out: Path | str,
    both_prompts: bool = False,
    draws: int = agreement.DRAWS,
    seed: int = 0,
    max_cost: float | None = None,
    concurrency: int = 8,
    allow_outside: bool = False,
) -> Choosing:
    """Plan which image of each pair the choosers choose.

    Args:
        choosers: names, specs or choosers.
        pairs: a pair table or its path, another run, or a gallery folder of the paper's site.
        out: run folder: a new one, or one of the same pairs, to which the choices are added.
        both_prompts: ask under the original prompt too; the paper asks under the anti prompt.
        draws: bootstrap resamples.
        seed: of the bootstrap.
        max_cost: US dollars that endpoints may cost in this run, earlier answers included.
        concurrency: requests to an endpoint at once.
        allow_outside: trust a table whose image paths lead out of its folder.

    Raises:
        BadInput: the pairs are not what they should be, or `out` belongs to other pairs.
        NoAccess: a limit is set, and a chooser's price is not known.
    """
    loaded = _loaded(choosers)
    frame = pairs_from(pairs, allow_outside=allow_outside)
    run = _run_at(Path(out), frame)
    if run is None:
        identity = {"pairs": pairs_digest(frame), "images": images_digest(frame)}
        run = Run.create(out, identity=identity, settings={"draws": draws, "seed": seed})
        run.prompts = frame.drop("image_original", "image_anti")
    session = Session(Terms(answers=run.path / ANSWERS, max_cost=max_cost, concurrency=concurrency))
    for chooser in loaded:
        if isinstance(chooser, EndpointChooser):
            if max_cost is not None and not chooser.served.price.known:
                raise NoAccess(
                    f"spending is limited, but the price of {chooser.name} is not known",
                    "Add input_price=...,output_price=... (US dollars per million tokens) to it.",
                )
            chooser.session = session
    plan = _plan(loaded, frame, both_prompts, concurrency)
    return Choosing(run, frame, plan, loaded, session, draws, seed)


@dataclass(frozen=True)
class ChoosingCost:
    """What one chooser still has to do."""

    chooser: str
    contests: int
    """To be put to it."""
    estimate: Estimate | None
    """What that costs; None for a chooser that is not behind an endpoint."""


def choosing_cost(
    choosers: Sequence[AnyChooser],
    pairs: pl.DataFrame | Path | str,
    *,
    out: Path | str,
    both_prompts: bool = False,
    retry_failed: bool = False,
    allow_outside: bool = False,
) -> tuple[ChoosingCost, ...]:
    """What `prepare_choosing` with the same arguments would ask. Nothing is asked or written.

    Raises:
        BadInput: as `prepare_choosing`.
    """
    loaded = _loaded(choosers)
    frame = pairs_from(pairs, allow_outside=allow_outside)
    plan = _plan(loaded, frame, both_prompts, concurrency=1)
    works = plan.cost(_run_at(Path(out), frame), retry_failed=retry_failed).works
    left = {work.model: work.left for work in works if work.stage == "choices"}
    contests = _contests(frame, plan)
    return tuple(
        ChoosingCost(
            chooser.name,
            left[chooser.name],
            chooser.cost(contests[: left[chooser.name]])
            if isinstance(chooser, EndpointChooser)
            else None,
        )
        for chooser in loaded
    )


def _loaded(choosers: Sequence[AnyChooser]) -> tuple[Chooser, ...]:
    loaded = tuple(load_chooser(chooser) for chooser in choosers)
    if not loaded:
        raise BadInput("no chooser was given", "Name at least one chooser.")
    return loaded


def _plan(
    choosers: Sequence[Chooser], pairs: pl.DataFrame, both_prompts: bool, concurrency: int
) -> Plan:
    # A unit keeps every worker busy for a few questions, and no more is redone after a kill.
    size = max(8, 2 * concurrency)
    requests = _requests(pairs, both_prompts)
    return Plan(
        images=[_images(pairs)],
        choices=[
            ChoiceWork(chooser, requests, batch_size=size, unit_size=size) for chooser in choosers
        ],
    )


def _images(pairs: pl.DataFrame) -> ImageWork:
    """Bring in both images of every pair."""
    root = common_folder(pairs)
    return ImageWork(
        FileMaker(root),
        [
            ImageRequest(row["id"], variant, {"path": str(Path(row[column]).relative_to(root))})
            for row in pairs.select("id", "image_original", "image_anti").iter_rows(named=True)
            for variant, column in (("original", "image_original"), ("anti", "image_anti"))
        ],
    )


def _requests(pairs: pl.DataFrame, both_prompts: bool) -> list[ChoiceRequest]:
    prompts = ("prompt_anti", "prompt_original") if both_prompts else ("prompt_anti",)
    return [
        ChoiceRequest((row["id"], "original"), (row["id"], "anti"), row[prompt])
        for row in pairs.select("id", "prompt_anti", "prompt_original").iter_rows(named=True)
        for prompt in prompts
    ]


def _failures(failures: pl.DataFrame, pairs: pl.DataFrame) -> Counter[tuple[str, str]]:
    """Contests without an answer, by chooser and prompt shown."""
    anti = set(pairs["prompt_anti"])
    return Counter(
        (model, "anti" if json.loads(subject)["prompt"] in anti else "original")
        for model, subject in failures.select("model", "subject").iter_rows()
    )


def _published(choosers: Sequence[Chooser]) -> dict[str, float]:
    """The paper's accuracy of the choosers whose catalog entry names a row of it."""
    table = load_published("table1_reward_classification")
    known = dict(table.select("model", "accuracy").iter_rows())
    return {
        chooser.name: known[chooser.entry.paper_row]
        for chooser in choosers
        if isinstance(chooser, EndpointChooser) and chooser.entry.paper_row in known
    }


def _in_table(pairs: pl.DataFrame) -> pl.DataFrame:
    """The choices that stand in the pairs table, as opinions."""
    return choice_opinions(
        pairs.drop_nulls("choice").select(
            "id",
            pl.lit(IN_TABLE).alias("chooser"),
            pl.lit("anti").alias("under"),
            "choice",
            "cluster",
        )
    )


def _contests(pairs: pl.DataFrame, plan: Plan) -> list[tuple[Size, Size, str]]:
    """Sizes and prompt of every planned contest."""
    paths = {
        row["id"]: (row["image_original"], row["image_anti"])
        for row in pairs.select("id", "image_original", "image_anti").iter_rows(named=True)
    }
    sizes = {path: load_image(path).size for pair in paths.values() for path in pair}
    requests = plan.choices[0].requests
    named = [(*paths[request.first[0]], request.prompt) for request in requests]
    return [(sizes[first], sizes[second], prompt) for first, second, prompt in named]


def _run_at(out: Path, pairs: pl.DataFrame) -> Run | None:
    """The run that is there, if it is about the same pairs and images, whoever began it.

    Raises:
        ForeignRun: it is about others.
    """
    if not (out / RUN_FILE).is_file():
        return None
    run = Run.open(out)
    same = {"pairs": pairs_digest(pairs), "images": images_digest(pairs)}
    if all(run.identity.get(name) == digest for name, digest in same.items()):
        return run
    raise ForeignRun(
        "belongs to a run of other pairs or images",
        "Give another folder, or the pairs of this run.",
        file=out,
    )
