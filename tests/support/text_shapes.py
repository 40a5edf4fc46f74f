"""Texts of hostile shapes in any size: what real articles never are, and what no step may take for ever over."""

from collections.abc import Callable
from io import StringIO
from itertools import count

_LETTERS = "abcdefghijklmnopqrstuvwxyz"


def _repeated(unit: str) -> Callable[[int], str]:
    return lambda size: (unit * (size // len(unit) + 1))[:size]


def _numbered(template: str) -> Callable[[int], str]:
    """A unit that is repeated with another name in each: `{name}` is a word of five letters, `{number}` a number."""

    def text(size: int) -> str:
        written = StringIO()  # a list of the units would take more memory than what is measured
        for number in count():
            if written.tell() >= size:
                break
            written.write(template.format(name=_name(number), number=number))
        return written.getvalue()[:size]

    return text


def _name(number: int) -> str:
    """A capitalised word that is another one for each number."""
    letters = ""
    for _ in range(5):
        number, at = divmod(number, len(_LETTERS))
        letters = _LETTERS[at] + letters
    return letters.capitalize()


TEXT_SHAPES: dict[str, Callable[[int], str]] = {
    "short quotes": _repeated("“Yes,” he said. "),
    "open quotes": _repeated("“Nothing stops it, he said, and "),
    "nested quotes": _repeated("“He told me ‘the “plan” works’ again,” she said. "),
    "quotes over paragraphs": _repeated("“It goes on for a while and never ends.\n\n"),
    "straight quotes": _repeated('"'),
    "single quotes": _repeated("'It is so,' 'he said 'it' is' "),
    "one quotation": lambda size: "“" + _repeated("I said so, and he said it too. ")(size) + "” she said.",
    "distinct speakers": _numbered("“We will build it in {number},” said {name} Miller of {name}ville. "),
    "speakers of one surname": _numbered("{name} Smith said the plan was good. “It is,” Smith said. "),
    "one speaker": _repeated("“We will build the bridge,” Mayor Anna Miller said. "),
    "pronouns": _repeated("He said she told him that they said it was his. "),
    "roles": _numbered("The mayor said {name} Smith, the senator, told the spokesman that it rained. "),
    "institutions": _numbered("The Post said the {name} Post told the Times, which said so. "),
    "relative clauses": _repeated("Anna Miller (who said the man who told those who asked what "),
    "signatures": _numbered("“It is a very good plan for us all.” ― {name} Miller\n"),
    "commas": _repeated(","),
    "digits": _repeated("7"),
    "spaces": _repeated(" "),
    "words and spaces": _repeated("Anna Miller" + " " * 5_000),
    "one word": _repeated("a"),
    "newlines": _repeated("\n"),
    "lines of spaces": _repeated("\n "),
    "short lines": _numbered("{name}\n\n"),
    "headings": _numbered("The {name} plan\n\nIt is a very good plan for all.\n\n"),
    "short headings": _repeated("Aa\n\nbb b.\n\n"),
    "one line repeated": _repeated("It is so.\n\n"),
    "capital letters": _repeated("A"),
    "capitalised words": _numbered("{name} "),
    "titles": _repeated("President Senator Secretary "),
    "initials": _repeated("A. B. C. "),
    "sentences of a word": _numbered("{name}! "),
    "full stops": _repeated("."),
    "parentheses": _repeated("Anna Miller ((("),
    "dashes": _repeated("A-"),
    "long dashes": _repeated("— "),
    "addresses": _numbered("https://courier.example/{name}?q={number}&ref=feed "),
    "mixed scripts": _repeated("Ελλάδα сказал Москва 新聞報道 said हिन्दी العربية "),
    "ideographs": _repeated("市長說這座橋很好"),
    "emoji": _repeated("👩‍👩‍👧‍👦 said 🚀"),
    "combining marks": _repeated("é́́̈ said ÄÄ́́ "),
    "right to left": _repeated("‏قال الرئيس: «لن نفعل» "),
}


def hostile_text(shape: str, size: int) -> str:
    """A text of a shape with `size` characters."""
    return TEXT_SHAPES[shape](size)
