"""A VLM in an audit: one refused pair costs nothing but itself, however batches are halved."""

import json

from choosing_pairs import write_pairs
from misbehaving import error, with_logprobs

from widespectrum.scorers import load_scorer
from widespectrum.studies.audits import prepare_audit


def test_one_refusal_fails_one_pair_and_nothing_is_asked_twice(server, session, tmp_path):
    def script(body, number):
        if "red thing 3" in json.dumps(body["messages"]):
            return error(400, "no", "moderation_blocked")
        return with_logprobs("6", {"6": 0.0})

    server.script = script
    scorer = load_scorer("vlm", model="toy", base_url=server.base_url)
    scorer.session = session
    pairs = write_pairs(tmp_path / "pairs")
    job = prepare_audit([scorer], pairs, out=tmp_path / "run", draws=200, null=None)
    for _ in job.work():
        pass
    failures = job.run.table("failures")
    assert set(failures["kind"]) == {"provider_refused"}
    subjects = [json.loads(text) for text in failures["subject"]]
    assert {subject["prompt"] for subject in subjects} == {"a red thing 3"}
    scores = job.run.table("scores")
    assert scores["score"].to_list() == [6.0] * scores.height
    bodies = [json.dumps(body, sort_keys=True) for body in server.requests]
    assert len(bodies) == len(set(bodies)) == scores.height + failures.height
