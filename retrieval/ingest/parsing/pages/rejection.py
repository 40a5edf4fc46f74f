"""Why a page is no article: what stands in an article's place on the web, each told by its own signs.

All of them look at what was extracted first: a long text is an article, whatever else its page holds. The limits were
set on real articles (at most 1 in 100 refused) and notices; `python -m evals pages` measures both.
"""

import re
from collections.abc import Sequence

from lxml.html import HtmlElement

from retrieval.ingest.parsing.markup.paragraphs import join
from retrieval.ingest.parsing.pages.metadata import PageMetadata
from retrieval.text.boilerplate import has_article, split_blocks

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

# Characters of extracted text. Below them the signs count; above them the page tells something.
_WHOLE = 2_500  # an invitation to subscribe under it is furniture
_BEGINNING = 1_200  # what a publisher shows of an article that is for subscribers
_NOTICE = 1_500
_CAPTION = 500
_TEASER_TEXT = 600  # of one teaser
_OWN = 400  # that a page must have besides its teasers
_OWN_OF_ARTICLE = 250  # if it calls itself an article
_LONGEST_END = 1_000
_FEWEST_TEASERS = 6
_MOST_TEASERS = 300
_MOST_WALLS = 20

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
    r"(?:page|article|story|content|site|post)?\s*(?:not|could ?n[o'’]?t be|can ?n?[o'’]t be) found\b|"
    r"no longer (?:available|exists?)|(?:doesn['’]t|does not) exist|nothing (?:was )?found|"
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
_CONSENT = re.compile(
    r"\bcookies?\b|\bconsent|privacy|legitimate interest|personal data|\bpartners\b|\bgdpr\b|datenschutz|einwillig",
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


def rejection_reason(page: HtmlElement, facts: PageMetadata, parts: Sequence[tuple[str, bool]], *, end: str) -> str:
    """Why this is no article, as the rest of a sentence about it; empty when it is one.

    `end` is the end of what was extracted, before furniture was taken out of it.
    """
    text, headings = join(list(parts))
    heads = [facts.title, *(" ".join(head.itertext()) for head in page.iter("title", "h1"))]
    if len(text) < _NOTICE and (said := _of_heads([" ".join(head.split())[:120] for head in heads], text)):
        return said
    if _is_cut(page, facts, text, end[-_LONGEST_END:]):
        return PAYWALL
    told = has_article(text, split_blocks(text, facts.title, headings))
    if (not told or len(text) < _NOTICE) and (said := _of_markup(page, facts, text)):
        return said
    return _index(page, facts, parts) or ("" if told else NOTHING)


def _of_heads(heads: list[str], text: str) -> str:
    """What a page with little text calls itself."""
    for said, sign in ((MISSING, _MISSING), (BROKEN, _BROKEN), (ROBOT, _ROBOT)):
        if any(
            found and found.end() - found.start() >= 0.3 * len(head) for head in heads if (found := sign.search(head))
        ):
            return said
    if len(text) < _CAPTION and _ROBOT.search(text):
        return ROBOT
    return LOGIN if len(text) < _CAPTION and any(_LOGIN.match(head) for head in heads) else ""


def _is_cut(page: HtmlElement, facts: PageMetadata, text: str, end: str) -> bool:
    if len(text) < _WHOLE and _SUBSCRIBE.search(end):
        return True
    if len(text) >= _BEGINNING:
        return False
    walls = ("".join(wall.itertext())[:_LONGEST_END] for wall in page.xpath(_WALLS, namespaces=_REGEXP)[:_MOST_WALLS])
    return not facts.is_free or any(map(_SUBSCRIBE.search, walls))


def _of_markup(page: HtmlElement, facts: PageMetadata, text: str) -> str:
    sentences = [line for line in re.split(r"(?<=[.!?])\s+|\n+", text) if line]
    if sentences and sum(bool(_CONSENT.search(line)) for line in sentences) * 2 > len(sentences):
        return CONSENT
    if len(text) >= _CAPTION:
        return ""
    if facts.is_media:
        return MEDIA
    if page.xpath(_PASSWORD):
        return LOGIN
    return FORM if not facts.is_article and len(page.xpath(_FIELDS)) >= 3 else ""


def _index(page: HtmlElement, facts: PageMetadata, parts: Sequence[tuple[str, bool]]) -> str:
    """An index is headings that are links with a line or two each, and no text of its own beside them."""
    teasers = [heading for heading in page.xpath(_TEASER)[:_MOST_TEASERS] if _plain("".join(heading.itertext()))]
    if len(teasers) < _FEWEST_TEASERS:
        return ""
    theirs = {_plain("".join(heading.itertext())) for heading in teasers}
    theirs |= {_plain("".join(p.itertext())) for heading in teasers for p in _beside(heading)}
    own = sum(len(text) for text, is_heading in parts if not is_heading and _plain(text) not in theirs)
    return INDEX if own < (_OWN_OF_ARTICLE if facts.is_article else _OWN) else ""


def _beside(heading: HtmlElement) -> list[HtmlElement]:
    """The paragraphs in the smallest part of the page around a teaser's heading that holds any, and no other teaser."""
    for holder in heading.iterancestors():
        if len(holder.xpath(_TEASER)) > 1:
            return []
        if found := list(holder.iter("p")):
            return found if sum(len("".join(p.itertext())) for p in found) <= _TEASER_TEXT else []
    return []


def _plain(text: str) -> str:
    return " ".join(text.split()).casefold()
