"""What is imported bears the names under which the catalog knows it."""

import pytest

from widespectrum.exchange.layouts.folders import NEWSPEAK
from widespectrum.exchange.layouts.pairs import BLIP
from widespectrum.exchange.layouts.photographs import PAINTER
from widespectrum.generators import generator_registry
from widespectrum.scorers.catalog import scorer_registry
from widespectrum.tables.authors import GENERATORS, SCORERS


@pytest.mark.parametrize("name", [*GENERATORS.known.values(), *NEWSPEAK.values(), PAINTER])
def test_generators(name):
    assert name in generator_registry().entries


@pytest.mark.parametrize("name", [*SCORERS.known.values(), "hpsv3", BLIP])
def test_scorers(name):
    assert name in scorer_registry().entries
