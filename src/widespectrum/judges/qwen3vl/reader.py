"""A Qwen3-VL that is asked for one of three answers: look at a picture, read on, weigh the answers.

Everything that a pass needs is given to the model explicitly: the encoded pictures with the
features that enter its first layers (deepstack), the positions, the cache.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from torch import Tensor


@dataclass(frozen=True)
class Reader:
    """The network, and the tokens of the three answers."""

    model: Any
    """A ``Qwen3VLForConditionalGeneration``."""
    answers: Tensor
    """``(3,)`` token ids."""
    grid: tuple[int, int]
    """Rows and columns of a picture's patches; all pictures have the same."""
    padding: int
    """Token id that fills a batch up where sequences of different length share one."""

    @property
    def device(self) -> Any:
        """Where it computes."""
        return self.model.device

    def look(self, pixels: Tensor) -> Any:
        """The vision tower's output for pictures ``(n, patches, numbers)``, deepstack included."""
        import torch

        grids = torch.tensor([[1, *self.grid]] * len(pixels), device=self.device)
        flat = pixels.flatten(0, 1).to(self.device)
        return self.model.model.get_image_features(flat, grids, return_dict=True)

    def read(
        self,
        ids: Tensor,
        positions: Tensor,
        *,
        seen: Any = None,
        cache: Any = None,
        mask: Tensor | None = None,
    ) -> Tensor:
        """The last hidden states ``(batch, n, width)`` after reading on.

        Args:
            ids: ``(batch, n)`` tokens.
            positions: ``(3, batch, n)``, those of the whole sequence.
            seen: what `look` gave for the pictures in these tokens, in order.
            cache: of what was read before; these tokens are added to it.
            mask: ``(batch, n)`` of ones and zeros, or additive ``(batch, 1, n, all)``; without it,
                every token sees all before it.
        """
        output = self.model.model(
            input_ids=ids.to(self.device),
            position_ids=positions.to(self.device),
            # The model adds to this mapping, so it gets one of its own.
            mm_encoder_outputs={} if seen is None else {"image": seen},
            past_key_values=cache,
            attention_mask=mask,
            use_cache=cache is not None,
        )
        hidden: Tensor = output.last_hidden_state
        return hidden

    def weigh(self, hidden: Tensor) -> Tensor:
        """Logits ``(..., 3)`` of the three answers, in float32: three rows of the language head."""
        head = self.model.get_output_embeddings().weight
        logits: Tensor = hidden @ head[self.answers.to(head.device)].T
        return logits.float()


def repeated(seen: Any, times: int) -> Any:
    """What was seen, as if every picture stood `times` times in a row.

    The model counts pictures per call: a picture under several questions of one call is several.
    """
    from dataclasses import replace

    return replace(
        seen,
        pooler_output=_repeat(seen.pooler_output, times),
        deepstack_features=[_repeat(level, times) for level in seen.deepstack_features],
    )


def _repeat(pictures: Any, times: int) -> tuple[Tensor, ...]:
    return tuple(picture for picture in pictures for _ in range(times))
