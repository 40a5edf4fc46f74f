"""Every command with its help and the function that runs it, those for the first steps first."""

from bot.cli.command_group import LazyCommand, LazyGroup

KEY_COMMANDS = {
    "add": LazyCommand("Make a key and show it, once.", "bot.cli.commands.serving.keys:add_key"),
    "list": LazyCommand(
        "Show the names of all keys, and when each was made and last used.",
        "bot.cli.commands.serving.keys:list_keys",
    ),
    "revoke": LazyCommand("End a key, also for servers that are running.", "bot.cli.commands.serving.keys:revoke_key"),
}


class KeyCommands(LazyGroup):
    """The commands `onrecord keys ...`."""

    lazy_commands = KEY_COMMANDS


COMMANDS = {
    "add": LazyCommand(
        "Add articles: files (.txt .md .html .pdf .jsonl), folders, globs, or addresses of pages, feeds and sites.",
        "bot.cli.commands.archive.add:add",
    ),
    "ask": LazyCommand(
        "Answer a question with what the articles say; exit code 3 when they do not.",
        "bot.cli.commands.questions.ask:ask",
    ),
    "search": LazyCommand(
        "Show the passages found for a query, best first.", "bot.cli.commands.questions.search:search"
    ),
    "quotes": LazyCommand(
        "List the speakers in the articles, or show what one of them says; exit code 3 when there is nothing.",
        "bot.cli.commands.questions.quotes:quotes",
    ),
    "chat": LazyCommand(
        "Ask one question after another; /help lists what else can be typed.", "bot.cli.chat.repl:chat"
    ),
    "serve": LazyCommand(
        "Answer over HTTP, for web pages and for OpenAI's clients.",
        "bot.cli.commands.serving.serve:serve",
        is_server=True,
    ),
    "sources": LazyCommand(
        "List the sources on the web, and when each was last read.", "bot.cli.commands.sources.sources:sources"
    ),
    "watch": LazyCommand(
        "Keep the articles of all sources on the web current, until interrupted.",
        "bot.cli.commands.sources.watch:watch",
    ),
    "work": LazyCommand(
        "Embed and index what other commands have added; any number of machines may do so.",
        "bot.cli.commands.serving.work:work",
    ),
    "telegram": LazyCommand(
        "Answer readers on Telegram; docs/telegram.md says how to set it up.",
        "bot.cli.commands.serving.telegram:telegram",
        is_server=True,
    ),
    "mcp": LazyCommand(
        "Give assistants the archive as tools (Model Context Protocol), over stdin and stdout or --http.",
        "bot.cli.commands.mcp.mcp:mcp",
        is_server=True,
    ),
    "articles": LazyCommand("List the articles, newest first.", "bot.cli.commands.archive.articles:articles"),
    "show": LazyCommand("Show one article with its stored text.", "bot.cli.commands.archive.show:show"),
    "remove": LazyCommand(
        "Remove articles from the catalog and both indexes, or stop watching a source, by its address.",
        "bot.cli.commands.archive.remove:remove",
    ),
    "status": LazyCommand(
        "Show what the index holds, how fresh it is, and which process is writing it.",
        "bot.cli.commands.archive.status:status",
    ),
    "copy": LazyCommand(
        "Copy the index and all records to a PostgreSQL database, or back to a folder; goes on where it was stopped.",
        "bot.cli.commands.archive.copy:copy",
    ),
    "reindex": LazyCommand(
        "Build both indexes again from the catalog; stored vectors are not computed again.",
        "bot.cli.commands.archive.reindex:reindex",
    ),
    "eval": LazyCommand(
        "Measure on your own questions: JSON lines with `question` and `article` (id or URL) or `answer`.",
        "bot.cli.commands.questions.evaluate:evaluate",
    ),
    "keys": LazyCommand("Keys for servers that ask over HTTP.", group=KeyCommands),
}


class Commands(LazyGroup):
    """The commands `onrecord ...`."""

    lazy_commands = COMMANDS
