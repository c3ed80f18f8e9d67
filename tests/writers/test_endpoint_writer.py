"""A model that writes well, badly, or not at all, behind a real server."""

import json
import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from misbehaving import completion, error

from widespectrum.contracts import Failure
from widespectrum.endpoints import Session
from widespectrum.errors import BadInput, NoAccess, UnknownName
from widespectrum.prompts import PromptWriter, WrittenPrompt, word_count, write_pairs
from widespectrum.prompts.captions import Caption
from widespectrum.writers import load_writer

GOOD = (
    "Smeared by heavy motion blur and sunk in near darkness, a woman feeds two goats beside a "
    "wooden fence."
)
EFFECTS = (
    {"dimension": "clarity", "effect": "motion-blur", "words": "heavy motion blur"},
    {"dimension": "color brightness", "effect": "unlit-night", "words": "sunk in near darkness"},
)


def answer(prompt=GOOD, effects=EFFECTS, **more):
    return completion(json.dumps({"prompt": prompt, "effects": list(effects), **more}))


def told(body):
    """The words of the user's turn, part by part."""
    return [part["text"] for part in body["messages"][-1]["content"]]


def one(writer, request):
    (result,) = writer.write([request])
    return result


def test_it_is_a_prompt_writer(writer):
    assert isinstance(writer(), PromptWriter)


def test_a_good_answer_is_a_prompt_with_its_evidence(server, writer, request_for):
    server.replies(answer())
    result = one(writer(), request_for())
    assert result.text == GOOD
    assert result.effects == ("motion-blur", "unlit-night")
    assert [each.words for each in result.evidence] == [
        "heavy motion blur",
        "sunk in near darkness",
    ]
    assert result.attempts == 1
    assert len(server.requests) == 1


def test_what_a_model_is_told(server, writer, request_for):
    server.replies(answer())
    one(
        writer(),
        request_for(
            caption='A "wild" goat {caption} beside a woman, two goats, a wooden fence it feeds.'
        ),
    )
    (body,) = server.requests
    (text,) = told(body)
    assert body["temperature"] == 0.1
    assert (
        json.dumps('A "wild" goat {caption} beside a woman, two goats, a wooden fence it feeds.')
        in text
    )
    assert "- clarity:" in text
    assert "motion-blur" in text
    assert "- emotion" not in text
    form = body["response_format"]["json_schema"]
    assert form["strict"] is True
    assert form["schema"]["required"] == ["prompt", "effects"]
    assert form["schema"]["additionalProperties"] is False


LONG = GOOD[:-1] + " and again" * 40 + "."

BAD = {
    "prose": (completion("Here is your prompt: a blurry goat."), "no JSON"),
    "another object": (completion('{"long_description": "x"}'), "its fields are"),
    "a wrong type": (completion('{"prompt": ["x"], "effects": []}'), "'prompt' is not a string"),
    "a list of texts": (answer(effects=["blur"]), "'effects' is not a list of objects"),
    "too long": (answer(LONG), "fewer than 70"),
    "two lines": (answer(GOOD.replace(", ", ",\n")), "more than one line"),
    "right to left": (answer(GOOD + "\u202e"), "U\\+202E"),
    "a zero-width space": (answer(GOOD.replace("goats", "go\u200bats")), "U\\+200B"),
    "a control character": (answer(GOOD + "\x07."), "U\\+0007"),
    "half a surrogate": (answer(GOOD + "\ud800."), "U\\+D800"),
    "empty": (answer(" "), "it is empty"),
    "an effect missing": (answer(effects=EFFECTS[:1]), "no effect of 'color brightness'"),
    "words that are not in it": (
        answer(effects=[{**EFFECTS[0], "words": "thick grain"}, EFFECTS[1]]),
        "'thick grain', listed for 'motion-blur', are not in it",
    ),
    "the caption as evidence": (
        answer(effects=[{**EFFECTS[0], "words": "two goats"}, EFFECTS[1]]),
        "the caption's own",
    ),
    "an effect of another dimension": (
        answer(effects=[*EFFECTS, {"dimension": "emotion", "effect": "grief", "words": "goats"}]),
        "'emotion', which was not asked for",
    ),
    "an effect that does not exist": (
        answer(effects=[{**EFFECTS[0], "effect": "wobble"}, EFFECTS[1]]),
        "'wobble' is no effect of 'clarity'",
    ),
    "an effect added": (
        answer(GOOD[:-1] + ", in a sad and desolate mood."),
        "'emotion', which was not asked for: 'sad'",
    ),
    "content lost": (
        answer("A scene with heavy motion blur, sunk in near darkness, shows a person."),
        "lost too much of the caption: woman, feeds, two, goats, wooden, fence",
    ),
}


