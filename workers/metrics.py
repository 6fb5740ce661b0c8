"""Prometheus figures of the clock; definitions stand in the help texts."""

from prometheus_client import Counter, Histogram

SWEEPS = Counter("hotline_sweep_pages_total", "Pages of due tickets looked at")
ESCALATED = Counter("hotline_escalations_total", "Escalations written")
LATENESS = Histogram(
    "hotline_escalation_lateness_seconds",
    "From the instant a level fell due to its escalation",
    buckets=(0.5, 1, 1.5, 2, 5, 15, 60, 300, 3600),
)
