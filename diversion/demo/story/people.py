"""The people of the story. Names and contacts are invented; numbers are from the range kept for stories."""

from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True)
class Person:
    given_names: str
    family_name: str
    born: date
    address: str
    postcode: str
    mobile: str = ""
    needs: tuple[str, ...] = field(default=())
    language: str = "en-gb"

    @property
    def email(self) -> str:
        return f"{self.given_names.split(' ')[0]}.{self.family_name}@example.org".lower().replace("'", "")


LETTERS = (
    Person("Amira", "Hassan", date(1994, 3, 12), "4 Mill Lane\nManchester", "M14 5AA"),
    Person("Dylan", "Rees", date(1988, 11, 2), "12 Castle Street\nCardiff", "CF10 1BS", language="cy"),
    Person("Joe", "O'Brien", date(2001, 7, 30), "Flat 3, 9 Park Road\nLeeds", "LS6 2AB", needs=("step-free",)),
)
PARTICIPANT = Person("Sam", "Taylor", date(1990, 5, 17), "21 Elm Grove\nManchester", "M20 2WL", mobile="07700 900123")
ON_COURSE = (
    Person("Grace", "Okafor", date(1985, 1, 9), "2 River View\nSalford", "M5 4WT"),
    Person("Marek", "Nowak", date(1979, 6, 21), "88 Ash Street\nStockport", "SK1 3AB", needs=("interpreter",)),
    Person("Priya", "Shah", date(1997, 12, 4), "7 Queen Street\nOldham", "OL1 1AB"),
    Person("Tom", "Walker", date(2003, 2, 14), "31 Hill Rise\nBury", "BL9 0AB"),
    Person("Ellen", "Price", date(1969, 9, 28), "5 Church Lane\nBolton", "BL1 1AB", needs=("large-print", "breaks")),
    Person("Kofi", "Mensah", date(1992, 4, 3), "16 Station Road\nManchester", "M16 0AB"),
)
COMPLETED = Person("Leah", "Green", date(1983, 8, 19), "60 Long Row\nManchester", "M8 8AB")
MISSED = Person("Ryan", "Clarke", date(1999, 10, 8), "14 Dale Street\nRochdale", "OL16 1AB")
LATE_TO_BOOK = Person("Nadia", "Ali", date(1995, 2, 25), "3 Kings Court\nManchester", "M12 4AB")
WAITING = Person("Chris", "Bell", date(1991, 1, 31), "40 Victoria Road\nLeeds", "LS1 4AB")
ALSO_WAITING = (
    Person("Aisha", "Begum", date(1987, 10, 3), "19 Temple Road\nBolton", "BL2 1AB"),
    Person("Owen", "Hughes", date(1998, 3, 22), "4 Canal Side\nWigan", "WN1 1AB"),
)
MISTAKEN = Person("Noor", "Haddad", date(1986, 2, 3), "27 Mill Lane\nStockport", "SK1 2AB")
HAS_THE_LAST_PLACE = Person("Hana", "Kovac", date(1993, 7, 7), "9 Bridge Street\nLeeds", "LS2 7AB")
WAITS_FOR_IT = Person("Leo", "Marsh", date(1996, 11, 15), "52 Abbey Road\nLeeds", "LS5 3AB")
COURSE_CANCELLED = Person("Bea", "Long", date(1981, 4, 26), "6 Garden Row\nSheffield", "S1 2AB")
GOES_ON = Person("Ines", "Duarte", date(2002, 9, 9), "18 Wharf Street\nManchester", "M1 2AB")
DRAFTED = Person("Megan", "Ward", date(2000, 6, 6), "8 Orchard Close\nYork", "YO1 7AB")
ELSEWHERE = Person("Southmere", "Canary", date(1990, 1, 1), "1 Other Street\nBristol", "BS1 4AB")
