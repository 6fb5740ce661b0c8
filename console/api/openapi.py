"""The OpenAPI 3.1 document, made from the declared operations and the models they name."""

from collections.abc import Iterable
from functools import lru_cache
from http import HTTPStatus
from typing import Any

from flask import Response, json, url_for
from pydantic import BaseModel
from pydantic.json_schema import JsonSchemaMode, models_json_schema

from console.access import EVERYONE, public
from console.api.entry import OPERATIONS, Operation, bp
from console.api.problems import MEDIA_TYPE, ProblemOut

REF = "#/components/schemas/{model}"
# Path parts, each with the form that an address of ours has. Another form is 404, like any unknown thing.
PARTS = {
    "number": {"type": "string", "pattern": "^[0-9]{8}$"},
    "id": {"type": "integer", "minimum": 1, "maximum": 9007199254740991},
    "code": {"type": "string", "pattern": "^[A-Za-z0-9_.:-]{1,64}$"},
}
INTRO = (
    "Reads and moves the tickets, seats and promises of the estates that the token's owner may see. Times are"
    " RFC 3339 in UTC, durations are seconds, phones E.164, languages BCP 47. Lists come in parts: `next` is the"
    " `cursor` of the next part. Errors are `application/problem+json`."
)


@bp.get("/openapi.json")
@public
def openapi() -> Response:
    """The description of this interface; needs no token."""
    return Response(_document(url_for("login.home") + "api/v1"), mimetype="application/json")


@lru_cache(maxsize=4)
def _document(server: str) -> str:
    return json.dumps(document(OPERATIONS, server), ensure_ascii=False)


def document(operations: Iterable[Operation], server: str) -> dict[str, Any]:
    """Return the document of `operations`, whose paths stand below the address `server`."""
    chosen = list(operations)
    schemas = _schemas(chosen)
    paths: dict[str, dict[str, Any]] = {}
    for operation in chosen:
        paths.setdefault(operation.path, {})[operation.method.lower()] = _operation(operation, schemas)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Hotline", "version": "1", "description": INTRO},
        "servers": [{"url": server}],
        "security": [{"bearer": []}],
        "paths": paths,
        "components": {
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}},
            "schemas": schemas["$defs"],
        },
    }


def _schemas(operations: list[Operation]) -> dict[str, Any]:
    wanted: dict[tuple[type[BaseModel], JsonSchemaMode], None] = {(ProblemOut, "serialization"): None}
    for operation in operations:
        wanted[operation.answer, "serialization"] = None
        if operation.body:
            wanted[operation.body, "validation"] = None
    refs, definitions = models_json_schema(list(wanted), ref_template=REF, by_alias=True)
    return {"$defs": definitions["$defs"], "refs": refs}


def _operation(operation: Operation, schemas: dict[str, Any]) -> dict[str, Any]:
    refs = schemas["refs"]
    described: dict[str, Any] = {
        "operationId": operation.name,
        "summary": operation.summary,
        "tags": [operation.tag],
        "parameters": [*_parts(operation), *_query(operation.query), *_headers(operation)],
        "responses": {
            str(operation.status): {
                "description": HTTPStatus(operation.status).phrase,
                "content": {"application/json": {"schema": refs[operation.answer, "serialization"]}},
            }
        },
    }
    if operation.body:
        schema = refs[operation.body, "validation"]
        described["requestBody"] = {"required": True, "content": {"application/json": {"schema": schema}}}
    problem = {MEDIA_TYPE: {"schema": refs[ProblemOut, "serialization"]}}
    for code in sorted(_codes(operation)):
        described["responses"][str(code)] = {"description": HTTPStatus(code).phrase, "content": problem}
    return described


def _codes(operation: Operation) -> set[int]:
    codes = {401, *operation.refusals}
    if operation.roles != EVERYONE:
        codes.add(403)
    if operation.body:
        codes |= {400, 413, 422}
    if operation.query:
        codes.add(422)
    if "{" in operation.path:
        codes.add(404)
    return codes


def _parts(operation: Operation) -> list[dict[str, Any]]:
    names = [step[1:-1] for step in operation.path.split("/") if step.startswith("{")]
    return [
        {"name": name, "in": "path", "required": True, "schema": PARTS[name.partition(":")[0]]}
        for name in names
    ]


def _query(model: type[BaseModel] | None) -> list[dict[str, Any]]:
    if model is None:
        return []
    schema = model.model_json_schema(ref_template=REF)
    return [
        {"name": name, "in": "query", "required": False, "schema": _without_null(each)}
        for name, each in schema["properties"].items()
    ]


def _headers(operation: Operation) -> list[dict[str, Any]]:
    return [
        {
            "name": name,
            "in": "header",
            "required": False,
            "description": text,
            "schema": {"type": "string", "pattern": "^[!-~]{1,200}$"},
        }
        for name, text in operation.headers.items()
    ]


def _without_null(schema: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of a value that may be left out: in an address there is no null."""
    options = [each for each in schema.get("anyOf", ()) if each.get("type") != "null"]
    rest = {k: v for k, v in schema.items() if k not in ("anyOf", "title", "default")}
    if "default" in schema and schema["default"] is not None:
        rest["default"] = schema["default"]
    return {**options[0], **rest} if options else rest
