"""What the telephone side needs in the tables before the first call: the flows that ship, checked and published."""

from datetime import datetime

from sqlalchemy.dialects.postgresql import insert

from infra.database import Tx
from ivr.flow.check import load
from ivr.flow.model import shipped_body, shipped_names
from ivr.models import FlowVersion


def install_flows(tx: Tx, *, now: datetime) -> list[str]:
    """Publish each shipped flow that is not published yet; returns their names. May be run again.

    Raises `FlowError` for one that may not be used: then nothing is published.
    """
    published = []
    for name in shipped_names():
        body = shipped_body(name)
        flow = load(body)
        made = insert(FlowVersion).values(version=flow.version, name=name, body=body, published_at=now)
        statement = made.on_conflict_do_nothing(index_elements=["version"]).returning(FlowVersion.version)
        if tx.execute(statement).scalar_one_or_none() is not None:
            published.append(name)
    return published
