"""``hpsv3``: HPSv3, a Qwen2-VL-7B fitted to 1.17 million human choices (arXiv 2508.03789)."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from widespectrum.scorers.clip.preprocessing import CLIP_DEVIATION, CLIP_MEAN
from widespectrum.scorers.hpsv3.images import Sight
from widespectrum.scorers.hpsv3.scorer import QwenReward

if TYPE_CHECKING:
    from torch import Tensor

    from widespectrum.scorers.hpsv3.networks import HPSv3Network, RewardNetwork


class HPSv3(QwenReward):
    """mu of HPSv3: unbounded, mostly between 0 and 15.

    Its settings are those of `QwenReward`.
    """

    sight = Sight(14, CLIP_MEAN, CLIP_DEVIATION, fewest=56 * 56, most=12_845_056)
    model_type = "qwen2_vl"
    system = "You are a helpful assistant."
    original = "hpsv3"

    def network_class(self) -> type[RewardNetwork]:
        """See `QwenReward`."""
        from widespectrum.scorers.hpsv3.networks import HPSv3Network

        return HPSv3Network

    def outputs(self, states: Tensor) -> Tensor:
        """See `QwenReward`."""
        return cast("HPSv3Network", self.network).outputs(states)
