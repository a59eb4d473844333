"""Ten thousand people on record: a look-up reads an index, and opens a handful."""

import json
from datetime import date

import pytest
from django.db import connection, connections

from diversion.referrals.lookups import people_to_compare
from diversion.referrals.matching import Person
from diversion.referrals.models import Participant
from tests.factories import make_participant
from tests.integration.courses.test_search_at_scale import whole_table_reads

PEOPLE = 10_000
BIRTHS = 3_000
SOUNDS = 40

OWN_WORDS = {
    "id": "gen_random_uuid()",
    "public_id": "'p' || n",
    "user_id": "NULL",
    "family_name_index": "sha256(('family' || mod(n, 500))::bytea)",
    "family_name_sound": f"sha256(('family' || mod(n, {SOUNDS}))::bytea)",
    "given_names_sound": f"sha256(('given' || mod(n, {SOUNDS}))::bytea)",
    "date_of_birth_index": f"sha256(('born' || mod(n, {BIRTHS}))::bytea)",
}


@pytest.fixture
def sam(committed_db: None) -> Participant:
    """Somebody among ten thousand, three hundred of whom share the birthday and nothing else."""
    sam = make_participant(given_names="Sam", family_name="Okafor", date_of_birth=date(1990, 5, 17))
    columns = [field.column for field in Participant._meta.concrete_fields]
    with connection.cursor() as cursor:
        for count, changed in (
            (PEOPLE, {}),
            (300, {"date_of_birth_index": "date_of_birth_index", "public_id": "'q' || n"}),
        ):
            values = ", ".join((OWN_WORDS | changed).get(column, column) for column in columns)
            names = ", ".join(columns)
            cursor.execute(
                f"INSERT INTO referrals_participant ({names}) "
                f"SELECT {values} FROM referrals_participant, generate_series(1, {count}) n WHERE id = %s",
                [sam.pk],
            )
    with connections["owner"].cursor() as cursor:
        cursor.execute("ANALYZE referrals_participant, accounts_organisation")
    return sam


def test_a_look_up_reads_the_index_and_opens_a_handful(sam: Participant) -> None:
    asked = people_to_compare(Person("Sam", "Okafor", date(1990, 5, 17)))
    plan = json.loads(asked.explain(format="json", analyze=True))[0]
    print("look-up", plan["Execution Time"], "ms")
    assert "referrals_participant" not in whole_table_reads(plan["Plan"])
    assert "referrals_participant_date_of_birth_index" in json.dumps(plan)
    assert Participant.objects.count() > PEOPLE
    assert [each.pk for each in asked] == [sam.pk]
