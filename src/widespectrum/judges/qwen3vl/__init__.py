"""A Qwen3-VL as a judge: the paper's own, one trained here, or any other as it is.

=============  ===================================================================
`judge`        `Qwen3VLJudge`, a judge of the ordinary contract
`sequences`    what the model reads for one question: tokens, positions, what is shared
`pictures`     pictures as the vision tower takes them
`reader`       one pass: look, read on, weigh the answers
`passes`       many passes, and what is computed only once
`network`      weights from a folder, strictly
=============  ===================================================================

Importing it needs no torch.
"""

from widespectrum.judges.qwen3vl.judge import Qwen3VLJudge

__all__ = ["Qwen3VLJudge"]
