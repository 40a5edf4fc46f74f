"""Compressed content is unpacked, and never further than it may grow."""

import gzip
import random
import tracemalloc
import zlib

import pytest

from retrieval.ingest.decompression import Decompressor, decompress_gzip, decompress_gzip_start
from tests.support.misbehaving_server import bomb

TEXT = "".join(random.Random(1).choices("abcdefgh \n", k=50_000)).encode()
PLENTY = 1_000_000


def deflated(wbits: int) -> bytes:
    packing = zlib.compressobj(wbits=wbits)
    return packing.compress(TEXT) + packing.flush()


PACKED = {
    "gzip": gzip.compress(TEXT),
    "X-GZIP ": gzip.compress(TEXT),
    "gzip, in members": b"".join(gzip.compress(TEXT[at : at + 9_999]) for at in range(0, len(TEXT), 9_999)),
    "gzip, with rubbish": gzip.compress(TEXT) + b"\x00rubbish",
    "deflate": deflated(15),
    "deflate, bare": deflated(-15),
    "identity": TEXT,
    "": TEXT,
}


def fed(packed: bytes, kind: str, max_bytes: int = PLENTY) -> Decompressor:
    decompressor = Decompressor(kind.split(",")[0], max_bytes)
    decompressor.feed(packed)
    return decompressor


@pytest.mark.parametrize("kind", PACKED)
@pytest.mark.parametrize("size", [1, 7, 1_000, PLENTY])
def test_it_is_unpacked_however_it_is_cut(kind: str, size: int) -> None:
    unpacking, packed = Decompressor(kind.split(",")[0], PLENTY), PACKED[kind]
    for at in range(0, len(packed), size):
        unpacking.feed(packed[at : at + size])
    assert unpacking.content() == TEXT and not unpacking.is_over


@pytest.mark.parametrize("coding", ["br", "zstd", "compress", "gzip, gzip", "gzip,deflate", "nonsense"])
def test_other_codings_are_refused_by_name(coding: str) -> None:
    with pytest.raises(ValueError, match=rf"in a way that was not asked for \({coding}\)"):
        Decompressor(coding, PLENTY)


@pytest.mark.parametrize("kind", ["gzip", "deflate", "deflate, bare"])
def test_what_breaks_off_is_noticed(kind: str) -> None:
    for cut in (1, 10, len(PACKED[kind]) // 2, len(PACKED[kind]) - 1):
        with pytest.raises((EOFError, ValueError)):
            fed(PACKED[kind][:cut], kind).content()


@pytest.mark.parametrize("coding", ["gzip", "deflate"])
def test_what_is_not_compressed_is_refused_and_nothing_is_nothing(coding: str) -> None:
    with pytest.raises(ValueError, match="cannot be unpacked"):
        fed(b"<html>plain</html>", coding)
    assert fed(b"", coding).content() == b""


@pytest.mark.parametrize("kind", PACKED)
def test_the_bound_is_exact(kind: str) -> None:
    whole = fed(PACKED[kind], kind, len(TEXT))
    assert len(whole.content()) == len(TEXT) and not whole.is_over
    assert fed(PACKED[kind], kind, len(TEXT) - 1).is_over


def test_what_is_over_is_kept_up_to_the_bound() -> None:
    unpacking = Decompressor("gzip", 100)
    unpacking.feed(PACKED["gzip"])
    assert unpacking.is_over and unpacking.content() == TEXT[:100]


def test_many_empty_members_count_by_their_size() -> None:
    empty = gzip.compress(b"")
    assert fed(empty * 1_000, "gzip", len(empty) * 999).is_over


@pytest.mark.parametrize(("coding", "wbits"), [("gzip", 31), ("deflate", 15), ("deflate", -15)])
def test_a_gigabyte_of_zeros_takes_no_more_memory_than_it_may(coding: str, wbits: int) -> None:
    packed = bomb(1_000, wbits)
    assert len(packed) < 1_500_000
    tracemalloc.start()
    try:
        assert fed(packed, coding).is_over
        assert tracemalloc.get_traced_memory()[1] < 5_000_000
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("kind", [kind for kind in PACKED if kind.startswith("gzip")])
def test_a_gzip_file_is_unpacked_whole_or_at_its_start(kind: str) -> None:
    assert decompress_gzip(PACKED[kind], len(TEXT)) == TEXT
    assert decompress_gzip_start(PACKED[kind], 100) == TEXT[:100]
    with pytest.raises(ValueError, match="holds more than 49,999 bytes when decompressed"):
        decompress_gzip(PACKED[kind], len(TEXT) - 1)


def test_a_gzip_file_is_read_as_far_as_it_is_whole() -> None:
    cut = PACKED["gzip"][: len(PACKED["gzip"]) // 2]
    damaged = PACKED["gzip"][:-8] + bytes(8)  # another checksum
    for content, reason in ((cut, "its end is missing"), (damaged, "damaged")):
        assert decompress_gzip_start(content, 1_000) == TEXT[:1_000]
        with pytest.raises(ValueError, match=reason):
            decompress_gzip(content, PLENTY)
