import json

import numpy as np
import pytest
from misbehaving import completion, error, picture

from widespectrum.choosers import chooser_registry, load_chooser
from widespectrum.contracts import Choice, Chooser, Contest, Failure
from widespectrum.endpoints import Session
from widespectrum.errors import BadInput

RED, BLUE = picture("red"), picture("blue")


def colours(body):
    """Which pictures a request shows, in order, by their red."""
    import base64
    import io

    from PIL import Image

    shown = []
    for part in body["messages"][-1]["content"]:
        if part["type"] == "image_url":
            data = base64.b64decode(part["image_url"]["url"].partition(",")[2])
            shown.append("red" if Image.open(io.BytesIO(data)).getpixel((0, 0))[0] else "blue")
    return shown


def prefers(colour):
    """A model that knows what it wants, in whatever order."""

    def script(body, number):
        place = colours(body).index(colour)
        return completion(json.dumps({"choice": ("first", "second")[place]}))

    return script


def always(choice):
    return lambda body, number: completion(json.dumps({"choice": choice}))


@pytest.fixture
def chooser(server, session):
    def make(settings="", using=None):
        made = load_chooser(f"openai:toy@base_url={server.base_url}{settings}")
        made.session = using or session
        return made

    return make


def test_it_is_a_chooser(chooser):
    assert isinstance(chooser(), Chooser)


def test_a_preference_survives_both_orders(server, chooser):
    server.script = prefers("red")
    one, other = chooser().choose([Contest(RED, BLUE, "red"), Contest(BLUE, RED, "red")])
    assert (one.verdict, other.verdict) == (0, 1)
    assert one.details == {"forward": [0], "backward": [0], "position": "steady"}
    assert one.confidence == 1.0
    assert [colours(body) for body in server.requests].count(["red", "blue"]) == 1


def test_equal_questions_of_turned_contests_are_asked_once(server, chooser):
    """(a, b) and (b, a) are the same two questions."""
    server.script = prefers("red")
    chooser().choose([Contest(RED, BLUE, "red"), Contest(BLUE, RED, "red")])
    assert len(server.requests) == 2


@pytest.mark.parametrize(
    ("said", "position"), [("first", "first_shown"), ("second", "second_shown")]
)
def test_a_preference_for_a_position_is_a_tie_that_is_told(server, chooser, said, position):
    server.script = always(said)
    choice = chooser().choose([Contest(RED, BLUE, "red")])[0]
    assert (choice.verdict, choice.details["position"]) == (-1, position)


def test_votes_are_separate_questions(server, chooser):
    server.script = prefers("blue")
    choice = chooser(",votes=3,temperature=0.7").choose([Contest(RED, BLUE, "blue")])[0]
    assert choice.details == {"forward": [1] * 3, "backward": [1] * 3, "position": "steady"}
    assert len(server.requests) == 6
    assert {body["temperature"] for body in server.requests} == {0.7}


def test_the_papers_way(server, chooser):
    def script(body, number):
        return completion(json.dumps({"selection": colours(body).index("red")}))

    server.script = script
    made = chooser(",compat=paper")
    contests = [Contest(RED, BLUE, f"prompt {number}") for number in range(24)]
    choices = made.choose(contests)
    assert [choice.verdict for choice in choices] == [0] * 24
    assert {tuple(choice.details) for choice in choices} == {("forward",), ("backward",)}
    assert len(server.requests) == 24
    body = server.requests[0]
    assert body["temperature"] == 0.3
    assert body["messages"][1]["content"][0]["text"].split("\n")[:-1] == [
        "You will see two images and a prompt. Decide which image better matches the prompt. "
        'Return a JSON object exactly matching the schema {"selection": <int>} where selection is '
        "0 for the first image, 1 for the second image, and -1 if it is a tie. Do not include any "
        "additional keys or text.",
        "",
        "Prompt:",
    ]
    assert body["response_format"]["json_schema"]["name"] == "PreferenceSelection"
    again = [choice.details for choice in made.choose(contests[::-1])]
    assert again[::-1] == [choice.details for choice in choices]


def test_one_bad_contest_does_not_lose_the_others(server, chooser):
    def script(body, number):
        if "bad" in json.dumps(body["messages"]):
            return error(400, "no", "moderation_blocked")
        return prefers("red")(body, number)

    server.script = script
    contests = [Contest(RED, BLUE, prompt) for prompt in ("good", "bad", "fine")]
    first, second, third = chooser().choose(contests)
    assert isinstance(first, Choice)
    assert isinstance(third, Choice)
    assert isinstance(second, Failure)
    assert (second.kind, second.attempts) == ("provider_refused", 1)


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        ('{"choice": "third"}', "invalid_result"),
        ('{"selection": 0}', "invalid_result"),
        ("the first one", "invalid_result"),
        ("", "empty_answer"),
    ],
)
def test_what_cannot_be_read_fails_after_some_samples(server, chooser, reply, kind):
    server.replies(completion(reply))
    failure = chooser().choose([Contest(RED, BLUE, "red")])[0]
    assert isinstance(failure, Failure)
    assert (failure.kind, failure.attempts) == (kind, 3)


