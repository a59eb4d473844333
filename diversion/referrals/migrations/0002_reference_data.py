"""Facts of law and calendar that every deployment starts with. They carry dates: what changes later is a new row."""

import csv
from datetime import date
from pathlib import Path

from django.db import migrations

LAW_AS_OF = date(2024, 1, 1)
CONSTABLE, SERGEANT, INSPECTOR = 1, 2, 3
FOLDER = Path(__file__).parent / "data"

DISPOSALS = [
    {
        "code": "conditional-caution",
        "cap_weeks": 20,
        "authoriser_rank": SERGEANT,
        "required_facts": ["admission", "consent", "explained", "legal-advice", "sharing"],
        "name": "Conditional caution",
        "plain_name": "a caution with conditions",
        "requires_admission": True,
        "enforceable": True,
        "if_completed": "The matter ends there. You will not go to court for it.",
        "if_not": "The case can be looked at again, and you may have to go to court. Nobody decides this without asking you first.",
    },
    {
        "code": "community-resolution",
        "authoriser_rank": SERGEANT,
        "required_facts": ["responsibility", "consent", "explained", "sharing"],
        "name": "Community resolution",
        "plain_name": "an agreement to put things right",
        "requires_admission": False,
        "enforceable": False,
        "if_completed": "The matter ends there.",
        "if_not": "You will not go to court because of this. A record is kept that the agreement was not finished.",
    },
    {
        "code": "outcome-22",
        "authoriser_rank": INSPECTOR,
        "required_facts": ["consent", "explained", "legal-advice", "sharing"],
        "name": "Outcome 22 (deferred prosecution)",
        "plain_name": "a decision put off while you take a course",
        "requires_admission": False,
        "enforceable": True,
        "if_completed": "No more will be done about the matter.",
        "if_not": "The decision that was put off will be made. That can mean going to court.",
    },
    {
        "code": "driver-retraining",
        "authoriser_rank": CONSTABLE,
        "required_facts": ["explained", "sharing"],
        "name": "Driver retraining offer",
        "plain_name": "a course instead of a fine and points",
        "requires_admission": False,
        "enforceable": True,
        "if_completed": "The matter ends there. You get no fine and no points for it.",
        "if_not": "You may get a fine and points, or have to go to court. You can still choose the fine instead of the course.",
    },
    {
        "code": "voluntary",
        "authoriser_rank": CONSTABLE,
        "name": "Voluntary referral",
        "plain_name": "a course offered to you as help",
        "requires_admission": False,
        "enforceable": False,
        "if_completed": "You will get a certificate.",
        "if_not": "Nothing happens. You can ask for a course again later.",
    },
]

# How the police's record system names each end; from when, is the day on which the counting rules brought it.
OUTCOME_CODES = [
    ("3", "Caution, adult, with conditions", "conditional-caution", False, date(2014, 4, 1)),
    ("8", "Community resolution", "community-resolution", False, date(2014, 4, 1)),
    ("22", "Diversionary, educational or intervention activity undertaken", "outcome-22", True, date(2019, 4, 1)),
]

OFFENCE_CATEGORIES = [
    ("DRUG-POSS", "Possession of a controlled drug", False),
    ("THEFT-SHOP", "Theft from a shop", False),
    ("CRIM-DAM", "Criminal damage of low value", False),
    ("COM-ASSLT", "Common assault", True),
    ("PUB-ORDER", "Public order, causing harassment, alarm or distress", True),
    ("DRUNK-DIS", "Drunk and disorderly", True),
    ("MAL-COMMS", "Malicious communications", False),
    ("DRIVE-CARE", "Careless driving", True),
    ("FRAUD-LOW", "Fraud of low value", False),
]


def add(apps, schema_editor):
    using = schema_editor.connection.alias
    for fields in DISPOSALS:
        apps.get_model("referrals", "Disposal").objects.using(using).update_or_create(
            code=fields["code"], in_force_from=LAW_AS_OF, defaults=fields
        )
    for code, name, disposal, after, since in OUTCOME_CODES:
        apps.get_model("referrals", "CrimeOutcome").objects.using(using).update_or_create(
            code=code,
            disposal_code=disposal,
            in_force_from=since,
            defaults={"name": name, "after_completion_only": after},
        )
    for code, name, summary_only in OFFENCE_CATEGORIES:
        apps.get_model("referrals", "OffenceCategory").objects.using(using).update_or_create(
            code=code, defaults={"name": name, "summary_only": summary_only}
        )
    with (FOLDER / "bank_holidays.csv").open(newline="") as rows:
        holiday = apps.get_model("referrals", "BankHoliday")
        holiday.objects.using(using).bulk_create([holiday(**row) for row in csv.DictReader(rows)], ignore_conflicts=True)


class Migration(migrations.Migration):
    dependencies = [("referrals", "0001_initial")]
    operations = [migrations.RunPython(add, migrations.RunPython.noop)]
