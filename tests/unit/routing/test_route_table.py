"""The table of queues: the first line that fits, then the category's own queue, then general with a warning."""

import pytest

from routing.route_table import Line, Request, Routed, read_lines, route, write_lines

LINES = (
    Line("security", customer_type="visitor"),
    Line("accounts", customer_type="shop", category="water", estate="HY"),
    Line("feedback", category="water", estate="LK"),
)


@pytest.mark.parametrize(
    ("request_", "own", "routed"),
    [
        (Request("HY", "water", "visitor"), "home_repairs", Routed("security", 1)),
        (Request("HY", "water", "shop"), "home_repairs", Routed("accounts", 2)),
        (Request("LK", "water", "shop"), "home_repairs", Routed("feedback", 3)),
        (Request("HY", "water", None), "home_repairs", Routed("home_repairs")),
        (Request("HY", "light", None), None, Routed("general", is_unmatched=True)),
    ],
)
def test_the_first_line_that_fits_names_the_queue(request_: Request, own: str | None, routed: Routed) -> None:
    assert route(LINES, request_, own) == routed


def test_a_table_reads_as_it_was_written() -> None:
    assert read_lines(write_lines(LINES)) == LINES
