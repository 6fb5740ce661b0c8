"""A call, turn by turn: what came in, the flow's step, its effects, and the document that answers.

A turn without effects touches no store. One with effects is a single transaction under the call's row, and its answer
is kept, so that the same request gets the same answer and changes nothing (decision 0030).
"""

import logging
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from infra.database import Tx, is_race
from infra.runtime import Runtime
from ivr import inputs, queries, twiml
from ivr.effects import Scene, carry_out
from ivr.flow import engine
from ivr.flow.events import Event, HungUp, Started
from ivr.flow.facts import Facts
from ivr.flow.instructions import Answer
from ivr.flow.script import Script
from ivr.hook import Hook
from ivr.limits import Limits
from ivr.models import Call, HandledTurn
from ivr.scripts import Place, ScriptBook
from ivr.state import CallState, decode
from routing.service import Router

log = logging.getLogger(__name__)


class Line:
    """The telephone line of one process."""

    def __init__(self, runtime: Runtime) -> None:
        self.runtime = runtime
        self.router = Router(runtime)
        self.book = ScriptBook(runtime)
        self.limits = Limits(runtime.valkey, runtime.config.hotline_limits == "on")
