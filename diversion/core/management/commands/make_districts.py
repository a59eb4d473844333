"""`manage.py make_districts FOLDER`: the middle of every postcode district, from the Ordnance Survey's Code-Point Open."""

import csv
import gzip
from collections.abc import Iterator
from pathlib import Path
from statistics import mean
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from diversion.core.places import gazetteer
from diversion.core.places.national_grid import to_degrees

NO_POINT = 90
"""Code-Point Open's quality of a postcode that lies nowhere: a box, or one not surveyed yet."""


class Command(BaseCommand):
    help = "Write districts.csv from a folder of Code-Point Open files (.csv or .csv.gz)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path)

    def handle(self, *args: Any, folder: Path, **options: Any) -> None:
        """Each district lies at the mean of its postcodes: where its addresses are, not where its area is."""
        points: dict[str, list[tuple[float, float]]] = {}
        for postcode, quality, east, north in _rows(folder):
            if int(quality) < NO_POINT:
                points.setdefault(postcode[:-3].strip(), []).append((float(east), float(north)))
        target = Path(gazetteer.__file__).with_name("districts.csv")
        with target.open("w", encoding="utf-8", newline="") as file:
            file.write("district,latitude,longitude\n")
            for district, found in sorted(points.items()):
                latitude, longitude = to_degrees(mean(e for e, _ in found), mean(n for _, n in found))
                file.write(f"{district},{latitude:.2f},{longitude:.2f}\n")
        self.stdout.write(f"{len(points)} districts")


def _rows(folder: Path) -> Iterator[list[str]]:
    for path in sorted([*folder.glob("*.csv"), *folder.glob("*.csv.gz")]):
        packed = path.read_bytes()
        text = (gzip.decompress(packed) if path.suffix == ".gz" else packed).decode()
        for row in csv.reader(text.splitlines()):
            yield row[:4]
