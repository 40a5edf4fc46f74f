"""Reject pages that are not articles: notices, forms, paywalls and indexes, each by its own signs.

All checks look at the extracted text first: a long text is an article, whatever else is on its page. The limits were
tuned on real articles (at most 1 in 100 rejected) and notices; `python -m evals pages` measures both.
"""

import re
from collections.abc import Sequence

from lxml.html import HtmlElement

from retrieval.ingest.parsing.markup.paragraphs import Paragraph
from retrieval.ingest.parsing.pages.cleaning.elements import is_sentence
from retrieval.ingest.parsing.pages.metadata import PageMetadata
from retrieval.text.boilerplate import has_article, is_consent_notice, split_blocks
from retrieval.text.sentences import Span

NOTHING = "holds no article, only a notice, a form or links"
PAYWALL = "is behind a paywall; only its beginning is there"
MISSING = "says that there is no such page"
BROKEN = "is an error page of the site"
ROBOT = "asks whether a person is reading; this site lets no programs read it"
CONSENT = "is a consent notice, not an article"
LOGIN = "asks to log in before it can be read"
FORM = "is a form, not an article"
INDEX = "is an index of links, not an article"
MEDIA = "is a video or a gallery with hardly any text"

# Lengths in characters of extracted text, below which the signs count.
_WHOLE_LENGTH = 2_500  # below a longer text an invitation to subscribe is boilerplate
_PREVIEW_LENGTH = 1_200  # of an article for subscribers
_NOTICE_LENGTH = 1_500
_CAPTION_LENGTH = 500
_MAX_TEASER_LENGTH = 600
_MIN_OWN_TEXT = 400  # of a page besides its teasers
_MIN_OWN_TEXT_OF_ARTICLE = 120  # if it calls itself an article
_END_LENGTH = 1_000
_MIN_TEASERS = 6
_MAX_TEASERS = 300
_MAX_WALLS = 20
_MIN_SENTENCES = 2  # of a short article; a page that calls itself one and has as many is no form or video
_MIN_HEADING_SHARE = 0.3  # of a heading that names an error; for a page that calls itself an article:
_MIN_HEADING_SHARE_OF_ARTICLE = 0.8

_SUBSCRIBE = re.compile(
    r"(?:subscribe|sign ?(?:in|up)|log ?in|register|(?:create|open) (?:a |an |your )?(?:free )?account|become a member|"
    r"join)\b.{0,60}\b(?:to (?:continue|keep|read|finish|unlock|access|view)|for (?:full|unlimited) access|"
    r"full (?:article|story|access))|"
    r"(?:continue|keep) reading (?:this|the|with|for)\b.{0,60}(?:subscri|account|free|member)|"
    r"(?:this|the (?:full|rest of (?:this|the)))(?: \w+)? ?(?:article|story|content|post|page)?"
    r" is (?:only |exclusively |reserved |available )*(?:for|to) (?:our |paid |paying )?(?:subscribers|members)|"
    r"already (?:a |have a )(?:subscri\w+|member)|for subscribers only|subscriber.only (?:article|content|story)|"
    r"you(?:['’]ve| have) (?:reached|used|read) .{0,40}(?:free|limit|articles)|"
    r"jetzt (?:abonnieren|weiterlesen)|(?:réservé|reserve) (?:à nos|aux) abonnés|"
    r"exclusivo para (?:suscriptores|assinantes)",
    re.IGNORECASE,
)
_MISSING = re.compile(
    r"(?:error )?404\b(?:\W+(?:page |file )?(?:not found|error))?|"
    r"(?:page|article|story|content|site|post|url|file|address)(?: (?:you \w+ \w+ for|requested))?"
    r" (?:(?:was |is )?not|could ?n[o'’]?t be|can ?n?[o'’]t be) found\b|^not found\W*$|nothing (?:was )?found|"
    r"(?:page|article|story|content|site|post|url) (?:is )?"
    r"(?:no longer (?:available|exists?)|(?:doesn['’]t|does not) exist)|"
    r"seite (?:wurde )?nicht gefunden|page (?:introuvable|non trouvée)|página no encontrada|pagina non trovata",
    re.IGNORECASE,
)
_BROKEN = re.compile(
    r"(?:error )?50[0234]\b(?:\W+(?:internal|service|bad|gateway|error).*)?|"
    r"internal server error|bad gateway|service (?:temporarily )?unavailable|"
    r"something went wrong|(?:down|closed) for maintenance|database error|application error|too many requests",
    re.IGNORECASE,
)
_ROBOT = re.compile(
    r"just a moment\W*$|attention required|are you a (?:human|robot)|access denied|pardon our interruption|captcha|"
    r"verify (?:that )?you are (?:a )?human|not a robot|unusual (?:traffic|activity)|403 forbidden|^forbidden$|"
    r"(?:enable|turn on) javascript",
    re.IGNORECASE,
)
_LOGIN = re.compile(r"(?:please )?(?:log|sign)[ -]?(?:in|on)\b|anmelden|connexion|iniciar sesi[oó]n", re.IGNORECASE)
_TEASER = ".//*[self::h2 or self::h3 or self::h4 or self::h5][.//a[@href] or parent::a[@href]]"
_WALLS = (
    "//*[self::div or self::section or self::aside or self::p]"
    "[re:test(concat(@class, ' ', @id), 'paywall|regwall|subscri|meter|piano|premium', 'i')]"
)
_REGEXP = {"re": "http://exslt.org/regular-expressions"}
_PASSWORD = "//input[translate(@type, 'PASWORD', 'pasword')='password']"
_FIELDS = "//form//*[self::textarea or self::select or self::input[not(@type) or contains('text email tel', @type)]]"


