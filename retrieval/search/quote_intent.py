"""Tell by patterns whether a question asks for somebody's words: whose, and on what topic."""

import re
from dataclasses import dataclass

from retrieval.quotes.speakers.names import TITLES
from retrieval.text.terms import STOP_WORDS, common_words, content_terms

# Verbs that ask for words ...
_SPEECH_VERBS = (
    r"say|said|says|saying|think|thinks|thought|believe|believes|believed|feel|feels|felt|tell|told|claim|claims|claimed|"
    r"state|stated|deny|denies|denied|call|calls|called|promise|promises|promised|warn|warns|warned|argue|argues|argued|"
    r"comment|commented|respond|responds|responded|react|reacts|reacted|reply|replied|talk|talked|speak|speaks|spoke|"
    r"write|wrote|describe|describes|described|explain|explained|stress|stressed|insist|insists|insisted|suggest|suggested|"
    r"mention|mentioned|criticize|criticized|criticise|criticised|emphasize|emphasized|emphasise|emphasised|"
    r"acknowledge|acknowledged|accuse|accused|admit|admitted|remark|remarked|praise|praised|condemn|condemned|vow|vowed|"
    r"defend|defended|dismiss|dismissed|mock|mocked|joke|joked|quip|quipped|tweet|tweeted"
)
# ... and those that ask for deeds as often, so that "Who announced ...?" asks for a name. What is read decides.
_DEED_VERBS = (
    r"announce|announced|propose|proposed|demand|demanded|urge|urged|predict|predicted|report|reported|"
    r"declare|declared|add|added|complain|complained"
)
_VERB = (
    r"(?:(?:ever|just|also|publicly|been|really|recently|previously|once|later|first|finally|actually) )?"
    rf"(?P<verb>(?-i:{_SPEECH_VERBS}|{_DEED_VERBS}))\b"
)
_TOPIC = (
    r"(?: anything| something)?\s*(?:(?:about|of|on|regarding|concerning|to|that|over|for|with|against|in)\b)?"
    r"\s*(?P<topic>.*?)[\s?.!]*$"
)
_CONJUNCTION = r"^(?:and |so |but )?"
_AUXILIARY = r"(?:did|does|do|has|have|had|was|is)"
_ASKS_WHAT_SAID = re.compile(
    rf"{_CONJUNCTION}(?:(?:what|how(?: often| many times| strongly)?|when|where|why)\b(?: else| exactly)?\s*)?"
    rf"{_AUXILIARY}\s+"
    rf"(?P<speaker>(?:(?:the|an?|his|her|its|their)\s+)?+\S.*?)\s+{_VERB}{_TOPIC}",
    re.IGNORECASE,
)
# Whether something was written asks for a deed, what was written for words.
_ASKS_DEED = re.compile(
    rf"{_CONJUNCTION}{_AUXILIARY}\s\S.*?\s(?:ever )?(?:write|written) (?:an?|the|any|his|her)\s", re.IGNORECASE
)
_WHAT_SAID = re.compile(  # "Tell me what Pell said about tolls", without "Tell me"
    rf"{_CONJUNCTION}what (?P<speaker>(?-i:[A-Z])[\w’'-]+(?: (?-i:[A-Z])[\w’'-]+){{0,2}}) (?:has |had )?"
    rf"(?P<verb>said|says|thinks|thought|told|wrote)\b{_TOPIC}",
    re.IGNORECASE,
)
_OPINION_NOUNS = (
    "views?|opinions?|position|stance|comments?|remarks?|statements?|take|reaction|response|reply|words|thoughts"
)
_ASKS_VIEW = re.compile(rf"{_CONJUNCTION}how (?:did|does|do) (?P<speaker>\S.*?) (?:view|see)\b{_TOPIC}", re.IGNORECASE)
_APPOSITION = re.compile(r",\s+(?:the|an?|who)\b[^,]{1,60},")
_REQUEST = re.compile(
    r"^(?:please\s+)?(?:(?:can|could) you\s+)?"
    r"(?:tell me|show me|say|do you know|i(?:'d| would)? (?:want|like) to know)\s+",
    re.IGNORECASE,
)
_ASKS_OPINION = re.compile(
    rf"{_CONJUNCTION}what\s*(?:is|are|was|were|[’']s)\s+"
    rf"(?:the (?:{_OPINION_NOUNS}) of (?P<of>.+?)|(?P<speaker>.+?)(?:[’']s|[’'])\s+(?:own )?(?:{_OPINION_NOUNS}))\s+"
    r"(?:on|about|of|to|regarding|concerning)\s+(?P<topic>.*?)[\s?.!]*$",
    re.IGNORECASE,
)
_ACCORDING_TO = re.compile(r"according to (?P<speaker>[^,?]{1,200}?)[,?]\s*(?P<topic>.*?)[\s?.!]*$", re.IGNORECASE)
_WHO_SAID = re.compile(
    rf"{_CONJUNCTION}(?:who|which (?:\w+ ){{0,2}}\w+(?!\s+state\b)|whose words)\s+"  # not `Which US state`
    r"(?:else |first |has |have |is |was |are )?"
    rf"(?:(?P<verb>(?-i:{_SPEECH_VERBS}))|on record|quoted|talking|speaking|saying)\b{_TOPIC}",
    re.IGNORECASE,
)
_LEADING_TITLES = re.compile(
    rf"^(?:(?:the|an?|{'|'.join(sorted(TITLES))}|(?:vice )?president|(?:prime|foreign|defen[cs]e|finance) minister|"
    r"former|then|us|u\.s)\b\.?\s+(?=(?!of\b|for\b|and\b)\w))+",
    re.IGNORECASE,
)
_HOW_OFTEN = re.compile(rf"{_CONJUNCTION}how (?:often|many times)\b", re.IGNORECASE)
_WHETHER = re.compile(rf"{_CONJUNCTION}{_AUXILIARY}\b", re.IGNORECASE)
_WORD = re.compile(r"\w+")
MAX_NAME_WORDS = 6  # a longer name is a clause that was taken for a speaker
_NO_SPEAKER = re.compile(
    r"\b(?:not|to)$|^(?:it|there)\b|^(?:people|they|he|she|we|you|i|been|be|being)$|,|"
    r"\b(?:articles?|reports?|story|stories|coverage|who|whose|which|that|when|if)\b|\S\s(?:his|her|its|their|an?)\s",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class QuoteIntent:
    """What a question asks for that asks for somebody's words.

    Without a `speaker_name` it asks who says something on the topic. Names and `topic_text` are as the question writes
    them, `speaker_terms` and `topic_terms` stemmed; `titled_name` keeps `Mr.`, `Secretary` and the like;
    `from_filter` is true where a filter names the speaker, `asks_fact` where it asks what is so according to them or
    how often something was said, `asks_whether` where it asks whether it was, `asks_reason` where it asks why,
    `asks_denial` where it asks who denied something, `is_described` where a common noun says who: `the voters`,
    `Norland's team leader`.
    """

    speaker_name: str
    speaker_terms: frozenset[str]
    topic_terms: frozenset[str]
    topic_text: str = ""
    titled_name: str = ""
    from_filter: bool = False
    asks_fact: bool = False
    asks_whether: bool = False
    asks_reason: bool = False
    asks_denial: bool = False
    is_described: bool = False


def parse_quote_intent(question: str) -> QuoteIntent | None:
    """The intent of a question that asks for somebody's words, None for any other question."""
    plain = _REQUEST.sub("", _APPOSITION.sub(" ", question.strip()))
    if who := _WHO_SAID.match(plain):
        return _any_speaker(who["topic"], asks_denial=(who["verb"] or "").lower().startswith(("deny", "deni")))
    found = (
        _ASKS_OPINION.match(plain)
        or _ASKS_VIEW.match(plain)
        or (_ASKS_WHAT_SAID.match(plain) if not _ASKS_DEED.match(plain) else None)
        or _WHAT_SAID.match(plain)
        or _ACCORDING_TO.search(plain)
    )
    return _of_speaker(found, plain) if found else None


def intent_for_speaker(name: str, question: str) -> QuoteIntent:
    """The intent of any question that is asked together with a speaker's name, such as in a filter."""
    parsed = parse_quote_intent(question)
    speaker_terms = frozenset(content_terms(name))
    if parsed and parsed.speaker_name:
        return QuoteIntent(
            name, speaker_terms, parsed.topic_terms, parsed.topic_text, titled_name=name, from_filter=True
        )
    topic_terms = frozenset(content_terms(question)) - speaker_terms
    return QuoteIntent(name, speaker_terms, topic_terms, question.strip(" ?.!"), titled_name=name, from_filter=True)


def _any_speaker(topic: str, *, asks_denial: bool) -> QuoteIntent | None:
    """The intent of `Who said ...`; without a topic it refers back to what was said before."""
    topic_terms = _topic_terms(topic)
    return QuoteIntent("", frozenset(), topic_terms, topic, asks_denial=asks_denial) if topic_terms else None


def _topic_terms(topic: str) -> frozenset[str]:
    """The terms of a topic; none of one that only points back, such as `it`."""
    return frozenset(content_terms(topic)) if set(_WORD.findall(topic.lower())) - STOP_WORDS else frozenset()


def _of_speaker(found: re.Match[str], question: str) -> QuoteIntent | None:
    """The intent of a question that names a speaker, None where what stands in the speaker's place is none."""
    titled_name = (found.groupdict().get("of") or found["speaker"] or "").strip()
    name = _LEADING_TITLES.sub("", titled_name) or titled_name
    speaker_terms = frozenset(content_terms(name))
    if not speaker_terms or len(name.split()) > MAX_NAME_WORDS or _NO_SPEAKER.search(name):
        return None
    is_according_to = found.re is _ACCORDING_TO
    topic = found["topic"] or (question[: found.start()].strip(" ,") if is_according_to else "")
    return QuoteIntent(
        speaker_name=name,
        speaker_terms=speaker_terms,
        topic_terms=_topic_terms(topic),
        topic_text=topic,
        titled_name=titled_name,
        asks_fact=is_according_to or bool(_HOW_OFTEN.match(question)),
        asks_whether=bool(_WHETHER.match(question)),
        asks_reason=question.lower().startswith("why "),
        is_described=_is_description(name, question),
    )


def _is_description(name: str, question: str) -> bool:
    """Whether the head of a phrase, before `of` and the like, is a common noun."""
    head = re.split(r"\s(?:of|for|in|at|from)\s", name)[0].split()[-1:]
    return bool(head) and head[0].islower() and head[0] in common_words() and not question.islower()
