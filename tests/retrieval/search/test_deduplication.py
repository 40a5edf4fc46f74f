"""Near-duplicates count once; no article crowds out the rest."""

from dataclasses import replace

import pytest

from retrieval.documents import Hit, Passage
from retrieval.search.deduplication import CROWDING_PENALTY, deduplicate, overlap, shingles, spread_articles

WIRE = "The harbour council voted on Tuesday to close the old ferry pier for eleven months of repairs to its pillars."
REWORKED = WIRE.replace("on Tuesday", "late on Tuesday").replace("its pillars", "its cracked pillars")
OTHER = "A paper mill upstream has begun to burn straw instead of gas, its owner told shareholders on Friday."


def hit(article: str, text: str, score: float) -> Hit:
    return Hit(Passage(f"{article}-{score}", article, 0, len(text), text), "", "", "", (), "", "", score)


def test_a_wire_story_in_several_outlets_counts_once_and_names_the_others() -> None:
    kept = deduplicate(
        [hit("post", WIRE, 0.9), hit("times", REWORKED, 0.8), hit("mill", OTHER, 0.7), hit("echo", WIRE, 0.6)], 10
    )
    assert [(one.passage.article, one.copies) for one in kept] == [("post", ("times", "echo")), ("mill", ())]


def test_a_copy_in_the_same_article_is_dropped_and_not_named() -> None:
    kept = deduplicate([hit("post", WIRE, 0.9), hit("post", WIRE, 0.8)], 10)
    assert [(one.passage.article, one.copies) for one in kept] == [("post", ())]


def test_an_article_is_named_once_as_a_copy() -> None:
    kept = deduplicate([hit("post", WIRE, 0.9), hit("times", WIRE, 0.5), hit("times", REWORKED, 0.4)], 10)
    assert kept[0].copies == ("times",)


def test_a_copy_between_the_last_kept_and_the_next_is_still_named() -> None:
    kept = deduplicate([hit("post", WIRE, 0.9), hit("times", WIRE, 0.8), hit("mill", OTHER, 0.7)], 1)
    assert [(one.passage.article, one.copies) for one in kept] == [("post", ("times",))]


@pytest.mark.parametrize("k", [0, 1, 2, 3])
def test_no_more_than_asked_for_are_kept(k: int) -> None:
    assert len(deduplicate([hit("post", WIRE, 0.9), hit("mill", OTHER, 0.7)], k)) == min(k, 2)


def test_a_passage_on_the_same_topic_is_no_copy() -> None:
    assert (
        overlap(shingles(WIRE), shingles("The council closes the ferry pier because its pillars need repairs.")) < 0.6
    )


def test_a_short_passage_inside_a_long_one_is_a_copy() -> None:
    assert overlap(shingles(WIRE), shingles(f"{WIRE} {OTHER}")) == 1.0


def test_later_passages_of_one_article_give_way_to_another() -> None:
    ranked = [hit("post", WIRE, 0.9), hit("post", OTHER, 0.85), hit("echo", "Something else.", 0.8)]
    assert [one.passage.article for one in spread_articles(ranked)] == ["post", "echo", "post"]


def test_the_first_passage_of_an_article_keeps_its_score() -> None:
    first, second = spread_articles([hit("post", WIRE, 0.9), hit("post", OTHER, 0.8)])
    assert (first.score, second.score) == (0.9, pytest.approx(0.8 - CROWDING_PENALTY))


def test_nothing_is_mutated() -> None:
    ranked = [hit("post", WIRE, 0.9), hit("times", WIRE, 0.8)]
    before = [replace(one) for one in ranked]
    deduplicate(ranked, 2)
    assert ranked == before


@pytest.mark.parametrize(
    ("said", "corrected"),
    [
        ("eleven months", "seven months"),
        ("voted", "did not vote"),
        ("Tuesday", "Friday"),
        ("council", "council of Orle"),
    ],
)
def test_conflicting_reports_of_one_day_are_both_kept(said: str, corrected: str) -> None:
    kept = deduplicate([hit("post", WIRE, 0.9), hit("times", WIRE.replace(said, corrected), 0.8)], 10)
    assert len(kept) == (1 if "Orle" in corrected else 2)


def test_an_update_with_another_figure_is_no_copy_of_the_first_report() -> None:
    told = "The ferry hit the quay on Monday morning in thick fog and {} people were hurt, the harbour office said."
    first, update, copy = (
        replace(hit(key, told.format(number), score), published=day)
        for key, number, score, day in (
            *(("first", "nine", 0.9, "2025-03-03"), ("update", "14", 0.8, "2025-03-09"), ("copy", "nine", 0.7, "")),
        )
    )
    kept = deduplicate([first, update, copy], 10)
    assert [(one.passage.article, one.copies) for one in kept] == [("first", ("copy",)), ("update", ())]
