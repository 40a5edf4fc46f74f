"""Make examples for the modality model: the contexts of the quotes in labelled sentences, and of PolNeAR's.

`sentences.jsonl` and `held_out.jsonl` are sentences of our own, with the words in question in brackets. They are varied
by putting other names, verbs and words into them, so that the model learns the form of a sentence and not its names.
"""

import json
import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from evals.data import attributed
from retrieval.documents import Modality
from retrieval.quotes.attribution.attribution import Attribution
from retrieval.quotes.attribution.attribution_spans import find_attributions
from retrieval.quotes.attribution.network import trained_weights
from retrieval.quotes.attribution.quotation_marks import quotation_spans
from retrieval.quotes.attribution.token_features import Floats, tokenize
from retrieval.quotes.modality.classifier import MODALITIES
from retrieval.quotes.modality.cue_contexts import CueContext, find_cue_contexts
from retrieval.text.sentences import Span, sentence_spans

FOLDER = Path(__file__).parent
MIN_OVERLAP = 0.35  # Dice coefficient, in characters, of a quote and the words in brackets, to be an example
EARLIEST = 9  # characters before the words in brackets in which a quote may begin: `that`, `a meeting`
VARIATIONS = 10  # of each sentence
# A quote of PolNeAR is taken for said where nothing around its cue hints at anything else.
_HINT = re.compile(
    r"\b(?:not|never|no|nor|none|nobody|few|neither|den\w+|refus\w*|declin\w*|reject\w*|disput\w*|dismiss\w*|if|whether|"
    r"asked|would|could|should|might|may|will|without|rul\w+ out|doubt\w*|alleg\w*|rumou?r\w*|unclear|unless|want\w*|"
    r"urg\w*|call\w* (?:on|for)|hop\w*|expect\w*|plan\w*)\b|n[’']t\b",
    re.IGNORECASE,
)
_HINT_REACH = 25  # characters before the cue
_VERBS = [
    forms.split()
    for forms in (
        *("say said said saying", "say said said saying", "say said said saying", "claim claimed claimed claiming"),
        *("state stated stated stating", "insist insisted insisted insisting", "argue argued argued arguing"),
        *("announce announced announced announcing", "write wrote written writing", "warn warned warned warning"),
        *("suggest suggested suggested suggesting", "declare declared declared declaring"),
        *("mention mentioned mentioned mentioning", "admit admitted admitted admitting"),
        *("promise promised promised promising", "reveal revealed revealed revealing"),
        *("confirm confirmed confirmed confirming", "testify testified testified testifying"),
        *("acknowledge acknowledged acknowledged acknowledging", "explain explained explained explaining"),
    )
]
_TELLING = [
    forms.split()
    for forms in (
        *("tell told told telling", "tell told told telling", "inform informed informed informing"),
        *("warn warned warned warning", "assure assured assured assuring"),
    )
]
_NAMES = (
    "Abbot Baines Calder Dorrance Eklund Farrow Gates Hollis Ibarra Jonas Kessler Larkin Mendez Norton Ogden Price "
    "Quarles Rahman Salter Trent Upton Vasquez Whitman Yates Zeller Johnson Smith Cooper Walker Miller"
).split()
_NO_NAMES = frozenset("Minister Mayor Captain President Senator Governor Bishop Monday Sunday Friday May June".split())
_QUOTED = (
    *("we will build it again", "this is a disgrace", "I am ready", "nothing has changed", "it was my fault"),
    *("the people deserve better", "you cannot have it both ways", "we are not going back", "if it rains, we stay"),
)
_CLAUSES = (
    *("the plant would be shut", "he had no plans to leave", "taxes were too high", "she would not run again"),
    *("the army had crossed the river", "no decision had been taken", "prices would rise in spring"),
)
_INFINITIVES = ("leave the building", "sign the paper", "wait for help", "burn the letters", "send more troops")
_QUESTIONS = ("who had paid", "when the road would open", "how much it cost", "whether the deal was dead")
_BEFORE = ("It rained. ", "The council met on Monday. ", "The talks went on for hours. ", "Nobody was hurt. ")


@dataclass(frozen=True, slots=True)
class Sentence:
    """A text with the words in question between brackets, and their modality."""

    marked: str
    modality: Modality

    @property
    def text(self) -> str:
        return self.marked.replace("[", "").replace("]", "")

    @property
    def words(self) -> Span:
        return self.marked.index("["), self.marked.index("]") - 1


@dataclass(frozen=True, slots=True)
class Example:
    """The features of a quote's context, one row a token, and the number of its modality."""

    features: Floats
    label: int


def read_sentences(path: Path) -> list[Sentence]:
    """The labelled sentences of a file."""
    rows = map(json.loads, path.read_text("utf-8").splitlines())
    return [Sentence(row["text"], row["modality"]) for row in rows]


