import pytest

from widespectrum.aesthetics import load_emotions
from widespectrum.errors import UnknownName

EMOTIONS = load_emotions()


def test_the_emotions_of_the_papers_studies_and_a_baseline():
    assert list(EMOTIONS) == ["happy", "sad", "angry", "fearful", "neutral"]
    assert EMOTIONS.negative == ("sad", "angry", "fearful")


@pytest.mark.parametrize(
    ("key", "noun"),
    [("happy", "happiness"), ("sad", "sadness"), ("angry", "anger"), ("fearful", "fear")],
)
def test_have_an_adjective_and_a_noun(key, noun):
    assert EMOTIONS[key].adjective == key
    assert EMOTIONS[key].noun == noun


@pytest.mark.parametrize(
    ("word", "key"),
    [
        ("anger", "angry"),  # the rows of table 5
        ("fearfulness", "fearful"),
        ("sadness", "sad"),
        ("Furious", "angry"),
        (" AFRAID ", "fearful"),
        ("neutral", "neutral"),
    ],
)
def test_any_word_leads_to_its_emotion(word, key):
    assert EMOTIONS.of(word).key == key


def test_no_word_means_two_emotions():
    words = [word for emotion in EMOTIONS.values() for word in emotion.words]
    assert len(words) == len(set(words))
    assert all(word == word.lower() for word in words)


def test_an_unknown_word_is_answered_with_the_nearest():
    with pytest.raises(UnknownName, match=r"no emotion is called 'angr'.*'angry'"):
        EMOTIONS.of("angr")
    with pytest.raises(UnknownName, match="there is no emotion 'anger'"):
        EMOTIONS["anger"]