@pytest.mark.parametrize("case", BAD)
def test_a_bad_answer_is_told_to_the_model_which_then_mends_it(server, writer, request_for, case):
    reply, reason = BAD[case]
    server.replies(reply, answer())
    result = one(writer(), request_for())
    assert isinstance(result, WrittenPrompt)
    assert (result.text, result.attempts) == (GOOD, 2)
    first, second = map(told, server.requests)
    assert second[:1] == first
    assert re.search(reason, second[1]), second[1]


@pytest.mark.parametrize("case", BAD)
def test_one_that_never_mends_it_is_a_failure_with_every_reason(server, writer, request_for, case):
    reply, reason = BAD[case]
    server.replies(reply)
    result = one(writer(",attempts=2"), request_for())
    assert isinstance(result, Failure)
    assert (result.kind, result.attempts) == ("invalid_result", 2)
    first, second = result.reason.split(" | ")
    assert first.startswith("1: ")
    assert second.startswith("2: ")
    for said in (first, second):
        assert re.search(reason, said), said
    assert result.reason.isprintable()


@pytest.mark.parametrize(
    "said",
    [
        "I'm sorry, but I can't help with that.",
        "I cannot create content that shows this.",
        "As an AI language model, I must decline.",
        json.dumps({"prompt": "I'm sorry, I can't write this.", "effects": []}),
    ],
)
def test_a_refusal_in_words_is_final(server, writer, request_for, said):
    """Nothing is rephrased to get past it."""
    server.replies(completion(said))
    result = one(writer(), request_for())
    assert (result.kind, result.attempts) == ("provider_refused", 1)
    assert len(server.requests) == 1


def test_a_refusal_by_the_provider_is_final(server, writer, request_for):
    server.replies(error(400, "flagged by moderation"))
    assert one(writer(), request_for()).kind == "provider_refused"
    assert len(server.requests) == 1


def test_a_slow_server_is_a_failure_of_its_own_kind(server, terms, writer, request_for):
    reply = answer()
    reply.before = 1.0
    server.replies(reply)
    result = one(writer(using=Session(terms(timeout=0.2, attempts=2))), request_for())
    assert (result.kind, result.attempts) == ("timed_out", 2)


def test_an_outage_between_two_attempts_keeps_the_first_reason(server, writer, request_for):
    server.replies(BAD["too long"][0], error(400, "no such field"))
    result = one(writer(), request_for())
    assert (result.kind, result.attempts) == ("request_rejected", 2)
    assert result.reason.startswith("1: it has")


def test_one_bad_request_does_not_lose_the_others(server, writer, request_for):
    def script(body, number):
        text = "".join(told(body))
        return completion("no") if "three ducks" in text else answer()

    server.script = script
    good, bad, again = writer().write(
        [request_for(), request_for(caption="A boy feeds three ducks."), request_for()]
    )
    assert good.text == again.text == GOOD
    assert isinstance(bad, Failure)


def test_what_was_answered_is_never_asked_again(server, terms, writer, request_for, tmp_path):
    """Bad answers and the way on from them are kept, too: a second run asks nothing."""
    server.replies(BAD["too long"][0], answer())
    first = one(writer(using=Session(terms(answers=tmp_path))), request_for())
    asked = len(server.requests)
    second = one(writer(using=Session(terms(answers=tmp_path))), request_for())
    assert first == second
    assert len(server.requests) == asked == 2


def test_more_attempts_go_on_where_fewer_gave_up(server, terms, writer, request_for, tmp_path):
    server.replies(*[BAD["too long"][0]] * 2, answer())
    assert isinstance(
        one(writer(",attempts=2", Session(terms(answers=tmp_path))), request_for()), Failure
    )
    result = one(writer(",attempts=3", Session(terms(answers=tmp_path))), request_for())
    assert result.attempts == 3
    assert len(server.requests) == 3


def test_spending_is_limited(server, terms, writer, request_for):
    server.replies(answer())
    made = writer(",input_price=1,output_price=1", Session(terms(max_cost=1e-6)))
    assert one(made, request_for()).kind == "spending_limit"
    assert server.requests == []


def test_the_cost_is_told_without_asking(server, writer, request_for):
    made = writer(",input_price=1,output_price=10,attempts=3,max_tokens=400")
    cost = made.cost([request_for()] * 5)
    assert cost.questions == 5
    assert 0 < cost.dollars < cost.most
    assert cost.most > 3 * 5 * 400 * 10 / 1e6
    assert server.requests == []


