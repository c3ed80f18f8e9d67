"""The training of a judge: LoRA on a frozen Qwen3-VL, killed at any moment and resumed.

A step's pictures and its dropout follow from (seed, step) and nothing else, and a checkpoint holds
the adapters and the optimiser's moments alone: so on one machine a resumed training ends in the
same adapter to the bit, and a checkpoint is small.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

from widespectrum.bonsai.training.checkpoints import Progress, load_newest, save_checkpoint
from widespectrum.bonsai.training.loop import Device, Report
from widespectrum.errors import BadInput, InvalidResult
from widespectrum.judges.qwen3vl import adapters, pictures
from widespectrum.judges.qwen3vl.reader import Reader
from widespectrum.judges.qwen3vl.sequences import answer_ids, readings
from widespectrum.judges.training.losses import loss_parts
from widespectrum.judges.training.rating_sets import RatingSet
from widespectrum.judges.training.recipe import Recipe
from widespectrum.judges.wordings import load_wording

_SMOOTHING = 0.02


class Tuning:
    """One training: begun or resumed when it is run.

    Args:
        model: a Qwen3-VL (`load_base`); it is changed.
        tokenizer: its tokenizer.
        base: what it is called in the record; another base is another training.
        data: what it learns from.
        recipe: how.
        device: where.
        folder: of the checkpoints.
        checkpoint_every: steps between two of them; there is one after the last step, too.

    Attributes:
        model: with adapters, trained once `run` is exhausted.
        dimensions: those that wording and data have in common.

    Raises:
        BadInput: wording and data have no dimension in common, or a setting that does not fit.
    """

    def __init__(
        self,
        model: Any,
        tokenizer: Any,
        *,
        base: str,
        data: RatingSet,
        recipe: Recipe,
        device: Device,
        folder: Path,
        checkpoint_every: int = 200,
    ) -> None:
        self.base, self.data, self.recipe = base, data, recipe
        self.folder, self.checkpoint_every = folder, checkpoint_every
        self.place, self._precision = device.prepare(), device.precision
        wording = load_wording(recipe.wording)
        self._vision, self._order = model.config.vision_config, wording.order
        grid = pictures.grid_of(recipe.size, self._vision)
        self._ratings = data.ratings(tuple(wording.questions))
        rated = (self._ratings >= 0).any(axis=0)
        self.dimensions = tuple(np.array(tuple(wording.questions))[rated].tolist())
        if not self.dimensions:
            raise BadInput(
                f"{data.name} has no rating on a dimension of the wording {wording.name!r}",
                f"It asks for {', '.join(wording.questions)}.",
            )
        self._ratings = self._ratings[:, rated]
        asked = readings(wording, tokenizer, model, grid)
        self._readings = {name: asked[name] for name in self.dimensions}
        torch.manual_seed(recipe.seed)
        self.model = adapters.attach(
            model, rank=recipe.rank, alpha=recipe.alpha, dropout=recipe.dropout
        ).to(self.place)
        network = self.model.get_base_model()
        if self.place.type == "cuda":  # time for memory, where a large model is trained
            network.gradient_checkpointing_enable({"use_reentrant": False})
        self._reader = Reader(network, answer_ids(tokenizer), grid, tokenizer.pad_token_id)
        self._learned = _learned(self.model)
        self._optimiser = torch.optim.AdamW(
            self._learned.parameters(), recipe.learning_rate, weight_decay=recipe.weight_decay
        )

    @property
    def steps(self) -> int:
        """Of the whole training."""
        return self.recipe.steps(len(self.data))

    def run(self) -> Iterator[Report]:
        """Train to the end, or go on from the newest checkpoint. Yields a report per step.

        Raises:
            ForeignRun: the folder holds a training with other settings.
            InvalidResult: the loss is not a finite number.
            StorageFailed: a checkpoint could not be written.
        """
        described = self._describe()
        at = load_newest(self.folder, described, self._learned, [self._optimiser])
        smoothed, begun = at.loss, time.perf_counter()
        self.model.train()
        for step in range(at.step, self.steps):
            value = self._step(step)
            smoothed = value if smoothed is None else smoothed + (value - smoothed) * _SMOOTHING
            done = step + 1
            if done % self.checkpoint_every == 0 or done == self.steps:
                progress = Progress(done, smoothed)
                save_checkpoint(self.folder, described, progress, self._learned, [self._optimiser])
            yield Report(done, self.steps, smoothed, time.perf_counter() - begun)
        self.model.eval()

    def _describe(self) -> dict[str, Any]:
        return {
            "base": self.base,
            "data": self.data.name,
            "dimensions": list(self.dimensions),
            "recipe": self.recipe.describe(),
            "precision": self._precision,
        }

    def _step(self, step: int) -> float:
        torch.manual_seed(_step_seed(self.recipe.seed, step))
        for group in self._optimiser.param_groups:
            group["lr"] = self.recipe.rate(step, self.steps)
        rows = self._rows(step)
        pixels = pictures.patches(self.data.images(rows), self.recipe.size, self._vision)
        low = self._precision == "bfloat16"
        self._optimiser.zero_grad(set_to_none=True)
        total = 0.0
        parts = loss_parts(self._reader, self._readings, self._order, pixels, self._ratings[rows])
        with torch.autocast(self.place.type, torch.bfloat16, enabled=low):
            for part in parts:
                part.backward()  # type: ignore[no-untyped-call]
                total += float(part.detach())
        if not np.isfinite(total):
            raise InvalidResult(
                f"the loss of step {step} is {total}",
                "Train again with a lower rate; checkpoints up to here are kept.",
            )
        nn.utils.clip_grad_norm_(self._learned.parameters(), self.recipe.largest_gradient)
        self._optimiser.step()
        return total

    def _rows(self, step: int) -> list[int]:
        """The pictures of a step: every epoch shows each once, in an order of its own."""
        epoch, place = divmod(step, self.recipe.steps_per_epoch(len(self.data)))
        order = np.random.default_rng([self.recipe.seed, epoch]).permutation(len(self.data))
        batch = self.recipe.batch
        return [int(row) for row in order[place * batch : (place + 1) * batch]]


def _learned(model: nn.Module) -> nn.Module:
    """Only what is learned, as a module, so that checkpoints hold nothing else."""
    return nn.ParameterDict(
        {
            name.replace(".", "-"): weight
            for name, weight in model.named_parameters()
            if weight.requires_grad
        }
    )


def _step_seed(seed: int, step: int) -> int:
    return int(np.random.SeedSequence([seed, step, 1]).generate_state(1)[0])
