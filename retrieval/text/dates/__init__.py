"""Dates as publishers write them and as questions name them."""

from retrieval.text.dates.conventions import DateConvention, date_convention, day_first_in
from retrieval.text.dates.in_questions import (
    asks_for_latest,
    date_phrase,
    day_without_year,
    days_in_question,
    names_weekday,
    without_time_terms,
)
from retrieval.text.dates.written import ambiguous_date, date_problem, is_later, parse_day, to_iso

__all__ = [
    "DateConvention",
    "ambiguous_date",
    "asks_for_latest",
    "date_convention",
    "date_phrase",
    "date_problem",
    "day_first_in",
    "day_without_year",
    "days_in_question",
    "is_later",
    "names_weekday",
    "parse_day",
    "to_iso",
    "without_time_terms",
]