def training_examples(data: Path, limit: int) -> list[Example]:
    """Examples of all sentences and their variations, and up to `limit` of PolNeAR."""
    chance = random.Random(3)
    sentences = read_sentences(FOLDER / "sentences.jsonl")
    varied = [vary(sentence, chance) for _ in range(VARIATIONS) for sentence in sentences]
    own = [example for sentence in (*sentences, *varied) for example in examples_of(sentence)]
    public = list(_polnear_examples(data))
    return own + chance.sample(public, min(limit, len(public)))


def examples_of(sentence: Sentence) -> Iterator[Example]:
    """The quote that fits the words in brackets best; none where no quote is found in them."""
    label = MODALITIES.index(sentence.modality)
    yield from (Example(context.features, label) for _, context in fitting_attributions(sentence))


def fitting_attributions(sentence: Sentence) -> list[tuple[Attribution, CueContext]]:
    """The attributions whose content fits the words in brackets best, mostly one; none where none fits."""
    overlaps = [
        (_dice(item.content, sentence.words), item, context)
        for item, context in contextd_attributions(sentence.text)
        if sentence.modality == "said" or item.content[0][0] >= sentence.words[0] - EARLIEST
    ]
    best = max((overlap for overlap, *_ in overlaps), default=0.0)
    return [(item, context) for overlap, item, context in overlaps if overlap == best >= MIN_OVERLAP]


def contextd_attributions(text: str) -> Iterator[tuple[Attribution, CueContext]]:
    """The attributions of a text that have a cue, with their contexts."""
    net, quotations = trained_weights(), quotation_spans(text)
    tokens = tokenize(text, quotations, sentence_spans(text))
    items = find_attributions(net, text, tokens, quotations)
    for context in find_cue_contexts(net["emb"], tokens, items):
        yield items[context.number], context


def vary(sentence: Sentence, chance: random.Random) -> Sentence:
    """The same sentence with other words, verbs and names, sometimes after another sentence."""
    before, rest = sentence.marked.split("[")
    words, after = rest.split("]")
    if chance.random() < 0.7:
        words = _other_words(words, before, chance)
    if chance.random() < 0.75:
        verb, telling = chance.choice(_VERBS), chance.choice(_TELLING)
        before, after = (_with_verbs(part, verb, telling) for part in (before, after))
    for name in sorted(set(re.findall(r"(?<!^)(?<![.“] )\b[A-Z][a-zà-ÿ]{2,}\b", f"{before} {after}")) - _NO_NAMES):
        if chance.random() < 0.7:
            other = chance.choice(_NAMES)
            before, after = (re.sub(rf"\b{name}\b", other, part) for part in (before, after))
    opening = chance.choice(_BEFORE) if chance.random() < 0.3 else ""
    return Sentence(f"{opening}{before}[{words}]{after}", sentence.modality)


def _other_words(words: str, before: str, chance: random.Random) -> str:
    """Other words of the same form: a quotation, a question, an infinitive or a clause."""
    if words.startswith("“"):
        quoted, mark = chance.choice(_QUOTED), re.search(r"([,.?!]?)”$", words)
        quoted = quoted[0].upper() + quoted[1:] if words[1:2].isupper() else quoted
        return f"“{quoted}{mark[1] if mark else ''}”"
    if re.match(r"(?:who|what|when|how|why|whether|if) ", words):
        return chance.choice(_QUESTIONS)
    if before.endswith(" to "):
        return chance.choice(_INFINITIVES)
    if before.endswith("that ") or re.match(r"(?:the|she|he|it|they|no|nobody|there|taxes|fares)\b", words):
        return chance.choice(_CLAUSES)
    return words


def _with_verbs(part: str, verb: Sequence[str], telling: Sequence[str]) -> str:
    """A part of a sentence with other verbs for `say` and `tell`, in the same forms."""
    for old, new in ((_VERBS[0], verb), (_TELLING[0], telling)):
        part = re.sub(rf"\b{old[0]}\b(?! (?:no|nothing|little|such|yes)\b)", new[0], part)
        part = re.sub(
            rf"(?<=had ){old[2]}\b|(?<=have ){old[2]}\b|(?<=has ){old[2]}\b|(?<=never ){old[2]}\b", new[2], part
        )
        part = re.sub(rf"\b{old[1]}\b(?! (?:no|nothing|little)\b)", new[1], part)
        part = re.sub(rf"\b{old[3]}\b", new[3], part)
    return part


def _polnear_examples(data: Path) -> Iterator[Example]:
    """Quotes of PolNeAR whose cue is annotated and that nothing hints were not said."""
    for text, marked in attributed(data).values():
        cues = [span for gold in marked if gold.content for span in gold.cue]
        for item, context in contextd_attributions(text):
            start, end = item.cue or (0, 0)
            source = text[slice(*item.source)] if item.source else ""
            is_annotated = any(one < end and start < other for one, other in cues)
            if is_annotated and not _HINT.search(f"{source} {text[max(0, start - _HINT_REACH) : end]}"):
                yield Example(context.features, MODALITIES.index("said"))


def _dice(content: Sequence[Span], words: Span) -> float:
    shared = sum(max(0, min(end, words[1]) - max(start, words[0])) for start, end in content)
    return 2 * shared / (sum(end - start for start, end in content) + words[1] - words[0])
