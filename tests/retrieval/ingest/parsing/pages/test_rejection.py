"""Pages that are no article are refused, each with its reason; articles that look a little like them are not."""

import pytest

from retrieval.ingest.parsing.pages import page, rejection
from tests.support.newspaper import STORY, fetched, html, ld, story

TEASERS = "".join(
    f"<article><h2><a href='/news/{n}'>Harbour story number {n} of the week</a></h2><p>What happened on day {n} at the "
    f"old ferry pier, told by those who were there.</p></article>"
    for n in range(12)
)
FORM = "".join(f"<label>Your {name}<input type='text'></label>" for name in ("name", "street", "town", "country"))
COOKIES = (
    "<p>We and our partners store cookies on your device to show you advertising.</p>"
    "<p>You may withdraw your consent at any time in our privacy policy, which lists all partners.</p>"
)
LIMITED = ld({"@type": "NewsArticle", "headline": "Pier closes", "isAccessibleForFree": False})


def reason(body: str, **options: str) -> str:
    with pytest.raises(ValueError, match=r"\w") as refused:
        page.parse_page(fetched(html(body, **options)))
    return str(refused.value)


def test_what_is_no_article_is_refused_with_its_reason() -> None:
    beginning = f"<article><p>{STORY[0]}</p><p>{STORY[1]}</p>%s</article>"
    assert reason(beginning % "<p>Subscribe to continue reading this article.</p>") == rejection.PAYWALL
    assert reason(beginning % "<div class='paywall'>Already a subscriber? Log in</div>") == rejection.PAYWALL
    assert reason(beginning % "", head=LIMITED) == rejection.PAYWALL
    assert reason(f"<main><h1>Page not found</h1><p>{STORY[0]}</p></main>", title="Oops") == rejection.MISSING
    assert reason("<p>Please try again in some minutes.</p>", title="503 Service Unavailable") == rejection.BROKEN
    assert reason("<p>Checking your browser before you go on.</p>", title="Just a moment...") == rejection.ROBOT
    assert reason(f"<main>{COOKIES}</main>", title="Harbour Post") == rejection.CONSENT
    login = "<form><p>Welcome back, dear reader of ours.</p><input type='password'></form>"
    assert reason(login, title="Harbour Post") == rejection.LOGIN
    assert reason(f"<main><p>Tell us your news.</p><form>{FORM}</form></main>", title="Tips") == rejection.FORM
    assert reason(f"<main>{TEASERS}</main>", title="Harbour Post") == rejection.INDEX
    video = ld({"@type": "VideoObject", "name": "The pier"})
    assert reason(f"<main><p>{STORY[0]}</p></main>", head=video) == rejection.MEDIA
    assert reason("", title="Harbour Post") == rejection.NOTHING


@pytest.mark.parametrize(
    ("body", "head"),
    [
        (story(), ""),
        (story(), LIMITED.replace("false", "true")),
        (story(after="<p>Subscribe to our newsletter.</p>"), ""),
        (story(within="<div class='newsletter'><p>Sign up to get our newsletter.</p></div>"), ""),
        (story() + TEASERS, ""),
        (story() + f"<form>{FORM}<input type='password'></form>", ""),
        (story(within="<p>The page was not found in the archive, the harbour master said of the log.</p>"), ""),
        (story(within="<p>The council also talked about cookies and the consent of partners.</p>"), ""),
        (story() * 3, LIMITED),
    ],
)
def test_an_article_with_such_things_around_it_is_read(body: str, head: str) -> None:
    (found,) = page.parse_page(fetched(html(body, head=head)))
    assert STORY[0] in found.text


def test_a_story_about_missing_pages_is_a_story() -> None:
    title = "Why 404 pages went missing from the town's archive this winter"
    body = f"<article><h1>{title}</h1><p>{'</p><p>'.join(STORY)}</p></article>"
    (found,) = page.parse_page(fetched(html(body, title=title)))
    assert found.text.startswith(STORY[0])
