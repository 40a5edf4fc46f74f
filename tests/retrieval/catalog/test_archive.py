"""What the catalog tells of the archive as a whole."""

from datetime import date

from retrieval.catalog.archive import weekdays_until
from retrieval.catalog.catalog import Catalog
from retrieval.catalog.rows import SegmentedArticle
from tests.support.articles import article


def test_weekdays_count_from_the_newest_article_where_a_question_names_one(catalog: Catalog) -> None:
    assert weekdays_until(catalog, "What closed on Friday?") is None
    for key, day in (("pier", "2024-05-03"), ("ferry", "2024-05-02"), ("undated", "")):
        one = article(key, f"The {key} is closed.", published=day)
        catalog.save_articles([SegmentedArticle(one, [((0, 5), "")])])
    assert weekdays_until(catalog, "What closed on Friday?") == date(2024, 5, 3)
    assert weekdays_until(catalog, "What closed on 3 May?") is None
