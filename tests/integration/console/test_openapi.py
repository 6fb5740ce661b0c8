"""The OpenAPI document says what the interface does: it is tried with values that fit it and values that do not."""

from typing import Any

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.core.parameters import ParameterLocation
from schemathesis.specs.openapi.checks import negative_data_rejection, positive_data_acceptance

from console.api import OPERATIONS
from tests.integration.console.conftest import Program, World


def test_the_document_is_there_without_a_token(app: Flask) -> None:
    document = Program(app, None).get("/openapi.json").json

    assert document["openapi"] == "3.1.0"
    assert document["servers"] == [{"url": "/api/v1"}]
    assert set(document["paths"]) >= {
        "/tickets", "/tickets/{number}", "/tickets/{number}/events", "/tickets/{number}/resolve",
        "/tickets/{number}/reopen", "/tickets/{number}/wait", "/tickets/{number}/acknowledge", "/seats",
        "/seats/{id}", "/seats/{id}/state", "/reservations", "/reservations/{id}/accept",
        "/reservations/{id}/decline", "/queues", "/escalations", "/policies", "/policies/{id}",
        "/policies/{id}/trial", "/estates", "/residents", "/calls",
    }  # fmt: skip
    assert document["components"]["schemas"]["TicketOut"]["properties"]["class"]


@pytest.mark.parametrize("tag", sorted({operation.tag for operation in OPERATIONS}))
def test_requests_made_from_the_document_are_answered_as_it_says(app: Flask, world: World, tag: str) -> None:
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app)
    known = {"number": world.open(), "id": 1}
    headers = {"Authorization": f"Bearer {world.tokens['boss']}"}

    for operation in OPERATIONS:
        if operation.tag == tag:
            try_operation(schema[operation.path][operation.method], known, headers)


def try_operation(operation: Any, known: dict[str, Any], headers: dict[str, str]) -> None:
    """Send requests that fit the document and some whose body does not, half of them to things that exist."""
    fitting = operation.as_strategy(generation_mode=schemathesis.GenerationMode.POSITIVE)
    broken = operation.as_strategy(generation_mode=schemathesis.GenerationMode.NEGATIVE)

    @given(case=st.one_of(fitting, broken), is_known=st.booleans())
    @settings(
        max_examples=15,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def try_one(case: Any, is_known: bool) -> None:
        if is_known and case.path_parameters:
            case.path_parameters.update({k: v for k, v in known.items() if k in case.path_parameters})
        # A value may have the right form and still be refused: a result that the estate does not have, a time past.
        excluded = [positive_data_acceptance]
        body = case.meta.components.get(ParameterLocation.BODY)
        if body is None or not body.mode.is_negative:
            # A header or a query that nobody knows is nobody's mistake; what is known is checked in its own tests.
            excluded.append(negative_data_rejection)
        case.call_and_validate(headers=headers, excluded_checks=excluded)

    try_one()
