"""What requests are made of: text that can be stored, days, filters."""

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
    """The text without halves of characters, which JSON can carry and no file can."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _validate_period(written: str) -> str:
    if written and not re.fullmatch(_PERIOD, written, re.ASCII):
        if not re.fullmatch(_DAY, written, re.ASCII):
            raise ValueError("write it as 2025-03-11, 2025-03 or 2025")
        date.fromisoformat(written)
    return written


def _as_whole_number(number: object) -> object:
    """5.0 is as whole as 5 to JSON."""
    return int(number) if isinstance(number, float) and number.is_integer() else number


WHOLE_NUMBER, STORABLE = BeforeValidator(_as_whole_number), AfterValidator(replace_surrogates)
"""Both stand last: what follows a validator is checked, but OpenAPI does not show it."""

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
    """What the articles are limited to."""

    model_config = ConfigDict(extra="forbid", strict=True)
    since: Since = ""
    until: Until = ""
    outlet: Name = ""
    author: Name = ""
    speaker: Annotated[Name, Field(description="Only what this person says.")] = ""

    def filters(self) -> Filters:
        """The same as the search knows it."""
        return parse_filters(**self.model_dump())


def filters_in_query(
    since: Annotated[Since, Query()] = "",
    until: Annotated[Until, Query()] = "",
    outlet: Annotated[Name, Query()] = "",
    author: Annotated[Name, Query()] = "",
) -> Filters:
    """The filters of a request without a body."""
    return parse_filters(since=since, until=until, outlet=outlet, author=author)
