"""Who is let in."""

from typing import Annotated

from fastapi import Depends, Request

from bot.web.caller import Caller
from bot.web.state import State, state_of


def caller_of(request: Request, state: Annotated[State, Depends(state_of)]) -> Caller:
    """Whoever asks. Raises Problem."""
    return Caller(address=request.client.host if request.client else "")
