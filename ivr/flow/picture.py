"""Where the boxes and lines of a flow's picture go: steps in layers from the first one down. Pure; no drawing here.

A small layered layout: lines that would go up are left out while layers are counted, each step stands one layer below
the last step that leads to it, and a few passes move each under the middle of those above it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ivr.flow.check import exits
from ivr.flow.kinds import KINDS
from ivr.flow.kinds.choices import extras_of
from ivr.flow.model import Flow, Step

BOX_W, BOX_H = 148, 40
GAP_X, GAP_Y = 22, 46
MARGIN = 14
PASSES = 6


@dataclass(frozen=True)
class Box:
    """A step in the picture: its left upper corner."""

    name: str
    kind: str
    x: int
    y: int

    @property
    def middle(self) -> int:
        """The middle of its width."""
        return self.x + BOX_W // 2


@dataclass(frozen=True)
class Line:
    """A way from one step to another: its path as SVG writes it, and the key or setting that leads there."""

    path: str
    label: str
    is_back: bool


@dataclass(frozen=True)
class Picture:
    """A whole flow, drawn."""

    width: int
    height: int
    boxes: tuple[Box, ...]
    lines: tuple[Line, ...]


def draw(flow: Flow) -> Picture:
    """The picture of `flow`, of one with faults too: ways to steps that do not exist are left out."""
    ways = {name: ways_of(flow, step) for name, step in flow.steps.items()}
    roots = [name for name in (flow.start, *flow.everywhere.values()) if name in flow.steps]
    below = forward(ways, list(dict.fromkeys([*roots, *flow.steps])))
    rows = ordered(layered(below), below)
    widest = max((len(row) for row in rows), default=1)
    width = widest * (BOX_W + GAP_X) - GAP_X + 2 * MARGIN
    boxes = {}
    for place, row in enumerate(rows):
        left = (width - len(row) * (BOX_W + GAP_X) + GAP_X) // 2
        for column, name in enumerate(row):
            x, y = left + column * (BOX_W + GAP_X), MARGIN + place * (BOX_H + GAP_Y)
            boxes[name] = Box(name, flow.steps[name].kind, x, y)
    lines = tuple(
        joined(boxes[name], boxes[target], label) for name in ways for target, label in ways[name].items()
    )
    return Picture(width, 2 * MARGIN + len(rows) * (BOX_H + GAP_Y) - GAP_Y, tuple(boxes.values()), lines)


def ways_of(flow: Flow, step: Step) -> dict[str, str]:
    """Where a step leads, with what leads there: "" for the usual way on."""
    found: dict[str, list[str]] = {}
    kind = KINDS.get(step.kind)
    if step.next:
        found.setdefault(step.next, []).append("")
    for option in kind.exits if kind else ():
        found.setdefault(str(step.options.get(option, "")), []).append(option)
    for key, extra in sorted(extras_of(step.options).items()):
        found.setdefault(str(extra.get("next", "")), []).append(key)
    named = set(exits(step)) if kind else {step.next}
    return {
        target: " ".join(filter(None, labels))
        for target, labels in found.items()
        if target in named and target in flow.steps
    }


def forward(ways: Mapping[str, Mapping[str, str]], starts: Sequence[str]) -> dict[str, list[str]]:
    """Each step with those that it leads down to, without the ways that would close a circle."""
    below: dict[str, list[str]] = {name: [] for name in ways}
    done: set[str] = set()
    for start in starts:
        if start in done:
            continue
        path, stack = [start], [iter(ways[start])]
        done.add(start)
        while stack:
            target = next(stack[-1], None)
            if target is None:
                stack.pop()
                path.pop()
            elif target not in path:
                below[path[-1]].append(target)
                if target not in done:
                    done.add(target)
                    path.append(target)
                    stack.append(iter(ways[target]))
    return below


def layered(below: Mapping[str, Sequence[str]]) -> list[list[str]]:
    """The steps by layer: each one below the lowest step that leads to it."""
    depth = dict.fromkeys(below, 0)
    for _ in below:  # the longest way has no more steps than there are
        changed = False
        for name, targets in below.items():
            for target in targets:
                if depth[target] < depth[name] + 1:
                    depth[target], changed = depth[name] + 1, True
        if not changed:
            break
    rows: list[list[str]] = [[] for _ in range(max(depth.values(), default=0) + 1)]
    for name in below:
        rows[depth[name]].append(name)
    return [row for row in rows if row]


def ordered(rows: list[list[str]], below: Mapping[str, Sequence[str]]) -> list[list[str]]:
    """The same layers, each step near the middle of its neighbours in the layers above and below."""
    near: dict[str, list[str]] = {name: list(targets) for name, targets in below.items()}
    for name, targets in below.items():
        for target in targets:
            near[target].append(name)
    at = {name: column - len(row) / 2 for row in rows for column, name in enumerate(row)}
    for _ in range(PASSES):
        for row in rows:
            pull = {name: sum(at[other] for other in near[name]) / max(len(near[name]), 1) for name in row}
            row.sort(key=lambda name: pull[name])
            at.update({name: column - len(row) / 2 for column, name in enumerate(row)})
    return rows


def joined(start: Box, end: Box, label: str) -> Line:
    """The line from one box to another: down from edge to edge; upward or to itself around the side, dashed."""
    if end.y > start.y:
        x1, y1, x2, y2 = start.middle, start.y + BOX_H, end.middle, end.y
        bend = (y2 - y1) // 2
        return Line(f"M{x1} {y1} C{x1} {y1 + bend} {x2} {y2 - bend} {x2} {y2}", label, False)
    x1, y1, x2, y2 = start.x + BOX_W, start.y + BOX_H // 2, end.x + BOX_W, end.y + BOX_H // 2
    side = max(x1, x2) + GAP_X // 2
    return Line(f"M{x1} {y1} C{side + 14} {y1} {side + 14} {y2} {x2} {y2}", label, True)
