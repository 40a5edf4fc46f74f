"""The tokenizer of multilingual-e5-small, XLM-RoBERTa's: Unigram pieces over NFKC text, spaces as `▁`."""

from collections.abc import Sequence

from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, processors

START, END = "<s>", "</s>"


def unigram_tokenizer(pieces: Sequence[tuple[str, float]], unknown: int, max_tokens: int) -> Tokenizer:
    """A tokenizer that puts texts between START and END and cuts them at `max_tokens`."""
    tokenizer = Tokenizer(models.Unigram(list(pieces), unk_id=unknown))
    tokenizer.normalizer = normalizers.Sequence([normalizers.NFKC(), normalizers.Replace(Regex(r"\s+"), " ")])
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    ids = [(token, tokenizer.token_to_id(token)) for token in (START, END)]
    tokenizer.post_processor = processors.TemplateProcessing(single=f"{START} $A {END}", special_tokens=ids)
    tokenizer.enable_truncation(max_tokens)
    return tokenizer
