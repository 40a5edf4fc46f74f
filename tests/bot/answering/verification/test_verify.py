"""What a model writes reaches a reader only where the articles say it."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.answering.generation.parsing.phrases import is_refusal
from bot.answering.messages import Claim, DraftSentence
from bot.answering.verification.evidence import Evidence
from bot.answering.verification.judging import ClaimJudge
from bot.answering.verification.verify import DroppedSentence, verify_remark
from retrieval.documents import Article
from tests.support.newsroom import LORRIES, TOLL
from tests.support.verification import BODY, PASSAGES, QUESTION, QUOTES, check, hit, kept, verify_sentence


def support(claim: Claim) -> list[tuple[str, str]]:
    texts = {item.id: item.text for item in BODY}
    return [(key, texts[key][start:end]) for key, (start, end) in claim.support]


JOINED = "The council approved the toll by 31 votes to 12, and repairs will cost $2.5 million and take eighteen months."
LOST = 0.2  # share of the honest sentences below that the judge may take for unsupported

HONEST = {
    "the article's sentence": ("The council approved the toll by 31 votes to 12.", (1,)),
    "passive": ("The toll was approved by the council by 31 votes to 12.", (1,)),
    "another order": ("By 31 votes to 12, the council has approved the bridge toll.", (1,)),
    "active for passive": ("Engineers confirmed the storm of 14 January broke the harbour wall.", (3,)),
    "plural": ("A lorry will pay 14 crowns per crossing from September 1.", (1,)),
    "short month": ("From Sept. 1 lorries will pay 14 crowns a crossing.", (1,)),
    "ordinal day": ("From the 1st of September lorries will pay 14 crowns a crossing.", (1,)),
    "a spelled number": ("Lorries will pay fourteen crowns a crossing.", (1,)),
    "a number in digits": ("Repairs will cost $2.5 million and take 18 months.", (3,)),
    "a short scale": ("Repairs will cost $2.5m.", (3,)),
    "a written-out number": ("Repairs will cost 2,500,000 dollars.", (3,)),
    "a number without its comma": ("Island ferries carried 412000 passengers last year.", (2,)),
    "percent": ("Attendance rose 4% last year.", (4,)),
    "percent as a word": ("Attendance rose by four percent last year.", (4,)),
    "digits for schools": ("11 schools on the island will share a nurse.", (4,)),
    "country for people": ("The builder Strandbau, from Germany, has not been hired yet.", (3,)),
    "negation in other words": ("The harbour wall at Skerry Point failed to survive the storm.", (3,)),
    "a short negation": ("The harbour wall didn't survive the storm.", (3,)),
    "a denial as a negation": ("Ferrow said the contractor had not been paid twice.", (3,)),
    "a kept denial": ("Councillor Ferrow denied the contractor was paid twice.", (3,)),
    "not promised": ("Brook had not promised the wall would last a century.", (3,)),
    "a quotation": ("“A toll is a tax on people who have no other road,” Okoro said.", (1,)),
    "straight marks": ('Okoro told the council: "A toll is a tax on people who have no other road."', (1,)),
    "a part of a quotation": ("Okoro called the toll “a tax on people who have no other road”.", (1,)),
    "a quotation with another dash": (
        'Brook said that "a wall is only as good as its footing - and this one has none".',
        (3,),
    ),
    "a quotation with a part left out": (
        "“The toll will pay for the ferries … nobody who lives on the island will pay twice,” Mayor Brandt said.",
        (1,),
    ),
    "two quotations": ("Brandt said “the toll will pay for the ferries” and spoke of “nine years” of waiting.", (1,)),
    "a short quotation": ("Miriam Aske called the plan “a plaster on a broken leg”.", (4,)),
    "reported speech": ("Jon Varga said the savings would pay for two buses.", (4,)),
    "a pronoun resolved": ("Okoro added that the ministry would look at the figures in June.", (1,)),
    "her resolved": ("Rosa Lind told visitors that the engine would outlive her.", (2,)),
    "a title before the name": ("Mayor Brandt defended the new bridge toll before the city council.", (1,)),
    "the outlet named": ("The Northern Tide reported that the harbour wall did not survive the storm.", (3,)),
    "the day of the article": ("On 20 January 2025 engineers confirmed that the wall did not survive the storm.", (3,)),
    "combined citation": (
        "The council approved the toll by 31 votes to 12, and the island ferries carried 412,000 passengers last year.",
        (1, 2),
    ),
    "an opening": ("According to the articles, parents from Lower Quay plan a protest on Thursday.", (4,)),
    "a relative clause": ("Captain Rosa Lind, who has steered the oldest ferry since 1998, spoke to visitors.", (2,)),
    "nothing cited": ("The island ferries carried 412,000 passengers last year.", ()),
    "the wrong passage cited": ("The island ferries carried 412,000 passengers last year.", (4,)),
    "an invented number for a true sentence": ("Eleven schools on the island will share one nurse.", (17,)),
    "an honest condensation": ("The island's schools will share one nurse from autumn.", (4,)),
    "the article's sentence, labelled": ("Answer: The council approved the toll by 31 votes to 12.", (1,)),
    "according to the outlet": ("According to the Northern Tide, the harbour wall did not survive the storm.", (3,)),
    "a full name that only the index has": ("“We paid once, and we paid late,” Tomas Ferrow said.", (3,)),
    "fewer pupils": ("The number of pupils fell to 1860.", (4,)),
}


def test_honest_sentences_mostly_survive() -> None:
    lost = [case for case, (text, numbers) in HONEST.items() if isinstance(check(text, *numbers), DroppedSentence)]
    assert len(lost) <= LOST * len(HONEST), lost


def test_support_is_the_sentence_in_the_article() -> None:
    claim = kept("By 31 votes to 12, the council has approved the bridge toll.", 1)
    assert support(claim) == [("toll", "The council approved the toll by 31 votes to 12.")]


def test_offsets_are_the_articles_where_the_passage_begins_later() -> None:
    passage = hit(TOLL, TOLL.text.index("The council approved"))
    claim = verify_sentence(
        DraftSentence("The council approved the toll by 31 votes.", (1,)), [passage], "", QUOTES.__getitem__
    )
    assert isinstance(claim, Claim)
    assert support(claim) == [("toll", "The council approved the toll by 31 votes to 12.")]


def test_both_passages_of_a_combined_citation_give_their_span() -> None:
    claim = kept(JOINED, 1, 3)
    assert [key for key, _ in claim.support] == ["toll", "wall"]


def test_a_citation_that_supports_nothing_is_left_out() -> None:
    claim = kept("The council approved the toll by 31 votes to 12.", 1, 4)
    assert [key for key, _ in claim.support] == ["toll"]


def test_unknown_number_beside_a_known_one_is_left_out() -> None:
    assert [key for key, _ in kept("Lorries will pay 14 crowns a crossing.", 1, 12).support] == ["toll"]


def test_sentence_that_cites_the_wrong_passage_gets_the_right_one() -> None:
    assert [key for key, _ in kept(*HONEST["the wrong passage cited"][:1], 4).support] == ["ferry"]


def test_quotation_is_moved_to_the_passage_that_has_it() -> None:
    claim = kept("Okoro said the toll “is a tax on people who have no other road”.", 2)
    assert [key for key, _ in claim.support] == ["toll"]
    assert claim.speaker == "Daniel Okoro"


def test_quotation_is_shown_in_the_articles_own_characters() -> None:
    claim = kept('Brook said that "A wall is only as good as its footing -- and this one has none."', 3)
    assert claim.text == "Brook said that “A wall is only as good as its footing — and this one has none.”"
    assert claim.speaker == "Ada Brook"


def test_names_of_the_question_may_be_used() -> None:
    text = "On Skerry Isle, eleven schools share one nurse."
    assert isinstance(check(text, 4), DroppedSentence)
    assert isinstance(check(text, 4, question="Which schools on Skerry Isle share a nurse?"), Claim)


@pytest.mark.parametrize(
    "text",
    [
        "The passages do not mention who paid for the wall.",
        "The articles don’t say when the bridge opens.",
        "None of the provided articles discuss taxes.",
        "There is no information about wages in the articles.",
        "This is not mentioned in the sources.",
        "I cannot answer this from the passages.",
        "The provided context does not contain an answer.",
        "It is unclear from the articles.",
    ],
)
def test_refusal_is_recognised(text: str) -> None:
    assert is_refusal(text)


@pytest.mark.parametrize(
    "text",
    [
        "Okoro did not mention the toll.",
        "Brandt said the reports were false.",
        "“The articles do not say that,” Brandt said.",
        "The report says nobody was hurt.",
    ],
)
def test_what_somebody_did_not_say_is_no_refusal(text: str) -> None:
    assert not is_refusal(text)


SILENT = ClaimJudge(lambda claims: [-math.inf] * len(claims), bar=0.0, objection=0.0)
LENIENT = ClaimJudge(lambda claims: [math.inf] * len(claims), bar=0.0, objection=0.0)


@pytest.mark.parametrize(
    "text",
    [
        LORRIES,
        "Lorries will pay fourteen crowns a crossing from September 1.",
        "The council approved the toll by thirty-one votes to twelve.",
        JOINED,
        "“A toll is a tax on people who have no other road,” said Okoro.",
        "Mayor Ilse Brandt said: “We have waited nine years for a bridge that pays its own way.”",
    ],
)
def test_what_the_articles_have_in_these_words_needs_no_judge(text: str) -> None:
    assert isinstance(_judged(text, SILENT), Claim)


@pytest.mark.parametrize(
    "text",
    [
        "Lorries will be charged 14 crowns per trip.",
        "Lorries will pay 14 crowns from 1 September.",
        "Jon Varga said the savings would pay for two buses.",
        "Okoro denied that “a toll is a tax on people who have no other road”.",
        "Tomas Ferrow said that the contractor had been paid twice.",
        "Jon Varga said the savings would pay for two buses and a tram.",
        "The toll will pay for the ferries, and nobody who lives on the island will pay twice.",
    ],
)
def test_where_no_judge_answers_nothing_else_is_shown(text: str) -> None:
    assert isinstance(_judged(text, SILENT), DroppedSentence)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("The council approved the toll by 34 votes to 12.", "figure"),
        ("Lorries will pay 14 crowns a crossing from 1 October.", "figure"),
        ("Parents from Lower Quay plan a protest on Friday.", "name"),
        ("Captain Tomas Velde has steered the oldest ferry since 1998.", "name"),
    ],
)
def test_no_judge_lets_a_changed_copy_pass(text: str, reason: str) -> None:
    assert _judged(text, LENIENT) == DroppedSentence(text, reason)


def _judged(text: str, judge: ClaimJudge) -> Claim | DroppedSentence:
    return verify_sentence(DraftSentence(text, (1, 2, 3, 4)), PASSAGES, "", QUOTES.__getitem__, judge)


def test_yes_and_no_stay() -> None:
    assert check("Yes, the council approved the toll by 31 votes to 12.", 1).text.startswith("Yes, ")


@pytest.mark.parametrize(
    ("text", "is_shown"),
    [
        ("The articles do not say who paid for the wall.", True),
        ("The articles do not say that the wall cost 900,000 crowns.", False),
        ("The articles do not say why “the wall was a fraud”.", False),
        ("The articles do not say what Elena Marwick paid.", False),
    ],
)
def test_a_remark_on_what_is_not_said_tells_nothing_else(text: str, is_shown: bool) -> None:
    assert bool(verify_remark(text, Evidence(PASSAGES, QUESTION, QUOTES.__getitem__))) == is_shown


WORDS = sorted({word for item in BODY for word in item.text.split()})


@given(st.lists(st.sampled_from(WORDS), min_size=1, max_size=12), st.sampled_from(range(1, 5)))
def test_nothing_is_verified_whose_quotation_no_passage_has(words: list[str], number: int) -> None:
    quotation = " ".join(words).translate(dict.fromkeys(map(ord, "“”")))
    outcome = check(f"Somebody said “{quotation}” on the island.", number)
    if isinstance(outcome, Claim):
        shown = outcome.text.partition("“")[2].rpartition("”")[0].rstrip(".,?!")
        assert any(shown in " ".join(item.text.split()) for item in BODY)


@settings(max_examples=20)
@given(st.sampled_from(BODY), st.data())
def test_any_stretch_of_an_article_is_found_however_short(item: Article, data: st.DataObject) -> None:
    words = item.text.partition("\n\n")[0].split()
    start = data.draw(st.integers(0, len(words) - 4))
    stretch = " ".join(words[start : start + 4]).rstrip(".")
    outcome = check(f"The article reads “{stretch}”.", BODY.index(item) + 1)
    assert not isinstance(outcome, DroppedSentence) or outcome.reason == "unsupported", outcome
