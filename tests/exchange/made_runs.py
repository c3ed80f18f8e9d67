"""Runs that hypothesis makes, and what must be equal when they come back."""

import io
import json

import numpy as np
import polars as pl
from hypothesis import strategies as st
from PIL import Image

from widespectrum.aesthetics import FIXED_ORDER
from widespectrum.exchange.results import contents_of
from widespectrum.runs import Run
from widespectrum.runs.canonical import digest
from widespectrum.runs.schemas import SCHEMAS
from widespectrum.runs.shards import write_shard

# Names that the authors use for something else are among them on purpose.
SCORERS = ("hpsv2", "hpsv2.1", "hpsv3", "image_reward", "image", "own scorer@x=1", "a~", "x_reward")
CHOOSERS = ("llm", "paper-chooser", "by-score@scorer=x", "paper-blip", "one_selected")
JUDGES = ("paper-judge", "rater", "bonsai-judge")
GENERATORS = ("flux-dev", "flux_dev", "bonsai", "sd3.5m-pickscore")

prompts = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), min_size=1, max_size=20
).filter(str.strip)
halves = st.floats(-20, 20, width=16)
probabilities = st.tuples(*[st.floats(0.0625, 1.0, width=32)] * 3).map(
    lambda p: tuple(np.float32(p) / np.float32(sum(p)))
)


@st.composite
def made(draw, folder, *, whole=False):
    """A run in `folder`. If `whole`, everything in it has room in the authors' layout."""
    run = Run.create(folder, identity={"made": draw(st.integers(0, 9))}, settings={})
    count = draw(st.integers(1, 5))
    texts = draw(st.lists(prompts, min_size=2, max_size=6))
    # A choice under one pair's prompt is one under another's neutral prompt, if their pictures and
    # texts are the same; that layout has no room for those.
    neutral = [f"{text} (neutral)" for text in texts] if whole else texts
    pairs = [
        {
            "id": f"pair {n}",
            "prompt_original": draw(st.sampled_from(texts)),
            "prompt_anti": draw(st.sampled_from(texts)),
            "prompt_neutral": draw(st.sampled_from([None, *neutral])),
            "dimensions": draw(st.sampled_from([None, [], ["clarity"], ["emotion", "own"]])),
            "generator": draw(st.sampled_from([None, *GENERATORS])),
            "choice": draw(st.sampled_from([None, -1, 0, 1])),
            "cluster": draw(st.sampled_from(texts)),
            "prompt": f"p{n // 2}",
            "repeat": n % 2,
            "severity": draw(st.sampled_from([None, 0.25])),
            "topic": draw(st.sampled_from(texts)),
        }
        for n in range(count)
    ]
    run.prompts = pl.DataFrame(
        pairs,
        schema={
            "id": pl.String,
            "prompt_original": pl.String,
            "prompt_anti": pl.String,
            "prompt_neutral": pl.String,
            "dimensions": pl.List(pl.String),
            "generator": pl.String,
            "choice": pl.Int64,
            "cluster": pl.String,
            "prompt": pl.String,
            "repeat": pl.Int64,
            "severity": pl.Float64,
            "topic": pl.String,
        },
    )
    images, held = [], {}
    for pair in pairs:
        for variant in ("original", "anti"):
            if not whole and draw(st.integers(0, 5)) == 0:
                continue  # it was not made
            seed = draw(st.integers(0, 3))  # equal pictures are one file
            sha256 = _picture(run, seed, draw(st.booleans()))
            held[pair["id"], variant] = sha256
            images.append(
                {
                    "pair_id": pair["id"],
                    "variant": variant,
                    "image": sha256,
                    "width": 6,
                    "height": 6,
                    "maker": pair["generator"] or "imported",
                    "fingerprint": "f",
                    "seed": draw(st.sampled_from([None, 7, 2**40])),
                    "detail": "{}",
                }
            )
    _store(run, "images", images)
    scorers = draw(st.lists(st.sampled_from(SCORERS), max_size=3, unique=True))
    scored, rated, chosen = [], [], []
    for scorer in scorers:
        roles = ["prompt_original", "prompt_anti"] + ["prompt_neutral"] * draw(st.booleans())
        keys = {
            (image, pair[role])
            for pair in pairs
            for variant in ("original", "anti")
            if (image := held.get((pair["id"], variant)))
            for role in roles
            if pair[role] is not None
        }
        for image, prompt in sorted(keys):
            if not whole and draw(st.integers(0, 7)) == 0:
                continue  # it failed
            limit = draw(st.sampled_from([77]))
            scored.append((scorer, f"{scorer} 1", image, prompt, draw(halves), len(prompt), limit))
    for judge in draw(st.lists(st.sampled_from(JUDGES), max_size=2, unique=True)):
        dimensions = (
            FIXED_ORDER
            if whole
            else draw(
                st.lists(st.sampled_from([*FIXED_ORDER, "symmetry"]), max_size=12, unique=True)
            )
        )
        for image in sorted(set(held.values())):
            rated += [(judge, f"{judge} 1", image, d, *draw(probabilities)) for d in dimensions]
    for chooser in draw(st.lists(st.sampled_from(CHOOSERS), max_size=3, unique=True)):
        for pair in pairs:
            first, second = held.get((pair["id"], "original")), held.get((pair["id"], "anti"))
            for role in ("prompt_anti", "prompt_original"):
                if first and second and draw(st.booleans()):
                    details = draw(st.sampled_from([None, "{}", json.dumps({"position": "same"})]))
                    confidence = draw(st.sampled_from([None, 0.5]))
                    verdict = draw(st.sampled_from([-1, 0, 1]))
                    key = (chooser, f"{chooser} 1", first, second, pair[role])
                    if key not in {row[:5] for row in chosen}:
                        chosen.append((*key, verdict, confidence, details))
    _store(run, "scores", scored)
    _store(run, "ratings", rated)
    _store(run, "choices", chosen)
    return run


def _picture(run, seed, jpeg):
    pixels = np.random.default_rng(seed).integers(0, 256, (6, 6, 3), dtype=np.uint8)
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "JPEG" if jpeg else "PNG")
    return run.images.put_bytes(buffer.getvalue())


def _store(run, stage, rows):
    frame = pl.DataFrame(rows, schema=SCHEMAS[stage], orient="row")
    write_shard(run.folder(stage), digest([stage]), frame)


def everything(run):
    """What a round trip keeps, as comparable values."""
    contents = contents_of(run)
    pairs = contents.pairs
    columns = [name for name in pairs.columns if pairs[name].null_count() < pairs.height]
    pictures = {
        (p.pair_id, p.variant): ((run.path / p.where["path"]).read_bytes(), p.maker, p.seed)
        for p in contents.pictures
    }
    return {
        "pairs": {row["id"]: row for row in pairs.select(columns).to_dicts()},
        "pictures": pictures,
        "scores": set(contents.scores.rows()),
        "ratings": set(contents.ratings.rows()),
        "choices": set(contents.choices.rows()),
    }


def same(came, went):
    """Everything that went out came back; pairs may have gained columns that were not there."""
    assert came["pairs"].keys() == went["pairs"].keys()
    for name, row in went["pairs"].items():
        assert {column: came["pairs"][name].get(column) for column in row} == row
    for table in ("pictures", "scores", "ratings", "choices"):
        assert came[table] == went[table], table
