"""What one article costs at most: a process of its own cuts it into passages and looks for its quotes.

ONRECORD_TEST_ARTICLE=10000000 does so with articles of that length in all shapes.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from retrieval.documents import Article
from retrieval.index.indexer import segment
from retrieval.quotes import extraction
from retrieval.quotes.attribution import attribution_spans
from retrieval.quotes.attribution.network import _ENCODED_TOKENS
from retrieval.quotes.attribution.token_features import tokenize
from retrieval.quotes.extraction import extract_quotes
from tests.support.text_shapes import TEXT_SHAPES

ROOT = Path(__file__).parent.parent.parent
LENGTH = int(os.environ.get("ONRECORD_TEST_ARTICLE", 1_000_000))
CPU_SECONDS = max(25, 6 * LENGTH / 1_000_000)
MEMORY_BYTES = 300_000_000
SAMPLE = ["commas", "short quotes", "initials", "spaces"]
SHAPES = list(TEXT_SHAPES) if "ONRECORD_TEST_ARTICLE" in os.environ else SAMPLE
PROSE = "The bridge opens on Monday, and it is long and wide.\n\n"
SAID = "“We will build the bridge,” Mayor Anna Miller said. "
_MEASURE = """
import json, resource, sys, time
from retrieval.documents import Article
from retrieval.index.indexer import segment
from tests.retrieval.test_article_cost import PROSE, SAID
from tests.support.text_shapes import hostile_text

def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024

segment(Article("a", "", "", "", SAID * 20))
article = Article("b", "", "", "", PROSE + hostile_text(sys.argv[1], int(sys.argv[2])))
before, started = peak(), time.process_time()
passages = segment(article).passages
print(json.dumps([time.process_time() - started, peak() - before, len(passages)]))
"""


@pytest.mark.parametrize("shape", SHAPES)
def test_a_long_article_is_cut_within_time_and_memory(shape: str) -> None:
    command = [sys.executable, "-c", _MEASURE, shape, str(LENGTH)]
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    seconds, memory, passages = json.loads(done.stdout)
    assert seconds <= CPU_SECONDS and memory <= MEMORY_BYTES and passages


def test_the_rest_of_a_long_article_becomes_passages_without_quotes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extraction, "MAX_TOKENS", 200)
    text = SAID * 100
    found = segment(Article("a", "", "", "", text))
    assert 0 < len(found.quotes) < 20 and found.passages[-1][0][1] == len(text.rstrip())


def test_no_more_cues_are_read_than_the_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attribution_spans, "MAX_CUES", 5)
    assert len(extract_quotes(SAID * 20)) == 5


def test_a_text_longer_than_a_window_of_the_network_has_quotes_to_its_end() -> None:
    paragraph = SAID + "The river is wide there, and boats of all kinds pass below it every day of the year.\n\n"
    text = paragraph * (_ENCODED_TOKENS // len(tokenize(paragraph)) + 30)
    quotes = extract_quotes(text)
    assert len(quotes) == text.count(SAID) and {quote.speaker for quote in quotes} == {"Anna Miller"}
    assert all(text[quote.start : quote.end] == "“We will build the bridge,”" for quote in quotes)
