import pytest

from widespectrum.runs.redaction import MASK, redact, redact_values

SECRET = "s3cr3t-value-0123"


@pytest.mark.parametrize(
    "name",
    [
        "OPENAI_API_KEY",
        "HF_TOKEN",
        "HUGGING_FACE_HUB_TOKEN",
        "APIKEY",
        "api_key",
        "KEY",
        "MY_KEY_2",
        "DB_PASSWORD",
        "MYSQL_PWD",
        "AWS_SECRET_ACCESS_KEY",
        "CLIENT_SECRET",
        "SESSION_COOKIE",
        "GOOGLE_CREDENTIALS",
        "PROXY_AUTH",
        "PASS",
    ],
)
def test_values_of_secret_variables_are_masked(monkeypatch, name):
    monkeypatch.setenv(name, SECRET)
    assert redact(f"got {SECRET}, again {SECRET}!") == f"got {MASK}, again {MASK}!"


@pytest.mark.parametrize(
    "name",
    ["PWD", "OLDPWD", "HOME", "MONKEYS", "TOKENIZERS_PARALLELISM", "GIT_AUTHOR_NAME", "LANG"],
)
def test_ordinary_variables_are_not(monkeypatch, name):
    monkeypatch.setenv(name, SECRET)
    assert redact(f"in {SECRET}") == f"in {SECRET}"


def test_short_values_are_settings(monkeypatch):
    monkeypatch.setenv("USE_TOKEN", "cat")
    monkeypatch.setenv("EMPTY_KEY", "")
    assert redact("a cat") == "a cat"


def test_a_secret_inside_another_leaves_no_tail(monkeypatch):
    monkeypatch.setenv("A_KEY", "abcdefgh")
    monkeypatch.setenv("B_KEY", "abcdefghijklmnop")
    assert redact("x abcdefghijklmnop y abcdefgh z") == f"x {MASK} y {MASK} z"


def test_logins_and_bearer_tokens_are_masked():
    assert redact("https://me:pa55word@host/path") == f"https://{MASK}@host/path"
    assert redact("header Authorization: Bearer abc.def-123") == (
        f"header Authorization: Bearer {MASK}"
    )
    assert redact("mail me@host.org about https://host/path") == (
        "mail me@host.org about https://host/path"
    )


def test_values_inside_values(monkeypatch):
    monkeypatch.setenv("A_KEY", SECRET)
    assert redact_values({"a": [SECRET, 1, None, {"b": f"={SECRET}"}]}) == {
        "a": [MASK, 1, None, {"b": f"={MASK}"}]
    }
