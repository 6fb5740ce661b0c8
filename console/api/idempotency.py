"""`Idempotency-Key`: the same request again gets the same answer and does nothing a second time."""

import hashlib
import re
from collections.abc import Callable

from flask import Response, json, request
from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert

from console.access import Visit
from console.api.entry import Answer
from console.api.problems import FieldProblem, Problem
from console.models import IdempotentRequest

KEY = re.compile(r"[!-~]{1,200}")


def once(visit: Visit, act: Callable[[], Answer]) -> Answer | Response:
    """Do `act` and keep its answer under the request's key; a repeat gets the kept answer with 201 as before.

    The key is claimed in the act's own transaction: of two at once the second waits for the first and then reads
    its answer. An act that is refused keeps nothing. The same key with another body is 409.
    """
    key = request.headers.get("Idempotency-Key")
    if key is None:
        return act()
    if not KEY.fullmatch(key):
        wrong = FieldProblem(field="Idempotency-Key", message="1 to 200 visible ASCII characters.")
        raise Problem(422, "field", "A value is missing or wrong.", [wrong])
    print_ = _fingerprint()
    claim = insert(IdempotentRequest).values(
        staff_id=visit.staff.id, key=key, fingerprint=print_, status=0, body="", at=visit.now
    )
    mine = claim.on_conflict_do_nothing().returning(IdempotentRequest.key)
    if visit.tx.execute(mine).first() is None:
        return _kept(visit, key, print_)
    done = act()
    body = json.dumps(done.body.model_dump(mode="json"), ensure_ascii=False)
    is_this = (IdempotentRequest.staff_id == visit.staff.id) & (IdempotentRequest.key == key)
    visit.tx.execute(update(IdempotentRequest).where(is_this).values(status=201, body=body))
    return done


def _kept(visit: Visit, key: str, print_: str) -> Response:
    is_this = (IdempotentRequest.staff_id == visit.staff.id) & (IdempotentRequest.key == key)
    kept = visit.tx.scalars(select(IdempotentRequest).where(is_this)).one()
    if kept.fingerprint != print_:
        raise Problem(409, "key_reused", "This key was used for another request.")
    return Response(kept.body, status=kept.status, mimetype="application/json")


def _fingerprint() -> str:
    text = f"{request.method} {request.path}\n".encode() + request.get_data()
    return hashlib.sha256(text).hexdigest()
