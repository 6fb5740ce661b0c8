"""One line and one JSON object per figure."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

RESULTS = Path(__file__).parent / "results.json"


@dataclass(frozen=True)
class Figure:
    """A measured value beside its ceiling. `higher_is_better` says which way the goal points.

    `goal` is compared with `ratio` unless `goal_is_value`, when it is compared with `value`.
    """

    name: str
    value: float
    unit: str
    ceiling: float
    ceiling_unit: str
    goal: float
    goal_is_value: bool = False
    higher_is_better: bool = True

    @property
    def ratio(self) -> float:
        """Value over ceiling; 0 when the ceiling could not be measured."""
        return self.value / self.ceiling if self.ceiling else 0.0

    @property
    def met(self) -> bool:
        """True when the goal is reached."""
        reached = self.value if self.goal_is_value else self.ratio
        return reached >= self.goal if self.higher_is_better else reached <= self.goal

    def line(self) -> str:
        """Return `NAME value unit | ceiling value unit | ratio R | goal G | met` (or `short`)."""
        sign = "≥" if self.higher_is_better else "≤"
        of = f" {self.unit}" if self.goal_is_value else ""
        return (
            f"{self.name} {_number(self.value)} {self.unit} | ceiling {_number(self.ceiling)} {self.ceiling_unit} | "
            f"ratio {self.ratio:.3f} | goal {sign} {_number(self.goal)}{of} | {'met' if self.met else 'short'}"
        )


def _number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"


def write(figures: list[Figure]) -> None:
    """Write the results file, keeping figures of earlier runs that were not measured now."""
    known: dict[str, dict[str, object]] = {}
    if RESULTS.exists():
        known = {row["name"]: row for row in json.loads(RESULTS.read_text())}
    for figure in figures:
        row = {**asdict(figure), "ratio": round(figure.ratio, 4), "met": figure.met}
        known[figure.name] = {
            key: row[key]
            for key in ("name", "value", "unit", "ceiling", "ceiling_unit", "ratio", "goal", "met")
        }
    RESULTS.write_text(json.dumps(list(known.values()), indent=1) + "\n")
