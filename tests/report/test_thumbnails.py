from PIL import Image

from widespectrum.errors import BadImage
from widespectrum.report.thumbnails import SMALL, make_thumbnails, remove_stale


def test_small_made_once_and_named_after_the_stored_image(tmp_path, picture_book):
    key = picture_book.put(Image.new("RGB", (1200, 600), "teal"))
    thumbnails = make_thumbnails([key, key], picture_book, tmp_path)
    thumbnail = thumbnails[key]
    assert (thumbnail.width, thumbnail.height) == (SMALL.longest_side, SMALL.longest_side // 2)
    file = tmp_path / thumbnail.src
    assert file.name == f"{key}.webp"
    with Image.open(file) as small:
        assert small.size == (thumbnail.width, thumbnail.height)
    before = picture_book.opened.count(key)
    assert before == 1
    assert make_thumbnails([key], picture_book, tmp_path) == thumbnails
    assert picture_book.opened.count(key) == before


def test_a_damaged_thumbnail_is_made_again(tmp_path, picture_book):
    key = picture_book.put(Image.new("RGB", (300, 200), "teal"))
    file = tmp_path / make_thumbnails([key], picture_book, tmp_path)[key].src
    whole = file.read_bytes()
    file.write_bytes(b"<svg>")
    make_thumbnails([key], picture_book, tmp_path)
    assert file.read_bytes() == whole


def test_tiny_pictures_keep_every_pixel(tmp_path, picture_book):
    image = Image.effect_noise((64, 64), 90).convert("RGB")
    key = picture_book.put(image)
    thumbnail = make_thumbnails([key], picture_book, tmp_path)[key]
    assert thumbnail.tiny
    with Image.open(tmp_path / thumbnail.src) as small:
        assert small.convert("RGB").tobytes() == image.tobytes()


def test_no_picture_is_a_reason_and_no_file(tmp_path, picture_book):
    def refuse(key: str) -> Image.Image:
        raise BadImage("is torn", "Replace it.")

    absent = "a" * 64
    hostile = "../../etc/passwd"
    assert make_thumbnails([None], picture_book, tmp_path)[None].reason == "not stored"
    assert make_thumbnails([absent], None, tmp_path)[absent].reason == "not stored"
    assert make_thumbnails([absent], picture_book, tmp_path)[absent].reason
    assert make_thumbnails([absent], refuse, tmp_path)[absent].reason
    assert make_thumbnails([hostile], picture_book, tmp_path)[hostile].reason
    assert hostile not in picture_book.opened
    assert list(tmp_path.rglob("*")) == []


def test_only_our_own_stale_files_are_removed(tmp_path, picture_book):
    keys = [picture_book.put(Image.new("RGB", (40, 40), c)) for c in ("red", "blue")]
    kept = make_thumbnails(keys, picture_book, tmp_path)[keys[0]]
    holiday = tmp_path / "thumbs" / "holiday.webp"
    holiday.write_bytes(b"mine")
    remove_stale(tmp_path, [kept])
    assert {p.name for p in (tmp_path / "thumbs").iterdir()} == {f"{keys[0]}.webp", "holiday.webp"}
