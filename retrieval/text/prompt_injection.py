"""Detect prompt injection: text in an article or a draft that instructs the model. It is never shown or cited."""

import re
from functools import lru_cache

from retrieval.text.sentences import Span

REMEMBERED = 1_024  # texts
_RULES = (
    r"(?:instructions?|instructed|rules|guidelines|directives?|prompts?|restrictions|programming|"
    r"anweisungen|richtlinien|regeln|instrucciones|reglas|restricciones|consignes|règles|istruzioni|regole|restrizioni)"
)
_REPLY = (
    r"(?:answers?|repl(?:y|ies)|responses?|summar(?:y|ies)|messages?|outputs?|reviews?|antwort|respuestas?|réponses?|"
    r"rispost[ae])"
)
_ANY = r"[^.!?]"
_ORDERS = (
    # overriding earlier instructions
    rf"\b(?:ignor(?!es\b|ed\b)\w*|disregard|forget|override|bypass|olvida|vergiss|oublie\w*|dimentica)\b"
    rf"(?! for\b){_ANY}{{0,30}}\b(?:your|all\w*|any|above|previous|prior|earlier|deine|vorherigen|anteriores|"
    rf"précédentes|las|toutes|tutte|alles)\b{_ANY}{{0,30}}\b{_RULES}\b",
    r"\b(?:ignore|disregard|forget) (?:everything|anything|all) (?:above|before|previous|prior|you)\b|"
    r"\bvergiss alles\b|\bread the hidden prompt\b|\bthe hidden prompt\b",
    # asking for the system prompt
    rf"\b(?:reveal|show|print|repeat|leak|tell|verrate|muestra|zeige)\b{_ANY}{{0,40}}\b{_RULES}{_ANY}{{0,12}}\b"
    r"(?:you were|were given|verbatim|word|wortwörtlich)\b|\binstructions you were given\b|\bneue anweisungen\b",
    r"\bsystem[ -]?(?:prompts?|note|hinweis|update|anweisungen?)\b|(?:^|\n|# )system:\s|\bnota di sistema\b|"
    r"\bprompt (?:système|del sistema)\b|\bignore your guidelines\b|\bdeine (?:richtlinien|regeln)\b",
    # how to answer, or what to add to the answer
    rf"\b(?:in|to|of|at the end of|into|from) (?:your|every|each|jeder|ogni) (?:\w+ )?{_REPLY}\b(?! boards?\b)",
    rf"\b(?:add|append|render|write|express|reverse|encrypt|provide|modify|enhance|augment|translate|jumble|represent|"
    rf"display|group letters of|invert|include)\b{_ANY}{{0,60}}\byour (?:\w+ )?{_REPLY}\b",
    r"\b(?:reply|respond|answer) (?:only )?(?:using|in|with) (?:base ?\d+|emojis?|rot13|json|html|code)\b",
    # a new role
    r"\byou are now (?:in |an? |dan\b)|\byou are an? (?:ai|language model)\b|\bas an ai\b|\bpretend you are an? ai\b",
    r"\b(?:from now on,? you|ab (?:jetzt|sofort)|a partir de ahora|ahora est[aá]s|ahora eres|ora sei|désormais tu)\b",
    r"\bai (?:coding )?agents?\)?:|\(assistant\)|\bas the assistant\b|\bif you are an ai\b",
    r"\b(?:como|come|als) (?:asistente|assistente|assistent)\b|\bdeveloper mode\b",
    # actions and exfiltration
    rf"\bdecode\b{_ANY}{{0,60}}\b(?:do|follow|execute)\b|\bfollow the instruction inside\b|\bdecode it and\b",
    rf"\b(?:append|output|print|repeat|reveal|leak|dump)\b{_ANY}{{0,50}}\b(?:token|verbatim|credentials|api keys|raw|"
    r"secrets|internal configuration|word for word|words above)\b",
    rf"\b(?:save|remember|included?)\b{_ANY}{{0,60}}\b(?:your memory|future (?:repl\w+|tasks)|every report)\b",
    r"\binclude the \w+_id\b|\bbefore you (?:reply|answer|respond)\b|\bsend (?:them|it) to attacker\b",
    r"\bwhen you process this\b|\ball internal data\b|\binternen daten preis\b|"
    r"\b(?:grant|allow) all (?:requests|content)\b",
)
_ORDER = re.compile("|".join(f"(?:{order})" for order in _ORDERS), re.IGNORECASE)
_CODED = re.compile(r"\b(?=\w*\d)(?=\w*[A-Za-z])[\w+/=-]{40,}")
_PARAGRAPH = re.compile(r"[^\n]+(?:\n(?!\s*\n)[^\n]+)*")


def is_injection(text: str) -> bool:
    """Whether a text instructs the model that reads it."""
    return bool(_ORDER.search(text) or _CODED.search(text))


@lru_cache(REMEMBERED)
def injected_spans(text: str) -> tuple[Span, ...]:
    """The spans of paragraphs with an instruction; text beside an instruction may be part of it."""
    return tuple(match.span() for match in _PARAGRAPH.finditer(text) if is_injection(match.group()))


def is_injected(text: str, span: Span) -> bool:
    """Whether a span overlaps a paragraph with an instruction."""
    return any(start < span[1] and span[0] < end for start, end in injected_spans(text))


def without_orders(text: str) -> str:
    """The text with its paragraphs that have an instruction blanked out, at the same length."""
    for start, end in injected_spans(text):
        text = f"{text[:start]}{' ' * (end - start)}{text[end:]}"
    return text
