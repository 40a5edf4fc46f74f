import sys
from pathlib import Path

import numpy as np
import pytest

from bench.peers.embedding import MiniLM
from bench.peers.environment import HERE, pinned_versions
from bench.peers.judging import article_rank, hit, holds, mean_reciprocal, quote_rank
from bench.peers.process import Process
from bench.peers.systems import SYSTEMS
from bench.peers.table import Line, replace_section, table
from retrieval.index.vectors import minilm

TEXT = "The mayor rose. “We will plant a thousand trees along the river,” she said, and sat down."
SPAN = [16, 65]  # the quotation
QUESTION = {"gold": [{"article": "a", "span": SPAN}]}


def test_chunks_of_one_article_take_one_place() -> None:
    found = [("a", ""), ("a", ""), ("b", ""), ("c", "")]
    assert article_rank(found, {"gold": ["c", "d"]}) == 3
    assert article_rank(found, {"gold": ["e"]}) == 0


def test_an_article_after_ten_others_is_not_found() -> None:
    found = [(str(number), "") for number in range(11)]
    assert article_rank(found, {"gold": ["9"]}) == 10
    assert article_rank(found, {"gold": ["10"]}) == 0


def test_half_of_a_quotation_in_one_piece_is_enough() -> None:
    quote = TEXT[slice(*SPAN)]
    assert quote.startswith("“We will") and quote.endswith("river,”")
    assert holds(f"… {quote[:25]}", quote)
    assert holds("“We will plant a\n\n  thousand  trees", quote)
    assert not holds(f"{quote[:20]} and {quote[30:]}", quote)


def test_a_quotation_counts_in_its_own_article_alone() -> None:
    found = [("b", TEXT), ("a", "The mayor rose."), ("a", TEXT)]
    assert quote_rank(found, QUESTION, {"a": TEXT}) == 3
    assert quote_rank(found[:2], QUESTION, {"a": TEXT}) == 0


def test_shares_and_reciprocal_ranks() -> None:
    ranks = [1, 0, 4, 10]
    assert (hit(ranks, 1), hit(ranks, 5), hit(ranks, 10)) == (0.25, 0.5, 0.75)
    assert mean_reciprocal(ranks) == pytest.approx((1 + 1 / 4 + 1 / 10) / 4)


def test_the_table_marks_the_best_and_admits_what_is_missing() -> None:
    lines = (Line("hit@1", "", 2, "high"), Line("p50", "ms", 0, "low"), Line("refused"), Line("never measured"))
    shown = table({"One": {"hit@1": 0.704, "p50": 1200.0, "refused": 0.5}, "Two": {"hit@1": 0.7, "p50": 9.0}}, lines)
    assert shown.splitlines() == [
        "|  | One | Two |",
        "| --- | ---: | ---: |",
        "| hit@1 | **0.70** | **0.70** |",
        "| p50, ms | 1,200 | **9** |",
        "| refused | 0.50 | — |",
    ]


def test_new_figures_replace_the_old_ones_and_nothing_else(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("# Before\n\n<!-- figures -->\nold\n<!-- end of figures -->\n\nAfter\n")
    replace_section(page, "new")
    replace_section(page, "newer")
    assert page.read_text() == "# Before\n\n<!-- figures -->\nnewer\n<!-- end of figures -->\n\nAfter\n"


def test_all_are_given_the_model_that_onrecord_has(tmp_path: Path) -> None:
    texts = ["A short one.", "Trees along the river. " * 80, "“We will plant a thousand trees.”"]
    wanted = minilm.MiniLM().embed(texts)
    cosines = (np.array(MiniLM().embed_documents(texts)) * wanted).sum(axis=1)
    assert cosines.min() > 0.97  # theirs is the packaged graph in float, ours multiplies int8
    computed, known = (MiniLM(tmp_path / "vectors.db").embed_documents(texts) for _ in range(2))
    np.testing.assert_array_equal(known, computed)


@pytest.mark.parametrize("folder", sorted({system.folder for system in SYSTEMS} - {"onrecord"}))
def test_every_version_of_a_peer_is_pinned_and_no_address_is_named(folder: str) -> None:
    lines = (HERE / folder / "requirements.txt").read_text().splitlines()
    assert len(pinned_versions(folder)) == len(lines)
    assert pinned_versions(folder)["onnxruntime"] == pinned_versions("txtai")["onnxruntime"]
    assert not [line for line in lines if "@" in line or "/" in line or "+" in line]


def test_a_peer_is_asked_through_its_pipes(tmp_path: Path) -> None:
    index = tmp_path / "index"
    index.mkdir()
    command = [sys.executable, "-m", "bench.peers.onrecord.peer", "only", str(index)]
    with Process(command, tmp_path / "errors.log") as peer:
        article = {"id": "a", "title": "Trees for the river", "text": f"{TEXT}\n\nThe council voted on Monday. " * 3}
        assert peer.ask(do="ingest", articles=[article])["passages"] > 0
        found = peer.ask(do="search", question="Who wants to plant trees?")["found"]
        assert [source for source, _ in found][:1] == ["a"]
        assert len(peer.ask(do="time", questions=["Trees?", "River?"], threads=2)["ms"]) == 2
    assert peer.peak > 50


def test_a_peer_that_ends_is_said_to_have_ended(tmp_path: Path) -> None:
    command, log = [sys.executable, "-c", "raise SystemExit('no model')"], tmp_path / "errors.log"
    with Process(command, log) as peer, pytest.raises(RuntimeError, match=r"errors\.log says why"):
        peer.ask(do="ingest", articles=[])
    assert "no model" in log.read_text()
