"""Questions about somebody's words: who is asked about, and on what."""

import re
from dataclasses import dataclass

from retrieval.quotes.speakers.names import TITLES
from retrieval.text.terms import content_terms

# Verbs that ask for words and nothing else ...
_SAYING = (
    r"say|said|says|saying|think|thinks|thought|believe|believes|believed|feel|feels|felt|tell|told|claim|claims|claimed|"
    r"state|stated|deny|denies|denied|call|calls|called|promise|promises|promised|warn|warns|warned|argue|argues|argued|"
    r"comment|commented|respond|responds|responded|react|reacts|reacted|reply|replied|talk|talked|speak|speaks|spoke|"
    r"write|wrote|describe|describes|described|explain|explained|stress|stressed|insist|insists|insisted|suggest|suggested|"
    r"mention|mentioned|criticize|criticized|criticise|criticised|emphasize|emphasized|emphasise|emphasised|"
    r"acknowledge|acknowledged|accuse|accused|admit|admitted|remark|remarked|praise|praised|condemn|condemned|vow|vowed|"
    r"defend|defended|dismiss|dismissed|mock|mocked|joke|joked|quip|quipped|tweet|tweeted"
)
# ... and those that ask for deeds as often.
_DOING = (
    r"announce|announced|propose|proposed|demand|demanded|urge|urged|predict|predicted|report|reported|"
    r"declare|declared|add|added|complain|complained"
)
_SUBJECT = (
    r"(?:(?:ever|just|also|publicly|been|really|recently|previously|once|later|first|finally|actually) )?"
    rf"(?P<verb>(?-i:{_SAYING}|{_DOING}))\b"
)
_ABOUT = (
    r"(?: anything| something)?\s*(?:(?:about|of|on|regarding|concerning|to|that|over|for|with|against|in)\b)?"
    r"\s*(?P<topic>.*?)[\s?.!]*$"
)
_LEAD = r"^(?:and |so |but )?"
_HELPER = r"(?:did|does|do|has|have|had|was|is)"
_QUESTION = re.compile(
    rf"{_LEAD}(?:(?:what|how(?: often| many times| strongly)?|when|where|why)\b(?: else| exactly)?\s*)?{_HELPER}\s+"
    rf"(?P<speaker>(?:(?:the|an?|his|her|its|their)\s+)?+\S.*?)\s+{_SUBJECT}{_ABOUT}",
    re.IGNORECASE,
)
_TELLING = re.compile(  # "what Pell said about tolls"
    rf"{_LEAD}what (?P<speaker>(?-i:[A-Z])[\w’'-]+(?: (?-i:[A-Z])[\w’'-]+){{0,2}}) (?:has |had )?"
    rf"(?P<verb>said|says|thinks|thought|told|wrote)\b{_ABOUT}",
    re.IGNORECASE,
)
_WORDS = "views?|opinions?|position|stance|comments?|remarks?|statements?|take|reaction|response|reply|words|thoughts"
_VIEW = re.compile(rf"{_LEAD}how (?:did|does|do) (?P<speaker>\S.*?) (?:view|see)\b{_ABOUT}", re.IGNORECASE)
_ASIDE = re.compile(r",\s+(?:the|an?|who)\b[^,]{1,60},")
_POLITE = re.compile(
    r"^(?:please\s+)?(?:(?:can|could) you\s+)?"
    r"(?:tell me|show me|say|do you know|i(?:'d| would)? (?:want|like) to know)\s+",
    re.IGNORECASE,
)
_OPINION = re.compile(
    rf"{_LEAD}what\s*(?:is|are|was|were|[’']s)\s+"
    rf"(?:the (?:{_WORDS}) of (?P<of>.+?)|(?P<speaker>.+?)(?:[’']s|[’'])\s+(?:own )?(?:{_WORDS}))\s+"
    r"(?:on|about|of|to|regarding|concerning)\s+(?P<topic>.*?)[\s?.!]*$",
    re.IGNORECASE,
)
_ACCORDING = re.compile(r"according to (?P<speaker>[^,?]+?)[,?]\s*(?P<topic>.*?)[\s?.!]*$", re.IGNORECASE)
_WHO = re.compile(
    rf"{_LEAD}(?:who|which (?:\w+ ){0, 2}\w+|whose words)\s+(?:else |first |has |have |is |was |are )?"
    rf"(?:(?-i:{_SAYING})|on record|quoted|talking|speaking|saying)\b{_ABOUT}",
    re.IGNORECASE,
)
_TITLES = re.compile(
    rf"^(?:(?:the|an?|{'|'.join(sorted(TITLES))}|(?:vice )?president|(?:prime|foreign|defen[cs]e|finance) minister|"
    r"former|then|us|u\.s)\b\.?\s+(?=(?!of\b|for\b|and\b)\w))+",
    re.IGNORECASE,
)
LONGEST_NAME = 6  # words; a longer one is a clause that was taken for a speaker
_NOBODY = re.compile(
    r"^(?:people|they|he|she|it|we|you|i|there|been|be|being)$|,|"
    r"\b(?:articles?|reports?|story|stories|coverage|who|whose|which|that)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class QuoteIntent:
    """What a question about somebody's words asks for; `speaker` and `topic` are stems.

    Without a name it asks who says something. `only_words` where deeds would be no answer.
    """

    name: str
    speaker: frozenset[str]
    topic: frozenset[str]
    about: str = ""
    only_words: bool = True
    titled: str = ""  # the name with `Mr.`, `Secretary` and the like


def parse_quote_intent(question: str) -> QuoteIntent | None:
    """Who is asked about and on what, if the question asks for somebody's words; None otherwise."""
    plain = _POLITE.sub("", _ASIDE.sub(" ", question.strip()))
    who = _WHO.match(plain)
    if who:
        topic = frozenset(content_terms(who["topic"])) if who["topic"] else frozenset()
        return QuoteIntent("", frozenset(), topic, who["topic"], only_words=False) if topic else None
    found = (
        _OPINION.match(plain)
        or _VIEW.match(plain)
        or _QUESTION.match(plain)
        or _TELLING.match(plain)
        or _ACCORDING.search(plain)
    )
    if not found:
        return None
    full = (found.groupdict().get("of") or found["speaker"] or "").strip()
    name = _TITLES.sub("", full) or full
    speaker = frozenset(content_terms(name))
    if not speaker or len(name.split()) > LONGEST_NAME or _NOBODY.search(name):
        return None
    deeds = re.fullmatch(_DOING, found.groupdict().get("verb") or "", re.IGNORECASE)
    only_words = not deeds and found.re is not _ACCORDING  # "according to a survey" asks for a fact
    about = found["topic"] or (plain[: found.start()].strip(" ,") if found.re is _ACCORDING else "")
    topic = frozenset(content_terms(about)) if about else frozenset[str]()
    return QuoteIntent(name, speaker, topic, about, only_words, full)


def intent_for_speaker(name: str, question: str) -> QuoteIntent:
    """The same for a speaker named beside the question."""
    asked = parse_quote_intent(question)
    speaker = frozenset(content_terms(name))
    if asked and asked.name:
        return QuoteIntent(name, speaker, asked.topic, asked.about, titled=name)
    return QuoteIntent(name, speaker, frozenset(content_terms(question)) - speaker, question.strip(" ?.!"), titled=name)
