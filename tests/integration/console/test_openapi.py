"""The OpenAPI document says what the interface does: it is tried with values that fit it and values that do not."""

from typing import Any

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.specs.openapi.checks import positive_data_acceptance

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
        "/reservations/{id}/decline", "/queues", "/escalations", "/policies", "/policies/{id}", "/estates",
        "/residents", "/calls",
    }  # fmt: skip
    assert document["components"]["schemas"]["TicketOut"]["properties"]["class"]


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda each: each.name)
def test_requests_made_from_the_document_are_answered_as_it_says(
    app: Flask, world: World, operation: Any
) -> None:
    number = world.open()
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app)
    tried = schema[operation.path][operation.method]
    known = {"number": number, "id": 1}
    headers = {"Authorization": f"Bearer {world.tokens['boss']}"}
    positive = tried.as_strategy(generation_mode=schemathesis.GenerationMode.POSITIVE)
    negative = tried.as_strategy(generation_mode=schemathesis.GenerationMode.NEGATIVE)

    @given(case=st.one_of(positive, negative), is_known=st.booleans())
    @settings(
        max_examples=20,
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
        case.call_and_validate(headers=headers, excluded_checks=[positive_data_acceptance])

    try_one()
