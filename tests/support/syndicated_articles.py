"""A made-up wire story as several outlets have it."""

from retrieval.documents import Article
from tests.support.articles import article

STORY = (
    "The harbour council voted late on Tuesday to close the old ferry pier for eleven months, because divers had "
    "found cracks in nine of its pillars. Until the repairs are over, the island ferries will leave from the coal "
    "quay, which has no waiting room and no ramp for wheelchairs. “We could not wait for another winter,” said "
    "Rosa Lind, who leads the harbour office. Last year the ferries carried 412 passengers a day, most of them on "
    "their way to work or to school. Shopkeepers at the pier asked for help with their rents, and the council "
    "will talk about that next week. The work will be paid for by the county, which owns the pier, and by a fund "
    "for historic buildings."
)
REWRITTEN = (
    "Ferry passengers will have to walk further from next month. After a survey under water showed damage to nine "
    "pillars, the council decided that nobody may use the ferry pier for almost a year. Boats to the island will "
    "be moored at the coal quay instead, though it lacks a ramp and a place to wait in the rain. The head of the "
    "harbour office, Rosa Lind, said that another winter would have been one too many. Shops nearby fear for "
    "their trade and want lower rents, which the council has promised to discuss. County money and a fund for old "
    "buildings will cover the costs of the repairs, which begin in May."
)
FORM = (
    "Here is what happened at the markets of {0} this morning, as told by our desk. Trading opened quietly, with "
    "buyers waiting for the figures of the week, and prices in {0} moved little before ten. By noon the index of "
    "{0} stood at {1} points, a small change since yesterday. Traders said that the weather and the holidays "
    "explained most of it. Fish, timber and wool changed hands in ordinary amounts. The exchange of {0} will open "
    "again tomorrow at the usual hour. Our desk reports from {0} on every working day, and readers may write to "
    "it at any time of the year."
)


def wire(key: str, outlet: str, text: str = STORY, **facts: object) -> Article:
    """The story as one outlet has it."""
    return article(key, text, outlet=outlet, url=f"https://{key}.example/news/pier-closes", **facts)
