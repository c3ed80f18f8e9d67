import pytest
from hypothesis import given
from hypothesis import strategies as st

from widespectrum.choosers import ORDERS, in_contest, majority, outcome

VERDICTS = st.sampled_from([0, 1, -1])
VOTES = st.lists(VERDICTS, min_size=1, max_size=7)


@pytest.mark.parametrize(
    ("forward", "backward", "verdict", "position"),
    [
        ([0], [0], 0, "steady"),
        ([1], [1], 1, "steady"),
        ([-1], [-1], -1, "steady"),
        ([0], [1], -1, "first_shown"),
        ([1], [0], -1, "second_shown"),
        ([0], [-1], -1, "wavering"),
        ([-1], [1], -1, "wavering"),
        ([0, 0, 1], [0, -1, 0], 0, "steady"),
        ([0, 0, 1], [1, 1, 0], -1, "first_shown"),
    ],
)
def test_a_contradiction_is_a_tie_and_it_is_kept_which_way_it_went(
    forward, backward, verdict, position
):
    found = outcome({"forward": forward, "backward": backward})
    assert (found.verdict, found.position) == (verdict, position)


def test_one_order_alone_says_nothing_about_position():
    found = outcome({"backward": [1]})
    assert (found.verdict, found.confidence, found.position) == (1, 1.0, None)


def test_confidence_is_the_share_of_votes_that_say_the_same():
    assert outcome({"forward": [0, 0, 1], "backward": [0, 0, 0]}).confidence == 5 / 6
    assert outcome({"forward": [0], "backward": [1]}).confidence == 0.0


@pytest.mark.parametrize(
    ("votes", "verdict"),
    [([0], 0), ([0, 1], -1), ([0, 1, 1], 1), ([-1, -1, 0], -1), ([0, 1, -1], -1)],
)
def test_most_votes_win_and_a_draw_is_a_tie(votes, verdict):
    assert majority(votes) == verdict


@given(VERDICTS)
def test_turning_twice_changes_nothing(verdict):
    assert in_contest(in_contest(verdict, "backward"), "backward") == verdict
    assert in_contest(verdict, "forward") == verdict


@given(VOTES, VOTES)
def test_swapping_the_images_swaps_the_verdict(forward, backward):
    """The contest (b, a) is the contest (a, b) with its orders and verdicts exchanged."""
    turned = {
        "forward": [in_contest(vote, "backward") for vote in backward],
        "backward": [in_contest(vote, "backward") for vote in forward],
    }
    one, other = outcome({"forward": forward, "backward": backward}), outcome(turned)
    assert other.verdict == in_contest(one.verdict, "backward")
    assert other.confidence == one.confidence
    assert other.position == one.position


@given(VERDICTS)
def test_a_chooser_that_only_looks_at_positions_never_wins(shown):
    """Always the first shown, always the second, or always a tie: the verdict is a tie."""
    found = outcome({order: [in_contest(shown, order)] for order in ORDERS})
    assert found.verdict == -1
    assert found.position == {0: "first_shown", 1: "second_shown", -1: "steady"}[shown]
