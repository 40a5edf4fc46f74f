"""Train what tells questions from turns that are none: `python -m evals.train_turns [--data FOLDER] [--out FILE]`.

Softmax regression over the packaged MiniLM's vector of a turn. `turns.jsonl` has turns of each kind, some with gaps
that several topics and names fill; `reader/` has questions over news, of which some thousands are examples of a
question. Printed are figures by cross-validation, then those on readers' questions (`asked`), never trained on.
"""

import argparse
import random
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from evals.data import Row, rows
from retrieval.index.vectors.embedding_cache import EmbeddingCache
from retrieval.index.vectors.minilm import MiniLM
from retrieval.models.minilm.turn_classifier import TurnClassifier, packaged_turn_classifier
from retrieval.models.minilm.weights import FloatArray
from retrieval.models.turn_kinds import QUESTION, TALK_KINDS, TURN_KINDS

EXAMPLES, NEWS_QUESTIONS = Path("evals/turns.jsonl"), Path("evals/reader/news_questions.jsonl.gz")
OUT = Path("retrieval/models/minilm/turns.npz")
NEWS_SHARE = 4  # every fourth question over news is an example
FOLDS, SEED = 5, 7
STEPS, RATE, DECAY = 600, 0.1, 2e-5  # of Adam; DECAY pulls weights towards 0. Tuned by cross-validation
QUESTION_WEIGHT = 2.0  # of a written question's loss: a question taken for small talk is the worst mistake
NEWS_WEIGHT = 0.3

FILLINGS = 8  # of an example with {topic}, {name}, {other} or {outlet}, so that what is asked counts, not about what
NEWS_FILLINGS = 4  # of these with a topic of the questions over news, which are all questions: topics must tell nothing
MAX_TOPIC_WORDS = 8
FILLERS = {
    "topic": (
        "the flood;Macron;the railway;the high court;Billie Eilish;Mark Zuckerberg;euthanasia;rents;bees;the tunnel;"
        "reactions in Asia;Lisbon;wildfires;the mayor;Toyota;the World Cup;school lunches;vaccines;the truce;Brexit;"
        "gun control;the bakery;nuclear power;Ilse Brandt;the pension reform;Gaza;a lost dog;the royal family;wolves;"
        "artificial intelligence;the bridge toll;subsidies;Nokia;the opera house;the budget;Olaf Scholz;the strike;"
        "Black Friday;student loans;the pope;football;the fishing deal;malaria;the museum theft;immigration;Boeing;"
        "Canada;the new ferry;elections in Peru;robots;whales;house prices;the Oscars;chess;Serena Williams"
    ).split(";"),
    "name": (
        "Mira Castellan;Owen Strand;Jane Miller;Per Quist;Adeyemi;Peter Ruiz;Lucy Wang;tom hale;Fatima al-Sayed;"
        "Kevin Jones;J.D. Pellworth;Maria Santos;the mayor;Anna Berg;Yuki Tanaka"
    ).split(";"),
    "outlet": (
        "the Northern Ledger;Politico;the Quayside Gazette;Reuters;Le Monde;the Evening Courier;the Guardian;"
        "Al Jazeera;Die Zeit;the Evening Post;Fox News"
    ).split(";"),
}

# The second person of an example, drawn apart from the first.
OTHERS = (
    "Carla Fenn;Otto Lind;Brandt;Okoro;Tomas Velde;Rubio;Malhuret;Macron;Harris;Angela Merkel;Serena Williams;Scholz;"
    "Obama;Nadal;the governor;Senator Cole;Rosa Lind;Modi;Elon Musk;Starmer"
).split(";")

Kinds = npt.NDArray[np.int64]


def main() -> None:
    """Print the figures, train on all examples, and write the weights."""
    parser = argparse.ArgumentParser(prog="python -m evals.train_turns", description=__doc__)
    parser.add_argument("--data", type=Path, help="folder with the labelled sets")
    parser.add_argument("--work", type=Path, default=Path(".evals"), help="folder of the vectors, kept between runs")
    parser.add_argument("--out", type=Path, default=OUT)
    options = parser.parse_args()
    options.work.mkdir(exist_ok=True)
    model = MiniLM()
    cache = EmbeddingCache(options.work / "turn-vectors.db", model, model.name)
    questions = [row["question"] for row in rows(NEWS_QUESTIONS)]
    written, news = _filled(rows(EXAMPLES), _topics(questions)), questions[::NEWS_SHARE]
    vectors = _embed(cache, [row["text"] for row in written])
    news_vectors = _embed(cache, news)
    kinds = np.array([TURN_KINDS.index(row["kind"]) for row in written])
    _print_cross_validation(written, vectors, kinds, news_vectors)
    matrix, bias = _fit(vectors, kinds, news_vectors)
    np.savez_compressed(options.out, matrix=matrix.astype(np.float16), bias=bias.astype(np.float16))
    if options.data:
        _print_asked(rows(options.data / "asked/questions.jsonl"), cache, packaged_turn_classifier())