def test_the_papers_wording(server, writer, request_for, dimensions):
    text = "A dark and blurry image of a goat."
    server.replies(completion(json.dumps({"long_description": text})))
    result = one(writer(",wording=paper"), request_for())
    assert (result.text, result.effects) == (text, ())
    body = server.requests[0]
    low = "\n".join(dimensions[key].low for key in ("clarity", "color brightness"))
    assert body["messages"][0]["content"] == "You are a helpful assistant."
    assert told(body)[0].startswith(
        "Write an image description based on A woman feeds two goats beside a wooden fence.. "
        f"The picture has effects of {low}. Specifically, these effects"
    )


def test_a_plain_answer_may_have_words_around_it(server, writer, request_for):
    server.replies(completion("Of course!\n" + answer().body["choices"][0]["message"]["content"]))
    assert one(writer(",format=plain"), request_for()).text == GOOD
    assert "response_format" not in server.requests[0]


def test_a_dimension_of_ones_own_is_told_and_checked(server, writer, dimensions):
    from dataclasses import replace

    from widespectrum.aesthetics import Effect
    from widespectrum.prompts import WritingRequest

    mine = replace(
        dimensions["clarity"],
        key="pixel art",
        low="Large squares.",
        effects=(Effect("huge-squares", "huge squares", ("huge flat squares",)),),
        conflicts=(),
    )
    effects = [{"dimension": "pixel art", "effect": "huge squares", "words": "built from squares"}]
    server.replies(answer("A goat, built from squares.", effects))
    result = one(writer(), WritingRequest("A goat.", (mine,), 0))
    assert result.effects == ("huge-squares",)  # by its key, though the model used its name


def test_the_fingerprint_is_of_all_that_may_change_a_text():
    def print_of(settings):
        return load_writer(f"vlm@model=a,base_url=http://127.0.0.1:1/v1{settings}").fingerprint

    same = print_of("")
    others = [",temperature=0", ",wording=paper", ",attempts=4", ",format=plain", ",max_tokens=9"]
    prints = {same, *(print_of(other) for other in others)}
    assert len(prints) == 1 + len(others)
    assert print_of(",input_price=5") == same


def test_the_default_is_the_papers_model_at_its_price():
    made = load_writer("vlm")
    assert made.served.address.model == "qwen/qwen3-vl-235b-a22b-instruct"
    assert made.served.address.key_variable == "OPENROUTER_API_KEY"
    assert made.served.price.known
    other = load_writer("vlm@model=another,base_url=http://127.0.0.1:1/v1")
    assert not other.served.price.known  # a price is of one model


def test_without_a_key_it_stops_and_names_the_variable(request_for):
    with pytest.raises(NoAccess, match="OPENROUTER_API_KEY"):
        load_writer("vlm").write([request_for()])


def test_settings_are_checked(server):
    with pytest.raises(BadInput, match="model"):
        load_writer("vlm@base_url=http://127.0.0.1:1/v1")
    with pytest.raises(BadInput, match="anti prompt"):
        load_writer("vlm@wording=negative")
    with pytest.raises(UnknownName, match="poem"):
        load_writer("vlm@wording=poem")
    with pytest.raises(BadInput, match="temperature"):
        load_writer("vlm@temperature=7")


def test_pairs_keep_where_a_prompt_comes_from(server, writer, request_for):
    server.replies(BAD["prose"][0], answer())
    made = writer()
    pairs = write_pairs([Caption("a", request_for().caption)], [request_for().dimensions], made)
    (row,) = pairs.table.to_dicts()
    assert row["prompt_anti"] == GOOD
    assert row["effects"] == ["motion-blur", "unlit-night"]
    assert row["evidence"][0] == "motion-blur: heavy motion blur"
    assert (row["attempts"], row["writer_fingerprint"]) == (2, made.fingerprint)
    assert word_count(row["prompt_neutral"]) == word_count(GOOD)


def test_progress_is_told(server, writer, request_for):
    server.replies(BAD["prose"][0], answer())
    made, heard = writer(), []
    made.follow = lambda done, asked: heard.append((done, asked))
    one(made, request_for())
    assert heard == [(1, 1), (2, 2)]


words = st.text(max_size=80)
documents = st.recursive(words | st.integers() | st.none(), lambda each: st.lists(each, max_size=3))


def as_asked(prompt, evidence):
    return json.dumps({"prompt": prompt, "effects": [{**EFFECTS[0], "words": evidence}]})


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(said=st.one_of(words, documents.map(json.dumps), st.builds(as_asked, words, words)))
def test_whatever_a_model_says_becomes_a_failure_with_a_reason(server, terms, request_for, said):
    """No random text keeps the caption and tells both effects."""
    server.replies(completion(said))
    made = load_writer(f"vlm@model=toy,base_url={server.base_url},attempts=1")
    made.session = Session(terms(samples=1))
    result = one(made, request_for())
    assert isinstance(result, Failure)
    assert result.reason
