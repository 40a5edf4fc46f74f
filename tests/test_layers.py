"""Imports point one way: surfaces, conversation, its steps, retrieval; and foreign libraries stay where they belong."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SURFACES = ("bot.cli", "bot.repl", "bot.commands", "bot.terminal", "bot.showing", "bot.telegram", "bot.web")
ONLY_IN = {
    "chromadb": {"retrieval.vectors", "retrieval.server_vectors", "retrieval.chroma_client"},
    "langchain_chroma": {"retrieval.vectors", "retrieval.server_vectors"},
    "langchain_text_splitters": {"retrieval.chunk"},
    "langchain_core": {
        *("retrieval.vectors", "retrieval.server_vectors", "retrieval.embed", "retrieval.vector_cache"),
        "retrieval.retriever",
        *("bot.llm", "bot.completion", "bot.models", "bot.writing.write", "bot.writing.dictation"),
    },
    "langchain": {"bot.models"},
    "httpx": {
        *("retrieval.endpoint", "retrieval.endpoint_errors", "retrieval.chroma_client", "retrieval.server_vectors"),
        "retrieval.fetching.url",
    },
    "httpcore": {"retrieval.fetching.client", "retrieval.fetching.connecting"},
    "protego": {"retrieval.fetching.robots"},
    "tantivy": {"retrieval.words", "retrieval.terms"},
    "onnxruntime": {"retrieval.embed"},
    "sqlite3": {
        *("retrieval.catalog", "retrieval.quotes.table", "retrieval.vector_cache"),
        *("retrieval.watching.register", "retrieval.watching.visits"),
        *(f"retrieval.{name}" for name in ("database", "migration", "reading", "rows", "twins")),
        *("bot.history", "bot.spending", "bot.web.keys", "bot.web.standing"),
        *("bot.telegram.database", "bot.telegram.journal", "bot.telegram.inbox"),
    },
    "limits": {"bot.web.limits"},
    "hmac": {"bot.web.tokens", "bot.web.keys"},
    "telegram": {
        *(
            f"bot.telegram.{name}"
            for name in ("addressing", "admin", "app", "commands", "delivery", "desk", "feedback")
        ),
        *(f"bot.telegram.{name}" for name in ("inbox", "inline", "menu", "ordering", "outgoing", "pace", "pressing")),
        *(f"bot.telegram.{name}" for name in ("questions", "routes", "streaming", "hosted")),
    },
    "aiolimiter": {"bot.telegram.pace"},
    "regex": {"bot.telegram.splitting"},
    "pydantic_settings": {"bot.settings"},
    "xllamacpp": {"bot.local_server"},
    "trafilatura": {"retrieval.sources.extraction", "retrieval.sources.facts"},
    "pypdf": {"retrieval.sources.pdf"},
    "uvicorn": {"bot.web.server"},
    "prometheus_client": {"bot.web.metrics", "bot.web.health"},
    "sse_starlette": {"bot.web.events", "bot.web.ask", "bot.web.completions"},
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
    readers = {name for name, imported in modules().items() if "bot.settings" in imported}
    assert readers <= {"bot.build", "bot.models", "bot.cli"}


def test_the_library_reads_no_environment() -> None:
    for path in (ROOT / "retrieval").rglob("*.py"):
        assert "environ" not in path.read_text("utf-8"), path


def test_a_command_line_that_only_helps_waits_for_no_library() -> None:
    listed = "import sys, bot.cli, bot.build; print(*sys.modules)"
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
