"""What the tables say about the flows of estates: those in force, what is switched on, when it is too busy."""

import logging
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import distinct_on

from infra.database import Tx
from ivr.flow.force import Marks, Switch
from ivr.flow.model import Flow, FlowError, read_flow, shipped_body, shipped_names
from ivr.models import FlowChange, FlowMarks, FlowSwitch, FlowVersion

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Flows:
    """The flows that ship, by name, and those that estates have published, by estate id and name."""

    shipped: Mapping[str, Flow]
    own: Mapping[int, Mapping[str, Flow]]

    def of(self, estate_id: int) -> Mapping[str, Flow]:
        """The flows in force at an estate, by name."""
        return {**self.shipped, **self.own.get(estate_id, {})}


def flows(tx: Tx) -> Flows:
    """The flows in force everywhere: the newest that an estate has published or gone back to, else what ships."""
    newest = (
        select(FlowChange.estate_id, FlowChange.flow, FlowVersion.body)
        .ext(distinct_on(FlowChange.estate_id, FlowChange.flow))
        .join(FlowVersion, FlowVersion.version == FlowChange.version)
        .order_by(FlowChange.estate_id, FlowChange.flow, FlowChange.id.desc())
    )
    own: dict[int, dict[str, Flow]] = defaultdict(dict)
    for estate_id, name, body in tx.execute(newest):
        try:
            own[estate_id][name] = read_flow(body)
        except FlowError:
            log.exception("a flow cannot be read; the one that ships serves", extra={"flow": name})
    return Flows({name: read_flow(shipped_body(name)) for name in shipped_names()}, own)


def switches(tx: Tx) -> Mapping[int, list[Switch]]:
    """What is switched on or will be, by estate. What is over stays in memory until the next reading."""
    rows = tx.scalars(select(FlowSwitch).where(FlowSwitch.ended_at.is_(None)).order_by(FlowSwitch.id))
    found: dict[int, list[Switch]] = defaultdict(list)
    for row in rows:
        found[row.estate_id].append(Switch(row.starts_at, row.ends_at, row.texts))
    return found


def marks(tx: Tx) -> Mapping[int, Marks]:
    """From which load on an estate is busy, by estate, where it has said so itself."""
    return {
        row.estate_id: Marks(row.waiting, timedelta(seconds=row.longest_s))
        for row in tx.scalars(select(FlowMarks))
    }