def rejection_reason(
    page: HtmlElement,
    metadata: PageMetadata,
    paragraphs: Sequence[Paragraph],
    joined: tuple[str, tuple[Span, ...]],
    *,
    end: str,
) -> str:
    """Why a page is not an article, as the rest of a sentence about it; empty when it is one.

    `joined` is the text of its paragraphs with the spans of the headings, `end` the end of the extracted text before
    boilerplate was removed.
    """
    text, headings = joined
    heads = [metadata.title, *(" ".join(head.itertext()) for head in page.iter("title", "h1"))]
    if len(text) < _NOTICE_LENGTH and (
        reason := _heading_reason([" ".join(head.split())[:120] for head in heads], text, metadata)
    ):
        return reason
    if _is_paywalled(page, metadata, text, end[-_END_LENGTH:]):
        return PAYWALL
    is_prose = has_article(text, split_blocks(text, metadata.title, headings))
    if (not is_prose or len(text) < _NOTICE_LENGTH) and (reason := _markup_reason(page, metadata, text)):
        return reason
    return _index_reason(page, metadata, paragraphs) or ("" if is_prose else NOTHING)


def _heading_reason(heads: list[str], text: str, metadata: PageMetadata) -> str:
    """The reason that the title or a heading of a page with little text gives."""
    least = _MIN_HEADING_SHARE_OF_ARTICLE if metadata.is_article else _MIN_HEADING_SHARE
    for reason, pattern in ((MISSING, _MISSING), (BROKEN, _BROKEN), (ROBOT, _ROBOT)):
        if any(
            found and found.end() - found.start() >= least * len(head)
            for head in heads
            if (found := pattern.search(head))
        ):
            return reason
    if len(text) >= _CAPTION_LENGTH or metadata.is_article:
        return ""
    if _ROBOT.search(text):
        return ROBOT
    return LOGIN if any(_LOGIN.match(head) for head in heads) else ""


def _is_paywalled(page: HtmlElement, metadata: PageMetadata, text: str, end: str) -> bool:
    if len(text) < _WHOLE_LENGTH and _SUBSCRIBE.search(end):
        return True
    if len(text) >= _PREVIEW_LENGTH:
        return False
    return not metadata.is_free or any(map(_SUBSCRIBE.search, _wall_texts(page)))


def _wall_texts(page: HtmlElement) -> list[str]:
    """The texts of boxes that may close an article; those beside the only one with the headline are promotion."""
    articles = [one for one in page.iter("article") if one.find(".//h1") is not None]
    walls = page.xpath(_WALLS, namespaces=_REGEXP)[:_MAX_WALLS]
    if len(articles) == 1:
        walls = [wall for wall in walls if articles[0] in wall.iterancestors()]
    return ["".join(wall.itertext())[:_END_LENGTH] for wall in walls]


def _markup_reason(page: HtmlElement, metadata: PageMetadata, text: str) -> str:
    sentences = [line for line in re.split(r"(?<=[.!?])\s+|\n+", text) if line]
    if sentences and sum(map(is_consent_notice, sentences)) * 2 > len(sentences):
        return CONSENT
    if len(text) >= _CAPTION_LENGTH or (metadata.is_article and sum(map(is_sentence, sentences)) >= _MIN_SENTENCES):
        return ""
    if metadata.is_media:
        return MEDIA
    if page.xpath(_PASSWORD):
        return LOGIN
    return FORM if not metadata.is_article and len(page.xpath(_FIELDS)) >= 3 else ""


def _index_reason(page: HtmlElement, metadata: PageMetadata, paragraphs: Sequence[Paragraph]) -> str:
    """INDEX for a page of headings that are links with a line or two each, and little text besides; else empty."""
    teasers = [heading for heading in page.xpath(_TEASER)[:_MAX_TEASERS] if _normalise("".join(heading.itertext()))]
    if len(teasers) < _MIN_TEASERS:
        return ""
    teaser_texts = {_normalise("".join(heading.itertext())) for heading in teasers}
    containers = _containers_of_one(page.xpath(_TEASER))
    teaser_texts |= {
        _normalise("".join(p.itertext())) for heading in teasers for p in _teaser_paragraphs(heading, containers)
    }
    own_length = sum(
        len(text) for text, is_heading in paragraphs if not is_heading and _normalise(text) not in teaser_texts
    )
    return INDEX if own_length < (_MIN_OWN_TEXT_OF_ARTICLE if metadata.is_article else _MIN_OWN_TEXT) else ""


def _containers_of_one(headings: Sequence[HtmlElement]) -> set[HtmlElement]:
    """The elements that have exactly one of the headings within."""
    single, several = set[HtmlElement](), set[HtmlElement]()
    for heading in headings:
        for container in heading.iterancestors():
            if container in several:
                break  # and so are those around it
            (several if container in single else single).add(container)
    return single - several


def _teaser_paragraphs(heading: HtmlElement, containers: set[HtmlElement]) -> list[HtmlElement]:
    """The paragraphs of a teaser: those in the smallest element around its heading that has any and no other teaser."""
    for container in heading.iterancestors():
        if container not in containers:
            return []
        if found := list(container.iter("p")):
            return found if sum(len("".join(p.itertext())) for p in found) <= _MAX_TEASER_LENGTH else []
    return []


def _normalise(text: str) -> str:
    return " ".join(text.split()).casefold()
