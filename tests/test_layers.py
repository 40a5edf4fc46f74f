"""Imports point one way: surfaces, conversation, its steps, retrieval; and foreign libraries stay where they belong."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SURFACES = (
    "bot.cli",
    "bot.cli.chat.repl",
    "bot.cli.commands",
    "bot.cli.output.terminal",
    "bot.cli.output.streaming_output",
    "bot.telegram",
    "bot.web",
)
ONLY_IN = {
    "chromadb": {
        "retrieval.index.vectors.chroma_folder",
        "retrieval.index.vectors.chroma_server",
        "retrieval.index.vectors.chroma_client",
        "retrieval.index.vectors.chroma_collection",
    },
    "langchain_chroma": {
        "retrieval.index.vectors.chroma_collection",
        "retrieval.index.vectors.chroma_folder",
        "retrieval.index.vectors.chroma_server",
    },
    "langchain_text_splitters": {"retrieval.text.chunking"},
    "langchain_core": {
        *(
            "retrieval.index.vectors.chroma_folder",
            "retrieval.index.vectors.chroma_server",
            "retrieval.index.vectors.minilm",
            "retrieval.index.vectors.embedding_cache",
        ),
        "retrieval.search.langchain_retriever",
        *(
            "bot.models.chat_model",
            "bot.models.chat_completion",
            "bot.app.model_factory",
            "bot.answering.generation.writer",
            "bot.answering.generation.model_stream",
        ),
    },
    "langchain": {"bot.app.model_factory"},
    "httpx": {
        *(
            "retrieval.endpoints.endpoint",
            "retrieval.endpoints.endpoint_errors",
            "retrieval.index.vectors.chroma_client",
            "retrieval.index.vectors.chroma_server",
        ),
        "retrieval.ingest.fetching.safety.url",
    },
    "httpcore": {"retrieval.ingest.fetching.http_client", "retrieval.ingest.fetching.safety.checked_connections"},
    "protego": {"retrieval.ingest.fetching.robots"},
    "tantivy": {"retrieval.index.bm25", "retrieval.text.terms"},
    "onnxruntime": {"retrieval.index.vectors.minilm"},
    "sqlite3": {
        *("retrieval.catalog.catalog", "retrieval.quotes.quote_table", "retrieval.index.vectors.embedding_cache"),
        *("retrieval.ingest.watching.source_store", "retrieval.ingest.watching.page_state"),
        *(f"retrieval.{name}" for name in ("database", "migration", "reading", "rows", "twins")),
        *("bot.service.history", "bot.models.token_ledger", "bot.web.auth.api_keys", "bot.web.runtime.index_status"),
        *(
            "bot.telegram.storage.telegram_database",
            "bot.telegram.storage.journal",
            "bot.telegram.storage.update_queue",
        ),
    },
    "limits": {"bot.web.auth.rate_limits"},
    "hmac": {"bot.web.auth.api_keys"},
    "itsdangerous": {"bot.web.auth.session_tokens"},
    "telegram": {
        *(f"bot.telegram.{name}" for name in ("app", "context", "webhook")),
        *(
            f"bot.telegram.handlers.{name}"
            for name in ("addressing", "admin", "answer_buttons", "commands", "inline", "questions", "registration")
        ),
        "bot.telegram.messages.outgoing",
        *(f"bot.telegram.sending.{name}" for name in ("delivery", "live_preview", "rate_limiter")),
        "bot.telegram.storage.update_queue",
    },
    "aiolimiter": {"bot.telegram.sending.rate_limiter"},
    "regex": {"bot.telegram.messages.splitting"},
    "dotenv": {"bot.app.environment"},
    "xllamacpp": {"bot.models.local_server"},
    "trafilatura": {"retrieval.ingest.parsing.pages.article_extraction", "retrieval.ingest.parsing.pages.metadata"},
    "pypdf": {"retrieval.ingest.parsing.pages.pdf"},
    "uvicorn": {"bot.web.server"},
    "prometheus_client": {"bot.web.runtime.metrics", "bot.web.routes.health"},
    "sse_starlette": {"bot.web.responses.event_stream", "bot.web.routes.ask", "bot.web.routes.chat_completions"},
}


def modules() -> dict[str, set[str]]:
    """Every module of the project and all it imports, at the top or inside functions."""
    found = {}
    for package in ("bot", "retrieval"):
        for path in (ROOT / package).rglob("*.py"):
            name = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
            found[name] = set(imports(ast.parse(path.read_text("utf-8"))))
    return found


def imports(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def test_retrieval_knows_nothing_of_the_bot() -> None:
    for name, imported in modules().items():
        if name.startswith("retrieval"):
            assert not [module for module in imported if module.split(".")[0] == "bot"], name


def test_steps_know_no_surface() -> None:
    for name, imported in modules().items():
        if name.startswith("bot") and not name.startswith(SURFACES):
            assert not [module for module in imported if module.startswith(SURFACES)], name


def test_only_the_composition_root_reads_settings() -> None:
    readers = {name for name, imported in modules().items() if "bot.app.settings" in imported}
    assert readers <= {"bot.app.build", "bot.app.data_folder", "bot.app.model_factory", "bot.cli.command_group"}


def test_the_library_reads_no_environment() -> None:
    for path in (ROOT / "retrieval").rglob("*.py"):
        assert "environ" not in path.read_text("utf-8"), path


def test_a_command_line_that_only_helps_waits_for_no_library() -> None:
    listed = "import sys, bot.cli, bot.app.build; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", listed], cwd=ROOT, capture_output=True, text=True, check=True)
    assert not {"httpx", "langchain", "langchain_core", "chromadb", "onnxruntime"} & set(done.stdout.split())


@pytest.mark.parametrize("library", ["fastapi", "starlette"])
def test_only_the_http_surface_knows_its_framework(library: str) -> None:
    users = {name for name, imported in modules().items() if library in {module.split(".")[0] for module in imported}}
    assert users and all(name.startswith("bot.web.") for name in users)


@pytest.mark.parametrize("library", ONLY_IN)
def test_a_foreign_library_stays_in_its_place(library: str) -> None:
    users = {name for name, imported in modules().items() if library in {module.split(".")[0] for module in imported}}
    assert users and users <= ONLY_IN[library]
