"""Compressed content is unpacked, and never further than it may grow."""

import gzip
import random
import tracemalloc
import zlib

import pytest

from retrieval.ingest.decompression import Decompressor, decompress_body
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
        decompress_body(b"", coding, PLENTY)


@pytest.mark.parametrize("kind", ["gzip", "deflate", "deflate, bare"])
def test_what_breaks_off_is_noticed(kind: str) -> None:
    for cut in (1, 10, len(PACKED[kind]) // 2, len(PACKED[kind]) - 1):
        with pytest.raises(ValueError, match=r"breaks off|cannot be unpacked"):
            decompress_body(PACKED[kind][:cut], kind.split(",")[0], PLENTY)


@pytest.mark.parametrize("coding", ["gzip", "deflate"])
def test_what_is_not_compressed_is_refused_and_nothing_is_nothing(coding: str) -> None:
    with pytest.raises(ValueError, match="cannot be unpacked"):
        decompress_body(b"<html>plain</html>", coding, PLENTY)
    assert decompress_body(b"", coding, PLENTY) == b""


@pytest.mark.parametrize("kind", PACKED)
def test_the_bound_is_exact(kind: str) -> None:
    coding = kind.split(",")[0]
    assert len(decompress_body(PACKED[kind], coding, len(TEXT))) == len(TEXT)
    with pytest.raises(ValueError, match="is larger than 49,999 bytes"):
        decompress_body(PACKED[kind], coding, len(TEXT) - 1)


def test_what_is_over_is_kept_up_to_the_bound() -> None:
    unpacking = Decompressor("gzip", 100)
    unpacking.feed(PACKED["gzip"])
    assert unpacking.is_over and unpacking.content() == TEXT[:100]


def test_many_empty_members_count_by_their_size() -> None:
    empty = gzip.compress(b"")
    with pytest.raises(ValueError, match="is larger than"):
        decompress_body(empty * 1_000, "gzip", len(empty) * 999)


@pytest.mark.parametrize(("coding", "wbits"), [("gzip", 31), ("deflate", 15), ("deflate", -15)])
def test_a_gigabyte_of_zeros_takes_no_more_memory_than_it_may(coding: str, wbits: int) -> None:
    packed = bomb(1_000, wbits)
    assert len(packed) < 1_500_000
    tracemalloc.start()
    try:
        with pytest.raises(ValueError, match="is larger than 1,000,000 bytes"):
            decompress_body(packed, coding, PLENTY)
        assert tracemalloc.get_traced_memory()[1] < 5_000_000
    finally:
        tracemalloc.stop()
