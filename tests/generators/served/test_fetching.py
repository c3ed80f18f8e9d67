import pytest

from widespectrum.generators.served.fetching import may_fetch

HOSTS = ("replicate.delivery",)
BASE = "https://api.replicate.com/v1"


@pytest.mark.parametrize(
    ("url", "allowed"),
    [
        ("https://replicate.delivery/xezq/out.png", True),
        ("https://pbxt.replicate.delivery/out.png", True),
        ("https://pbxt.replicate.delivery:443/out.png", True),
        ("https://api.replicate.com/v1/files/1", True),
        ("http://replicate.delivery/out.png", False),
        ("https://replicate.delivery:8443/out.png", False),
        ("https://replicate.delivery.evil.example/out.png", False),
        ("https://notreplicate.delivery/out.png", False),
        ("https://evil.example/replicate.delivery", False),
        ("https://replicate.delivery@evil.example/out.png", False),
        ("https://me:secret@replicate.delivery/out.png", False),
        ("http://api.replicate.com/v1/files/1", False),
        ("https://169.254.169.254/latest/meta-data", False),
        ("file:///etc/passwd", False),
        ("ftp://replicate.delivery/out.png", False),
        ("https://[::1/out.png", False),
        ("https://replicate.delivery:port/out.png", False),
        ("//replicate.delivery/out.png", False),
        ("", False),
    ],
)
def test_pictures_come_from_allowed_hosts_only(url, allowed):
    assert may_fetch(url, BASE, HOSTS) is allowed


def test_a_server_of_ones_own_may_serve_its_own_files():
    assert may_fetch("http://127.0.0.1:8000/out.png", "http://127.0.0.1:8000/v1", ())
    assert not may_fetch("http://127.0.0.1:8001/out.png", "http://127.0.0.1:8000/v1", ())
    assert not may_fetch("https://127.0.0.1:8000/out.png", "http://127.0.0.1:8000/v1", ())
