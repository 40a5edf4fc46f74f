"""Types of request parameters: text that can be stored, days and periods, filters."""

import re
from datetime import date
from typing import Annotated

from fastapi import Query
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema

from bot.answering.messages import MAX_QUESTION_LENGTH
from retrieval.catalog.filters import Filters, parse_filters

MAX_NAME_LENGTH = 200  # characters of an outlet, an author, a speaker
_PERIOD = r"^[12][0-9]{3}(-(0[1-9]|1[0-2]))?$"
_DAY = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"


def replace_surrogates(text: str) -> str:
    """Replace lone surrogates, which JSON can contain but UTF-8 cannot."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _validate_period(text: str) -> str:
    if text and not re.fullmatch(_PERIOD, text, re.ASCII):
        if not re.fullmatch(_DAY, text, re.ASCII):
            raise ValueError("write it as 2025-03-11, 2025-03 or 2025")
        date.fromisoformat(text)
    return text


def _as_whole_number(number: object) -> object:
    """5.0 as 5, because JSON does not distinguish them."""
    return int(number) if isinstance(number, float) and number.is_integer() else number


WHOLE_NUMBER, STORABLE = BeforeValidator(_as_whole_number), AfterValidator(replace_surrogates)
"""Put these last in `Annotated`: constraints after a validator are checked, but missing in the OpenAPI document."""

Text = Annotated[str, STORABLE]
Name = Annotated[str, Field(max_length=MAX_NAME_LENGTH), STORABLE]
QuestionText = Annotated[str, Field(min_length=1, max_length=MAX_QUESTION_LENGTH, pattern=r"\S"), STORABLE]
Period = Annotated[
    str,
    AfterValidator(_validate_period),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "string", "format": "date"},
                {"type": "string", "pattern": _PERIOD},
                {"type": "string", "maxLength": 0},
            ]
        }
    ),
]
Since = Annotated[Period, Field(description="Published on this day or later: 2025-03-11, 2025-03 or 2025.")]
Until = Annotated[Period, Field(description="Published on this day or earlier.")]


class FilterParameters(BaseModel):
    """Filters that limit which articles are searched."""

    model_config = ConfigDict(extra="forbid", strict=True)
    since: Since = ""
    until: Until = ""
    outlet: Name = ""
    author: Name = ""
    speaker: Annotated[Name, Field(description="Only statements of this person.")] = ""

    def filters(self) -> Filters:
        """The filters as the search takes them."""
        return parse_filters(**self.model_dump())


def filters_in_query(
    since: Annotated[Since, Query()] = "",
    until: Annotated[Until, Query()] = "",
    outlet: Annotated[Name, Query()] = "",
    author: Annotated[Name, Query()] = "",
) -> Filters:
    """The filters in the query string of a request without a body."""
    return parse_filters(since=since, until=until, outlet=outlet, author=author)
