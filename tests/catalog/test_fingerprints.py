import functools
import importlib.util
import itertools
import sys
import textwrap

import numpy as np
import pytest

from widespectrum.catalog import fingerprint, fingerprint_of_code, import_file_attribute


@pytest.fixture
def of_file(tmp_path):
    """Fingerprint of `f` in a module with this source; the same module name every time."""
    folders = itertools.count()

    def of_file(source):
        path = tmp_path / str(next(folders)) / "mine.py"
        path.parent.mkdir()
        path.write_text(textwrap.dedent(source), encoding="utf-8")
        spec = importlib.util.spec_from_file_location("mine", path)
        module = importlib.util.module_from_spec(spec)
        sys.modules["mine"] = module  # where the source of a class is looked for
        try:
            spec.loader.exec_module(module)
            return fingerprint_of_code(module.f)
        finally:
            del sys.modules["mine"]

    return of_file


def test_a_fingerprint_does_not_depend_on_the_order_of_parts():
    assert fingerprint(a=1, b={"c": 2, "d": 3}) == fingerprint(b={"d": 3, "c": 2}, a=1)
    assert fingerprint(a=1) != fingerprint(a=2)
    assert len(fingerprint()) == 64


def test_no_fingerprint_of_what_is_not_a_number():
    with pytest.raises(ValueError, match="JSON"):
        fingerprint(a=float("nan"))


def exec_in(source):
    space = {"__name__": "typed_at_a_prompt"}
    exec(textwrap.dedent(source), space)
    return fingerprint_of_code(space["f"])


@pytest.mark.parametrize("make", ["file", "prompt"])
@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("def f(x): return x + 1", "def f(x): return x + 2"),
        ("def f(x, k=1): return x + k", "def f(x, k=2): return x + k"),
        ("f = lambda x: x + 1", "f = lambda x: x + 2"),
        ("K = 1\ndef f(x): return x + K", "K = 2\ndef f(x): return x + K"),
        (
            "def g(x): return x\ndef f(x): return g(x)",
            "def g(x): return -x\ndef f(x): return g(x)",
        ),
        (
            "WORDS = {'dark': 1}\ndef f(x): return [WORDS[w] for w in x]",
            "WORDS = {'dark': 2}\ndef f(x): return [WORDS[w] for w in x]",
        ),
        (
            "def make(k):\n    def f(x): return x * k\n    return f\nf = make(1)",
            "def make(k):\n    def f(x): return x * k\n    return f\nf = make(2)",
        ),
        (
            "class C:\n    def __call__(self, x): return x\nf = C()",
            "class C:\n    def __call__(self, x): return -x\nf = C()",
        ),
        (
            "class C:\n    def __init__(self, k): self.k = k\n    def m(self, x): ...\nf = C(1).m",
            "class C:\n    def __init__(self, k): self.k = k\n    def m(self, x): ...\nf = C(2).m",
        ),
        (
            "import functools\ndef g(x, k): ...\nf = functools.partial(g, k=1)",
            "import functools\ndef g(x, k): ...\nf = functools.partial(g, k=2)",
        ),
        (
            "import numpy as np\nclass C:\n    w = 0\n    def __call__(self, x): ...\n"
            "f = C()\nf.w = np.zeros(3)",
            "import numpy as np\nclass C:\n    w = 0\n    def __call__(self, x): ...\n"
            "f = C()\nf.w = np.ones(3)",
        ),
    ],
)
def test_what_changes_a_result_changes_the_fingerprint(of_file, make, one, other):
    take = of_file if make == "file" else exec_in
    assert take(one) != take(other)


def test_the_same_source_has_the_same_fingerprint_wherever_it_lies(of_file, tmp_path):
    source = "K = (1, 'a')\ndef g(x): return x\ndef f(x): return g(x) + K[0]"
    assert of_file(source) == of_file(source)

    def of_named_file(folder):
        path = tmp_path / folder / "mine.py"
        path.parent.mkdir()
        path.write_text(source, encoding="utf-8")
        return fingerprint_of_code(import_file_attribute(path, "f"))

    assert of_named_file("here") == of_named_file("there")


def test_what_is_not_referred_to_does_not_matter():
    assert exec_in("K = 1\ndef f(x): return x") == exec_in("K = 2\ndef f(x): return x")


def test_functions_that_call_each_other_come_to_an_end():
    source = "def g(x): return f(x)\ndef f(x): return g(x)"
    assert exec_in(source) == exec_in(source)


def test_equal_values_are_described_alike_however_often_they_are_shared():
    shared = (1, 2)

    def one(x, pair=(shared, shared)):
        return x

    def make(pair):
        def one(x, pair=pair):
            return x

        return one

    first, second = make(((1, 2), (1, 2))), make((shared, shared))
    assert fingerprint_of_code(first) == fingerprint_of_code(second)
    assert fingerprint_of_code(one) != fingerprint_of_code(first)


def test_objects_without_source_have_no_address_in_their_fingerprint():
    def make():
        return functools.partial(max, key=np.abs, default=object())

    assert fingerprint_of_code(make()) == fingerprint_of_code(make())
