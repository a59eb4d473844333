"""The table and the file."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).with_name("results.json")


@dataclass(frozen=True)
class Figure:
    """One measure. `floor` is the least it can cost here, measured in the same run; `goal` is what it should reach, in words."""

    name: str
    value: float
    unit: str
    floor: float | None = None
    goal: str = ""

    @property
    def ratio(self) -> float | None:
        return round(self.value / self.floor, 2) if self.floor else None


ORDER = ("name", "value", "unit", "floor", "ratio", "goal")


def write(figures: list[Figure]) -> None:
    """Print the table and keep the figures as a list of objects."""
    RESULTS.write_text(json.dumps([{key: row[key] for key in ORDER} for row in _rows(figures)], indent=1) + "\n")
    show(figures)


def show(figures: list[Figure]) -> None:
    """Print the table."""
    lines = [ORDER, *(tuple("" if row[key] is None else str(row[key]) for key in ORDER) for row in _rows(figures))]
    widths = [max(len(line[i]) for line in lines) for i in range(len(ORDER))]
    for line in lines:
        print("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())


def _rows(figures: list[Figure]) -> list[dict[str, Any]]:
    return [
        {**asdict(f), "value": round(f.value, 2), "floor": f.floor and round(f.floor, 2), "ratio": f.ratio} for f in figures
    ]
