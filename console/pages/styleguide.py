"""The style page: every component once, in every tone, so that a change is seen in one place."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import Blueprint, render_template

from console import timeline
from console.access import Visit, page

bp = Blueprint("styleguide", __name__)


@dataclass(frozen=True)
class Examples:
    """What the components are shown with."""

    now: datetime
    running: timeline.Line
    paused: timeline.Line
    late: timeline.Line


@bp.get("/style")
@page()
def style(visit: Visit) -> str:
    """Show every component."""
    return render_template("style.html", examples=_examples(visit.now), zone=visit.zone, hours=_hours)


def _examples(now: datetime) -> Examples:
    hour = timedelta(hours=1)
    spans = [
        timeline.Span("running", now - 3 * hour, now - 2 * hour),
        timeline.Span("paused", now - 2 * hour, now - hour, "parts"),
        timeline.Span("running", now - hour, None),
    ]
    began = now - 3 * hour
    return Examples(
        now=now,
        running=timeline.draw(now - hour, now + hour, None, spans, now),
        paused=timeline.draw(began, now + 2 * hour, None, spans, now),
        late=timeline.draw(began, now - hour / 2, None, spans, now),
    )


def _hours(number: float) -> timedelta:
    return timedelta(hours=number)
