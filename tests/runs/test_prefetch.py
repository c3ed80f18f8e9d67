import threading
import time
from contextlib import closing

from hypothesis import given, settings
from hypothesis import strategies as st

from widespectrum.errors import BadImage
from widespectrum.runs.pictures import Pictures
from widespectrum.runs.prefetch import prefetched


class Store:
    """Opens names as themselves; counts, can be slow, can fail."""

    def __init__(self, broken=(), seconds=0.0):
        self.opened, self.broken, self.seconds = [], set(broken), seconds

    def open(self, image):
        time.sleep(self.seconds)
        self.opened.append(image)
        if image in self.broken:
            raise BadImage("truncated")
        return image.upper()


def opened(store, batches):
    """Batches with what the store opens for them."""
    with Pictures(store) as pictures, closing(prefetched(pictures.start, batches, list)) as stream:
        yield from stream


@settings(max_examples=40, deadline=None)
@given(st.lists(st.lists(st.sampled_from("abcdef"), max_size=4), max_size=6))
def test_every_batch_comes_in_order_with_its_images(batches):
    found = list(opened(Store(), batches))
    assert found == [(batch, {name: name.upper() for name in batch}) for batch in batches]


def test_neighbours_share_what_is_decoded():
    store = Store()
    list(opened(store, ["ab", "bc", "cd", "ax"]))
    assert sorted(store.opened) == ["a", "a", "b", "c", "d", "x"]


def test_an_unreadable_image_is_a_value():
    ((_, images),) = opened(Store(broken="b"), ["ab"])
    assert images["a"] == "A"
    assert isinstance(images["b"], BadImage)


def test_never_more_than_one_batch_ahead():
    asked = []

    def batches():
        for number in range(6):
            asked.append(number)
            yield f"{number}"

    for number, _ in enumerate(opened(Store(), batches())):
        assert asked == list(range(min(number + 2, 6)))


def test_the_next_batch_is_decoded_during_the_work_on_this_one():
    store = Store()
    for batch, _ in opened(store, ["a", "b", "c"]):
        following = chr(ord(batch) + 1)
        patience = time.monotonic() + 5
        while following <= "c" and following not in store.opened:
            assert time.monotonic() < patience, f"{following} waits for {batch} to end"
            time.sleep(0.001)


def test_stopping_early_leaves_no_thread():
    def decoding():
        return [thread for thread in threading.enumerate() if thread.name.startswith("decode")]

    before = set(decoding())
    stream = opened(Store(seconds=0.01), ["ab", "cd", "ef"])
    next(stream)
    stream.close()
    deadline = time.monotonic() + 2
    while set(decoding()) - before and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not set(decoding()) - before
