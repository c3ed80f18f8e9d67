"""Statistics: arrays in, frozen dataclasses out. No tables, no models.

=================  ===============================================================================
`four_scores`      the 2 x 2 array per pair that every question about a scorer is a contrast of
`classification`   choice against truth: accuracy, F1, AUROC
`bootstrap`        clustered intervals for all of them, as linear algebra
`draws`            what a bootstrap draw is: a column of one matrix
`staircase`        the AUROC of every draw by one merge
`replicates`       bootstrapped numbers that can be subtracted, divided and averaged
`intervals`        intervals by formula
`paired`           tests for paired data
`multiplicity`     correction for many tests
`agreement`        kappa and alpha
`correlation`      correlation over few points
`severity`         does a score follow the severity of an effect
`power`            how many pairs a comparison needs
`sequential`       stopping as soon as the answer is clear, without fooling oneself
`results`          the records all of these return; an undefined number is ``None`` with a reason
`arrays`           what counts as a usable array
=================  ===============================================================================
"""

from widespectrum.statistics.agreement import (
    bootstrapped_alpha,
    bootstrapped_kappa,
    cohen_kappa,
    krippendorff_alpha,
)
from widespectrum.statistics.arrays import crossed
from widespectrum.statistics.bootstrap import ClusterBootstrap
from widespectrum.statistics.classification import (
    Untied,
    accuracy,
    auroc,
    cells,
    chosen,
    class_f1,
    credit,
    drop_ties,
    weighted_f1,
)
from widespectrum.statistics.correlation import Correlation, pearson, spearman
from widespectrum.statistics.four_scores import FourScores
from widespectrum.statistics.intervals import bonett_price, of_share, student, wilson
from widespectrum.statistics.multiplicity import benjamini_hochberg, holm
from widespectrum.statistics.paired import (
    against_chance,
    cluster_means,
    mcnemar,
    sign_flip,
    wilcoxon,
)
from widespectrum.statistics.power import pairs_needed, power_of
from widespectrum.statistics.replicates import Replicates
from widespectrum.statistics.results import Estimate, Interval, TestResult
from widespectrum.statistics.sequential import confidence_sequence, wealth
from widespectrum.statistics.severity import Response, response

__all__ = [
    "ClusterBootstrap",
    "Correlation",
    "Estimate",
    "FourScores",
    "Interval",
    "Replicates",
    "Response",
    "TestResult",
    "Untied",
    "accuracy",
    "against_chance",
    "auroc",
    "benjamini_hochberg",
    "bonett_price",
    "bootstrapped_alpha",
    "bootstrapped_kappa",
    "cells",
    "chosen",
    "class_f1",
    "cluster_means",
    "cohen_kappa",
    "confidence_sequence",
    "credit",
    "crossed",
    "drop_ties",
    "holm",
    "krippendorff_alpha",
    "mcnemar",
    "of_share",
    "pairs_needed",
    "pearson",
    "power_of",
    "response",
    "sign_flip",
    "spearman",
    "student",
    "wealth",
    "weighted_f1",
    "wilcoxon",
    "wilson",
]
