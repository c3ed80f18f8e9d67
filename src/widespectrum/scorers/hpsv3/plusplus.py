"""``hpsv3pp``: HPSv3++, HPSv3's successor on Qwen3-VL-8B (arXiv 2606.14657).

Not a larger HPSv3 but another model: another base, other positions, another instruction (the half
of HPSv3's about how an image should look), and a head that is conditioned on the generator.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from widespectrum.catalog import ModelEntry
from widespectrum.checkpoints import read_tensors
from widespectrum.errors import BadInput
from widespectrum.scorers.hpsv3.images import Sight
from widespectrum.scorers.hpsv3.scorer import QwenReward

if TYPE_CHECKING:
    from torch import Tensor

    from widespectrum.scorers.hpsv3.networks import HPSv3PlusPlusNetwork, RewardNetwork

_HALF = (0.5, 0.5, 0.5)


class HPSv3PlusPlus(QwenReward):
    """mu of HPSv3++.

    Args:
        entry: the catalog entry.
        rl_iteration: how far the generator has come in training by reinforcement, from 0 (not
            trained so, which its authors advise for comparing images) to 1.
        path, revision, base, instruction, device, dtype, batch_size: see `QwenReward`.

    Raises:
        BadInput: `rl_iteration` is no number from 0 to 1.
    """

    sight = Sight(16, _HALF, _HALF, fewest=65_536, most=16_777_216)
    model_type = "qwen3_vl"
    system = None
    original = "hpsv3pp"

    def __init__(
        self,
        entry: ModelEntry,
        *,
        path: str | None = None,
        revision: str | None = None,
        base: str | None = None,
        instruction: str = "original",
        rl_iteration: float = 0.0,
        device: str = "auto",
        dtype: str = "bfloat16",
        batch_size: int = 8,
    ) -> None:
        number = isinstance(rl_iteration, int | float) and not isinstance(rl_iteration, bool)
        if not number or not 0.0 <= rl_iteration <= 1.0:
            raise BadInput(
                f"is {rl_iteration!r}", "Give a number from 0 to 1.", field="rl_iteration"
            )
        super().__init__(
            entry,
            path=path,
            revision=revision,
            base=base,
            instruction=instruction,
            device=device,
            dtype=dtype,
            batch_size=batch_size,
        )
        self.rl_iteration = float(rl_iteration)

    def network_class(self) -> type[RewardNetwork]:
        """See `QwenReward`."""
        from widespectrum.scorers.hpsv3.networks import HPSv3PlusPlusNetwork

        return HPSv3PlusPlusNetwork

    def outputs(self, states: Tensor) -> Tensor:
        """See `QwenReward`."""
        return cast("HPSv3PlusPlusNetwork", self.network).outputs(states, self.rl_iteration)

    def read_checkpoint(self, file: Path) -> dict[str, Tensor]:
        """See `QwenReward`. Upstream reads both forms: the weights, or the weights in ``model``."""
        try:
            return read_tensors(file)
        except BadInput as error:
            if "'model'" not in error.problem:
                raise
            return read_tensors(file, key="model")

    def settings(self) -> dict[str, Any]:
        """See `QwenReward`."""
        return {"rl_iteration": self.rl_iteration}