def _filled(examples: Sequence[Row], news_topics: Sequence[str]) -> list[Row]:
    """The examples, those with gaps filled several times; `group` keeps an example's fillings in one fold."""
    filled = list[Row]()
    turn, of_news, of_others = (random.Random(SEED) for _ in range(3))
    for group, row in enumerate(examples):
        for at in range(FILLINGS if "{" in row["text"] else 1):
            words = {name: turn.choice(choices) for name, choices in FILLERS.items()}
            if at < NEWS_FILLINGS and "{topic}" in row["text"]:
                words["topic"] = of_news.choice(news_topics)
            words["other"] = of_others.choice(OTHERS)
            filled.append({**row, "text": row["text"].format(**words), "group": group})
    return filled


def _topics(questions: Sequence[str]) -> list[str]:
    """What questions are about, roughly: their words from the first name on."""
    found = list[str]()
    for question in questions:
        words = question.rstrip(" ?.!").split()
        first = next((at for at, word in enumerate(words) if at and word[:1].isupper()), None)
        if first is not None:
            found.append(" ".join(words[first : first + MAX_TOPIC_WORDS]))
    return found


def _embed(model: EmbeddingCache, texts: list[str]) -> FloatArray:
    return np.array(model.embed_documents(texts), dtype=np.float32)


def _fit(vectors: FloatArray, kinds: Kinds, news: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Weights, shape (384, kinds), and biases: softmax regression by Adam on all examples at once."""
    inputs = np.concatenate([vectors, news])
    targets = np.concatenate([kinds, np.full(len(news), TURN_KINDS.index(QUESTION))])
    weight = np.where(targets == TURN_KINDS.index(QUESTION), QUESTION_WEIGHT, 1.0)
    weight[len(kinds) :] = NEWS_WEIGHT
    weight = (weight / weight.sum())[:, None]
    wanted, padded = np.eye(len(TURN_KINDS))[targets], np.hstack([inputs, np.ones((len(inputs), 1))])
    solved, first, second = (np.zeros((padded.shape[1], len(TURN_KINDS))) for _ in range(3))
    for step in range(1, STEPS + 1):
        gradient = padded.T @ (weight * (_softmax(padded @ solved) - wanted)) + DECAY * solved
        first, second = 0.9 * first + 0.1 * gradient, 0.999 * second + 0.001 * gradient**2
        solved -= RATE * (first / (1 - 0.9**step)) / (np.sqrt(second / (1 - 0.999**step)) + 1e-8)
    return solved[:-1].astype(np.float32), solved[-1].astype(np.float32)


def _softmax(logits: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    shares: npt.NDArray[np.float64] = powers / powers.sum(axis=1, keepdims=True)
    return shares


def _print_cross_validation(written: Sequence[Row], vectors: FloatArray, kinds: Kinds, news: FloatArray) -> None:
    """Print by kind how many turns are recognised, and each question that is taken for something else."""
    folds = np.array([row["group"] * 7 % FOLDS for row in written])
    said = [""] * len(written)
    for fold in range(FOLDS):
        classify = TurnClassifier(*_fit(vectors[folds != fold], kinds[folds != fold], news))
        for at in np.flatnonzero(folds == fold):
            said[at] = classify(vectors[at]).kind
    pairs = list(zip(written, said, strict=True))
    for kind in TURN_KINDS:
        own = [one for row, one in pairs if row["kind"] == kind]
        print(f"{kind}: {own.count(kind)} of {len(own)}, {own.count(QUESTION)} taken for questions")
    for row, one in pairs:
        if row["kind"] == QUESTION != one:
            print(f"  question taken for {one}: {row['text']}")
    own = [one for row, one in pairs if row["kind"] in TALK_KINDS]
    print(f"small talk: {sum(one in TALK_KINDS for one in own)} of {len(own)}")


def _print_asked(asked: Sequence[Row], model: EmbeddingCache, classify: TurnClassifier) -> None:
    """Print what is said of readers' questions: the small talk that is missed, and what else is no `question`."""
    for row, vector in zip(asked, _embed(model, [row["question"] for row in asked]), strict=True):
        turn = classify(vector)
        if (row["kind"] == "small-talk") != (turn.kind in TALK_KINDS) or turn.kind not in (QUESTION, *TALK_KINDS):
            print(f"  {row['kind']} is {turn.kind} ({turn.confidence:.2f}): {row['question']}")


if __name__ == "__main__":
    main()
