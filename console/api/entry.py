"""The entry that every operation of the JSON API goes through, and the list of operations for the document.

`endpoint` checks the bearer token, the role, the query and the body before the handler runs, inside the one
transaction of the request, and turns what the handler returns into JSON.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import wraps
from typing import Any

from flask import Blueprint, Response, g, json, request
from pydantic import BaseModel
from sqlalchemy.exc import DBAPIError

from console.access import EVERYONE, Visit, runtime_here
from console.api.problems import Problem
from console.tokens import find_bearer
from infra.database import is_race
from tickets.words import Role

bp = Blueprint("api", __name__, url_prefix="/api/v1")

LONGEST_ID = 15

Handler = Callable[..., Any]


@dataclass(frozen=True, kw_only=True)
class Operation:
    """One method of one path, as the handler was declared; the OpenAPI document is made from these."""

    method: str
    path: str
    name: str
    summary: str
    tag: str
    answer: type[BaseModel]
    status: int = 200
    query: type[BaseModel] | None = None
    body: type[BaseModel] | None = None
    refusals: tuple[int, ...] = ()
    roles: frozenset[Role] = EVERYONE
    headers: Mapping[str, str] = field(default_factory=dict)  # optional request headers and what they do


OPERATIONS: list[Operation] = []


@dataclass(frozen=True)
class Answer:
    """A body with another status or with headers; handlers mostly return the body alone."""

    body: BaseModel
    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


def endpoint(
    method: str,
    path: str,
    *,
    answer: type[BaseModel],
    status: int = 200,
    query: type[BaseModel] | None = None,
    body: type[BaseModel] | None = None,
    refusals: tuple[int, ...] = (),
    roles: frozenset[Role] = EVERYONE,
    headers: Mapping[str, str] | None = None,
) -> Callable[[Handler], Handler]:
    """Make a handler an operation: `path` as in OpenAPI, "/tickets/{number}".

    The handler gets a `Visit`, then by name the parts of the path, `query` and `body`. `refusals` are the error
    codes it may give beyond 401 and those that follow from its query and body.
    """

    def decorate(handler: Handler) -> Handler:
        summary = (handler.__doc__ or "").strip().split("\n")[0]
        operation = Operation(
            method=method,
            path=path,
            name=handler.__name__,
            summary=summary,
            tag=path.split("/")[1],
            answer=answer,
            status=status,
            query=query,
            body=body,
            refusals=refusals,
            roles=roles,
            headers=headers or {},
        )
        OPERATIONS.append(operation)

        @wraps(handler)
        def entry(**parts: str) -> Response:
            try:
                return _run(operation, handler, parts)
            except DBAPIError as error:
                if not is_race(error):
                    raise
                return _run(operation, handler, parts)

        entry.access = roles  # type: ignore[attr-defined]
        rule = path.replace("{", "<").replace("}", ">")
        bp.add_url_rule(rule, endpoint=handler.__name__, view_func=entry, methods=[method])
        return handler

    return decorate


def _run(operation: Operation, handler: Handler, parts: Mapping[str, str]) -> Response:
    runtime = runtime_here()
    with runtime.transaction() as tx:
        found = find_bearer(tx, _bearer())
        if found is None:
            raise Problem(401, "unauthorized", "A bearer token is needed, and this one is not known.")
        visit = Visit(runtime, tx, *found, runtime.clock.now())
        g.visit = visit
        if visit.role not in operation.roles:
            raise Problem(403, "not_yours", f"This is not for the role {visit.role}.")
        result = handler(visit, **_typed(parts), **_given(operation))
        return to_response(operation, result)


def _typed(parts: Mapping[str, str]) -> dict[str, str | int]:
    """The parts of the path; an `id` is a number, and another text names nothing that exists."""
    typed: dict[str, str | int] = {}
    for name, text in parts.items():
        if "\x00" in text:
            raise Problem(404, "not_found", "There is no such thing.")
        if name != "id":
            typed[name] = text
        elif text.isdecimal() and text.isascii() and len(text) <= LONGEST_ID:
            typed[name] = int(text)
        else:
            raise Problem(404, "not_found", "There is no such thing.")
    return typed


def _bearer() -> str:
    scheme, _space, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def _given(operation: Operation) -> dict[str, BaseModel]:
    given: dict[str, BaseModel] = {}
    if operation.query is not None:
        given["query"] = operation.query.model_validate(request.args.to_dict())
    if operation.body is not None:
        given["body"] = operation.body.model_validate_json(request.get_data() or b"{}")
    return given


def to_response(operation: Operation, result: Any) -> Response:
    """Return what a handler gave as the JSON response of `operation`."""
    if isinstance(result, Response):
        return result
    given = result if isinstance(result, Answer) else Answer(result)
    text = json.dumps(given.body.model_dump(mode="json"), ensure_ascii=False)
    response = Response(text, status=given.status or operation.status, mimetype="application/json")
    response.headers.update(given.headers)
    return response
