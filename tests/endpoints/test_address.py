import pytest

from widespectrum.endpoints import address
from widespectrum.errors import BadInput, NoAccess

LOCAL = "http://127.0.0.1:8000/v1"


def test_a_local_server_needs_no_key(monkeypatch):
    found = address("toy", LOCAL + "/")
    assert found.url == "http://127.0.0.1:8000/v1/chat/completions"
    assert found.key() is None
    monkeypatch.setenv("WIDESPECTRUM_API_KEY", " secret ")
    assert found.key() == "secret"


def test_the_address_is_given_or_of_the_environment_or_openais(monkeypatch):
    assert address("toy").base_url == "https://api.openai.com/v1"
    monkeypatch.setenv("WIDESPECTRUM_BASE_URL", LOCAL)
    assert address("toy").base_url == LOCAL
    assert address("toy", "http://elsewhere/v1").base_url == "http://elsewhere/v1"


def test_a_provider_gets_its_own_key_and_wants_it(monkeypatch):
    found = address("toy", "https://openrouter.ai/api/v1")
    with pytest.raises(NoAccess, match="OPENROUTER_API_KEY is not set"):
        found.key()
    monkeypatch.setenv("OPENROUTER_API_KEY", "abc")
    assert found.key() == "abc"


@pytest.mark.parametrize("variable", ["OPENAI_API_KEY", "AWS_SECRET_ACCESS_KEY", "HOME"])
@pytest.mark.parametrize(
    "base", ["https://evil.example/v1", "https://openrouter.ai.evil.example/v1", LOCAL]
)
def test_no_secret_goes_to_a_host_that_is_not_its_own(variable, base):
    with pytest.raises(BadInput, match="key_variable"):
        address("toy", base, variable)


def test_a_key_of_ones_own_may_have_a_name_of_its_own():
    assert address("toy", LOCAL, "WIDESPECTRUM_LAB_KEY").key_variable == "WIDESPECTRUM_LAB_KEY"


def test_a_providers_key_is_not_sent_in_the_clear():
    with pytest.raises(BadInput, match="in the clear"):
        address("toy", "http://api.openai.com/v1")


@pytest.mark.parametrize(
    "base",
    [
        "ftp://host/v1",
        "host/v1",
        "http://",
        "http://user:hunter2@host/v1",
        "http://host/v1?key=hunter2",
    ],
)
def test_what_is_no_plain_address_is_refused_and_not_repeated(base):
    with pytest.raises(BadInput) as caught:
        address("toy", base)
    assert "hunter2" not in str(caught.value)


def test_a_key_with_a_line_break_is_refused_before_it_is_sent(monkeypatch):
    monkeypatch.setenv("WIDESPECTRUM_API_KEY", "abc\ndef")
    with pytest.raises(NoAccess, match="characters that no key has"):
        address("toy", LOCAL).key()


def test_a_model_must_be_named():
    with pytest.raises(BadInput, match="no model"):
        address("  ", LOCAL)


def test_a_token_of_replicate_goes_to_replicate_only(monkeypatch):
    monkeypatch.setenv("REPLICATE_API_TOKEN", "r8_abc")
    found = address("a/b", "https://api.replicate.com/v1")
    assert (found.key(), found.at("/predictions")) == (
        "r8_abc",
        "https://api.replicate.com/v1/predictions",
    )
    with pytest.raises(BadInput, match="key_variable"):
        address("a/b", "https://replicate.delivery/v1", "REPLICATE_API_TOKEN")
