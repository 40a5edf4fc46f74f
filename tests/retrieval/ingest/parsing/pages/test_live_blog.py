"""Live blogs are cut into their entries."""

from retrieval.documents import Article
from retrieval.ingest.parsing.pages import page
from tests.support.newspaper import STORY, URL, fetched, html, ld

INTRO = " ".join(STORY[:3])


def update(text: str, time: str, **facts: object) -> dict[str, object]:
    return {"@type": "BlogPosting", "articleBody": text, "datePublished": f"2026-03-03T{time}Z"} | facts


def blog(*updates: dict[str, object]) -> tuple[Article, ...]:
    head = ld(
        {
            "@type": "LiveBlogPosting",
            "headline": "Pier live",
            "author": {"name": "Mara Lind"},
            "liveBlogUpdate": updates,
        }
    )
    shown = "".join(f"<h2>{one.get('headline', '')}</h2><p>{one['articleBody']}</p>" for one in updates)
    return page.parse_page(fetched(html(f"<article><h1>Pier live</h1><p>{INTRO}</p>{shown}</article>", head=head)))


FIRST = update(STORY[3], "08:00:00", headline="Fishermen may stay", url=f"{URL}#e1", author={"name": "Tom Obi"})
SECOND = update(f"<p>{STORY[4]}</p><p>{STORY[1]}</p>", "09:00:00", headline="Region is silent")


def test_each_entry_is_an_article_with_its_own_facts() -> None:
    intro, second, first = blog(SECOND, FIRST)
    assert (intro.url, intro.title, intro.text) == (URL, "Pier live", INTRO)
    assert (first.url, first.title, first.text) == (f"{URL}#e1", "Fishermen may stay", STORY[3])
    assert (first.published, first.authors, first.section) == ("2026-03-03T08:00:00+00:00", ("Tom Obi",), "Pier live")
    assert (second.text, second.authors) == (f"{STORY[4]}\n\n{STORY[1]}", ("Mara Lind",))
    assert second.url.startswith(f"{URL}#")


def test_an_entry_keeps_its_id_when_others_are_added_or_it_is_changed() -> None:
    before = {article.title: article.id for article in blog(SECOND, FIRST)}
    later = blog(
        update(STORY[1], "10:00:00", headline="New"), SECOND | {"articleBody": f"{STORY[2]} {STORY[1]}"}, FIRST
    )
    assert len({article.id for article in later}) == 4
    assert before.items() <= {article.title: article.id for article in later}.items()


def test_entries_without_text_or_on_another_site_s_address_take_nobody_s_place() -> None:
    foreign = FIRST | {"url": "https://other.example/news#e1"}
    found = blog(foreign, update("", "09:00:00"), update("Photo: AP", "09:10:00"))
    assert [article.url.partition("#")[0] for article in found] == [URL, URL]


def test_entities_and_escaped_tags_of_an_entry_are_resolved() -> None:
    escaped = f"&lt;p&gt;{STORY[4]}&lt;/p&gt;&lt;p&gt;{STORY[1]}&lt;/p&gt;"
    _, found = blog(update(escaped, "09:00:00", headline="Region &amp; town: &quot;no&quot;"))
    assert (found.title, found.text) == ('Region & town: "no"', f"{STORY[4]}\n\n{STORY[1]}")
