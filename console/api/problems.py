"""Errors of the JSON API as `application/problem+json` (RFC 9457)."""

import logging
from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

from flask import Response, json
from pydantic import BaseModel, ValidationError
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from console.refusals import status_of
from infra.database import is_disconnect
from tickets.errors import FieldError, Refused

MEDIA_TYPE = "application/problem+json"

log = logging.getLogger(__name__)


class FieldProblem(BaseModel):
    """One value that was wrong: `field` is its path, dots between the steps."""

    field: str
    message: str


class ProblemOut(BaseModel):
    """What every error of the API looks like."""

    type: str
    title: str
    status: int
    detail: str
    errors: list[FieldProblem] | None = None


class Problem(Exception):
    """Ends a request with this answer. `code` is stable and becomes the end of the problem's `type`."""

    def __init__(
        self, status: int, code: str, detail: str, errors: Sequence[FieldProblem] | None = None
    ) -> None:
        self.status = status
        self.code = code
        self.detail = detail
        self.errors = list(errors) if errors else None
        super().__init__(detail)


def not_found(what: str) -> Problem:
    """Return the answer for what does not exist, or not for this person."""
    return Problem(404, "not_found", f"There is no such {what}.")


def answer(problem: Problem) -> Response:
    """Return `problem` as a response; 401 says how to ask."""
    body = ProblemOut(
        type=f"urn:hotline:problem:{problem.code.replace('_', '-')}",
        title=HTTPStatus(problem.status).phrase,
        status=problem.status,
        detail=problem.detail,
        errors=problem.errors,
    )
    response = Response(
        json.dumps(body.model_dump(exclude_none=True), ensure_ascii=False),
        status=problem.status,
        mimetype=MEDIA_TYPE,
    )
    if problem.status == HTTPStatus.UNAUTHORIZED:
        response.headers["WWW-Authenticate"] = 'Bearer realm="hotline"'
    return response


def of_exception(error: Exception) -> Response:
    """Return the answer for any exception that a request of the API ended with."""
    if isinstance(error, Problem):
        return answer(error)
    if isinstance(error, Refused):
        return answer(_of_refusal(error))
    if isinstance(error, ValidationError):
        return answer(_of_validation(error))
    if isinstance(error, HTTPException):
        response = answer(_of_http(error))
        if isinstance(error, MethodNotAllowed) and error.valid_methods:
            response.headers["Allow"] = ", ".join(sorted(error.valid_methods))
        return response
    if isinstance(error, SQLAlchemyError) and is_disconnect(error):
        log.exception("store away")
        return answer(Problem(503, "store_away", "The store does not answer; try again."))
    log.exception("request failed")
    return answer(Problem(500, "fault", "Something went wrong on our side; nothing was saved."))


def _of_refusal(refusal: Refused) -> Problem:
    fields = None
    if isinstance(refusal, FieldError):
        fields = [FieldProblem(field=refusal.field, message=refusal.message)]
    return Problem(status_of(refusal), refusal.code, refusal.message, fields)


def _of_validation(error: ValidationError) -> Problem:
    found = error.errors(include_url=False, include_context=False, include_input=False)
    if any(each["type"] == "json_invalid" for each in found):
        return Problem(400, "not_json", "The body is not JSON.")
    return Problem(422, "field", "A value is missing or wrong.", [_field(each) for each in found])


def _field(found: Any) -> FieldProblem:
    return FieldProblem(field=".".join(str(step) for step in found["loc"]) or "body", message=found["msg"])


def _of_http(error: HTTPException) -> Problem:
    status = error.code or 500
    code = HTTPStatus(status).name.lower()
    return Problem(status, code, error.description or HTTPStatus(status).phrase)
