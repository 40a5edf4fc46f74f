"""The systems under comparison, one column each, each in its own process."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class System:
    """One search mode of one peer; `folder` is the peer's package."""

    name: str
    folder: str
    way: str = "only"

    @property
    def module(self) -> str:
        return f"bench.peers.{self.folder}.peer"

    @property
    def key(self) -> str:
        """A name for files."""
        return f"{self.folder}-{self.way}"


SYSTEMS = (
    System("OnRecord", "onrecord"),
    System("LangChain", "langchain", "similarity"),
    System("LangChain, Ensemble", "langchain", "ensemble"),
    System("LlamaIndex", "llamaindex", "vector"),
    System("LlamaIndex, fusion", "llamaindex", "fusion"),
    System("Haystack, hybrid", "haystack"),
    System("txtai, hybrid", "txtai"),
)
