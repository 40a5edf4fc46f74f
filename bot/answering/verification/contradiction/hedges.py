"""Detect hedges (might, reportedly, plans to) that a sentence drops although its support has them."""

import re

from bot.answering.verification.lexical.weighted_terms import stems

_HEDGE = re.compile(
    r"\b(?:might|(?-i:may)|could(?! not\b|n[’']t\b)|would|should|can|if|whether|unless|possib(?:le|ly|ility)|"
    r"potential(?:ly)?|probabl[ey]|perhaps|maybe|likely|alleged(?:ly)?|alleg(?:es|e|ing|ations?)|reported(?:ly)?|suspect(?:s|ed)?|"
    r"purported(?:ly)?|apparent(?:ly)?|seem(?:s|ed|ingly)?|appear(?:s|ed)?|expect(?:s|ed)?|plan(?:s|ned|ning)?|"
    r"propos(?:es?|ed|als?|ing)|hop(?:es?|ed|ing)|aim(?:s|ed|ing)?|intend(?:s|ed|ing)?|intent(?:ion)?|want(?:s|ed|ing)?|seek(?:s|ing)?|sought|"
    r"consider(?:s|ed|ing)?|threat(?:s|en|ens|ened|ening)?|set to|due to|about to|try(?:ing)?|tried|ask(?:s|ed|ing)?|"
    r"urg(?:es?|ed|ing)|call(?:s|ed|ing)? (?:for|on)|believ(?:es?|ed|ing)|think(?:s|ing)?|thought|suggest(?:s|ed|ing)?|"
    r"claim(?:s|ed|ing)?|argu(?:es?|ed|ing)|accus(?:es?|ed|ing|ations?)|fear(?:s|ed|ing)?|predict(?:s|ed|ing|ions?)?|estimat(?:es?|ed|ing)|"
    r"risks?|prospects?|charge[sd]?|pledg(?:es?|ed)|promis(?:es?|ed|ing)|vow(?:s|ed|ing)?|will|to be)\b",
    re.IGNORECASE,
)
# Hedges that turn a fact into a possibility; the other words above only count as hedges of the sentence itself.
_OPEN = re.compile(
    r"\b(?:might|(?-i:may)|could(?! not\b|n[’']t\b| have been able)|possibl[ey]|potential(?:ly)?|probabl[ey]|perhaps|"
    r"alleged(?:ly)?|reportedly|suspected|purported(?:ly)?|apparently|proposed|likely|"
    r"(?:plan(?:s|ned|ning)?|hop(?:es?|ed|ing)|aim(?:s|ed|ing)?|intend(?:s|ed|ing)?|want(?:s|ed|ing)?|seek(?:s|ing)?|"
    r"sought|expected|set|considering|threaten(?:s|ed|ing)?|"
    r"seem(?:s|ed)?|appear(?:s|ed)?|tr(?:y|ies|ied|ying)|likely) to|"
    r"(?:hope|chance|risk|threat|prospect|possibility|danger|bid|effort|attempt|proposal|plan|request)s? "
    r"(?:of|to|for))\b",
    re.IGNORECASE,
)
_CERTAIN = re.compile(r"\bwill\b", re.IGNORECASE)
AFTER = 2  # content terms after a hedge that the hedge is about


def is_open(text: str) -> bool:
    """Whether a text turns a fact into a possibility."""
    return bool(_OPEN.search(text))


def is_hedged(text: str) -> bool:
    """Whether a text has any hedging word."""
    return is_open(text) or bool(_HEDGE.search(_CERTAIN.sub(" ", text)))


def loses_hedge(said: str, held: str) -> bool:
    """Whether a sentence states as a fact what its support hedges."""
    if is_hedged(said):
        return False
    mine = set(stems(said))
    for match in _OPEN.finditer(held):
        about = stems(held[match.end() :].split(".")[0])[:AFTER]
        if about and mine.issuperset(about):
            return True
    return False
