"""The causes of wrong answers, and what a publisher can do about each."""

from dataclasses import dataclass

ANSWER_DEPTH, SEARCH_DEPTH = (
    10,
    100,
)  # passages that answers are made from; passages that are searched for a missed article


@dataclass(frozen=True, slots=True)
class FailureCause:
    """A short name for tables, and one or two sentences of advice."""

    name: str
    advice: str


NOT_INDEXED = FailureCause(
    "not in the index",
    "No article has this id or URL. Add it with 'onrecord add', or correct it in the file; 'onrecord articles' lists "
    "what there is.",
)
NOT_FOUND = FailureCause(
    "not found",
    f"The article is in the index, but none of its passages is among the first {SEARCH_DEPTH}. See with 'onrecord show "
    "ID' whether its text was taken whole, and with 'onrecord status' whether all is indexed.",
)
RANKED_TOO_LOW = FailureCause(
    f"found below rank {ANSWER_DEPTH}",
    "Other passages fit the question better. Where they answer it too, name their articles as well; where the article "
    "calls things by other names than the question, that is why.",
)
DECLINED = FailureCause(
    "declined",
    "What was found was not close enough to the question to answer it. See whether one passage holds the answer by "
    "itself; a question that names who, what and when is easier to match.",
)
OTHER_ARTICLES_CITED = FailureCause(
    "answered from other articles",
    "The article was found, the answer rests on others. If the answer is right, name their articles as well.",
)
WORDS_MISSING = FailureCause(
    "without the expected words",
    "The answer does not contain the expected words. If it says the same in others, expect fewer words: a name, a "
    "figure, a date.",
)
WORDS_NOT_IN_ARTICLE = FailureCause(
    "expected words not in the article",
    "Answers keep to what the articles say, and the expected words stand in none of the expected ones. Expect words "
    "that do.",
)
CAUSES = (NOT_INDEXED, NOT_FOUND, RANKED_TOO_LOW, DECLINED, OTHER_ARTICLES_CITED, WORDS_MISSING, WORDS_NOT_IN_ARTICLE)