def test_a_missing_vote_fails_the_contest_and_only_it_is_asked_for_again(
    server, chooser, terms, tmp_path
):
    server.script = lambda body, number: error(500) if colours(body)[0] == "blue" else yes
    yes = completion('{"choice": "first"}')
    broken = Session(terms(answers=tmp_path, attempts=2))
    failure = chooser(using=broken).choose([Contest(RED, BLUE, "red")])[0]
    assert failure.kind == "provider_failed"
    asked = len(server.requests)
    server.script = prefers("red")
    choice = chooser(using=Session(terms(answers=tmp_path))).choose([Contest(RED, BLUE, "red")])[0]
    assert choice.verdict == 0
    assert len(server.requests) == asked + 1


@pytest.mark.parametrize(
    ("size", "mode"), [((1, 1), "RGB"), ((20_000, 20), "RGB"), ((7, 5), "RGBA"), ((9, 9), "P")]
)
def test_pictures_of_odd_sizes_and_modes_are_sent(server, chooser, size, mode):
    server.script = always("tie")
    odd = picture("red", size).convert(mode)
    assert chooser().choose([Contest(odd, BLUE, "red")])[0].verdict == -1


def test_what_it_will_cost(chooser):
    found = chooser(",input_price=1,output_price=10").cost([((280, 280), (560, 280), "red")])
    assert found.questions == 2
    words = load_chooser("gpt-5-chat").message.length("red")
    assert found.input_tokens == 2 * (100 + 200) + 2 * words // 3 + 2 * 50
    assert found.most > found.dollars > 0
    small = chooser(",max_side=280").cost([((560, 560), (560, 560), "red")])
    assert small.dollars is None
    assert small.input_tokens < chooser().cost([((560, 560), (560, 560), "red")]).input_tokens


def test_the_fingerprint_is_what_may_change_an_answer(chooser):
    def of(settings):
        return chooser(settings).fingerprint

    same = {of(""), of(",input_price=3,output_price=4"), of(",key_variable=WIDESPECTRUM_MY_KEY")}
    others = [
        of(",compat=paper"),
        of(",message=paper"),
        of(",orders=drawn"),
        of(",votes=2,temperature=0.5"),
        of(",temperature=0.5"),
        of(",temperature=default"),
        of(",format=plain"),
        of(",max_tokens=64"),
        of(",max_side=512"),
        of(""",extra='{"seed": 1}'"""),
    ]
    assert len(same) == 1
    assert len({*same, *others}) == 1 + len(others)


@pytest.mark.parametrize(
    "settings",
    [
        "votes=0",
        "votes=3",
        "votes=many",
        "orders=one",
        "format=xml",
        "compat=other",
        "compat=paper,votes=2,orders=both",
        "message=unknown",
        "temperature=5",
        "temperature=cold",
        "max_tokens=0",
        "max_side=-1",
        "extra=no-json",
        """extra='{"model": "other"}'""",
        "input_price=-1",
        "base_url=nowhere",
        "key_variable=AWS_SECRET_ACCESS_KEY",
        "colour=red",
    ],
)
def test_wrong_settings_are_refused_before_anything_is_asked(settings):
    with pytest.raises(BadInput):
        load_chooser(f"gpt-5-chat@{settings}")


def test_the_catalog():
    names = set(chooser_registry().names)
    assert {"gpt-5-chat", "qwen3-vl-235b", "glm-4.5v", "gemini-2.5-flash", "openai"} <= names
    for name in names - {"openai", "by-score"}:
        made = load_chooser(name)
        assert made.served.price.known
        assert made.served.address.key_variable == "OPENROUTER_API_KEY"
        assert load_chooser(name).fingerprint == made.fingerprint


def test_any_model_by_name():
    made = load_chooser("openai:Qwen/Qwen3-VL:8b@base_url=http://127.0.0.1:8000/v1,max_side=512")
    assert made.served.address.model == "Qwen/Qwen3-VL:8b"
    assert made.served.address.base_url == "http://127.0.0.1:8000/v1"
    assert made.name == "openai:Qwen/Qwen3-VL:8b@max_side=512"
    with pytest.raises(BadInput, match="model"):
        load_chooser("openai")


def test_nothing_to_choose(chooser, server):
    assert chooser().choose([]) == []
    assert server.requests == []


def test_contests_share_pictures(server, chooser):
    server.script = always("tie")
    noise = np.random.default_rng(0).integers(0, 255, (64, 64, 3), dtype=np.uint8)
    from PIL import Image

    image = Image.fromarray(noise)
    chooser().choose([Contest(image, BLUE, str(number)) for number in range(3)])
    sent = {
        json.dumps(part) for body in server.requests for part in body["messages"][-1]["content"]
    }
    assert sum("data:image" in part for part in sent) == 2
