"""Detect what models write around an answer: openings, transitions, and refusals."""

import re

_THEM = (
    r"(?:the |these |this |any of the |your )?(?:provided |given |supplied |"
    r"available |cited |numbered |retrieved |above )?"
    r"(?:articles?|passages?|sources?|texts?|context|excerpts?|information|documents?|reports?|coverage|materials?)"
    r"(?: (?:provided|given|above|available|supplied|here))?"
)
_TELLS = r"(?:say|state|report|note|mention|indicate|show|explain|describe|write)(?:s|d|ed)?|said|wrote"
_SILENT = (
    r"(?:(?:do|does|did)(?: not|n[’']t) (?:\w+ )?(?:mention|say|contain|provide|include|answer|address|discuss|"
    r"state|specify|cover|give|offer|indicate|report|describe|explain|reveal|tell|have)|"
    r"(?:make|makes|made|contain|contains|say|says|give|gives|provide|provides) (?:no|nothing)\b|"
    r"(?:is|are) silent\b|lacks?\b|(?:has|have) no(?:thing)?\b)"
)
_REFUSAL = re.compile(
    rf"\b{_THEM} {_SILENT}|"
    rf"^(?:unfortunately,? )?(?:there (?:is|are) )?(?:no|not enough|insufficient|nothing)\b.{{0,60}}"
    rf"\b(?:in|from|by) {_THEM}|"
    rf"^(?:unfortunately,? )?(?:none|neither) of {_THEM}|"
    r"\bnot (?:mentioned|stated|specified|addressed|discussed|provided|given|covered|included|answered|"
    rf"contained|found) (?:\w+ )?(?:in|by) {_THEM}|"
    r"\bI (?:cannot|can[’']t|could not|couldn[’']t|am unable to|am not able to|do not|don[’']t) "
    r"(?:\w+ )?(?:answer|find|determine|know|have|say|tell|confirm|provide)\b|"
    rf"\bit is (?:not (?:clear|possible|known|stated)|unclear|impossible)\b.{{0,60}}\b(?:in|from|by) {_THEM}",
    re.IGNORECASE,
)
_OPENING = re.compile(
    rf"(?:(?:according to|based on|as (?:reported|stated|noted|described) (?:in|by)|in|from|per) {_THEM},\s*|"
    rf"{_THEM} (?:also )?(?:{_TELLS}) that\s+|"
    r"(?:(?:short |final )?answer|summary|conclusion)s?:\s+|"
    r"(?:in short|in summary|to summari[sz]e|overall|additionally|furthermore|moreover|in addition|also),\s+)",
    re.IGNORECASE,
)
_BRIDGE = re.compile(r":[*_\s]*\Z")


def is_refusal(text: str) -> bool:
    """Whether a sentence states that the articles do not answer."""
    bare = re.sub(r"[“\"][^”\"]*[”\"]", "", text)  # a quoted refusal is no refusal of the model
    return bool(_REFUSAL.search(bare))


def is_bridge(text: str) -> bool:
    """Whether a sentence only introduces the next one."""
    return bool(_BRIDGE.search(text)) or not any(char.isalnum() for char in text)


def without_opening(text: str) -> str:
    """Remove openings such as `According to the articles,`, and capitalize the rest."""
    rest = text.strip()
    while found := _OPENING.match(rest):
        rest = rest[found.end() :].lstrip()
    return rest[:1].upper() + rest[1:]
