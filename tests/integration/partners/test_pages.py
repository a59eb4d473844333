"""The pages of uploads: choose, see how far it is, take in what was checked (line 12; 50 MB of line 15)."""

import csv
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from diversion.audit.models import AccessEvent
from diversion.core import clock
from diversion.core.references import spoken
from diversion.partners.columns import COLUMNS
from diversion.partners.models import ImportBatch, ImportRow
from diversion.partners.services.imports import work_off
from diversion.referrals.models import Referral
from tests.integration.partners.files import NAMES, csv_of, make_house, row
from tests.integration.signed_in import sign_in

pytestmark = pytest.mark.django_db
HOME = "/agency/imports/"


def send(client, content, **fields):
    return client.post(HOME, {"file": SimpleUploadedFile("referrals.csv", content, "text/csv"), **fields})


def test_the_check_is_ticked_and_leads_from_upload_to_taken_in(client):
    hub = make_house()
    sign_in(client, hub)
    assert 'name="dry_run"' in (page := client.get(HOME).content.decode())
    assert "checked" in page
    answer = send(client, csv_of(row(hub, 1), row(hub, 2, given_names="")), dry_run="on")
    assert answer.status_code == 303
    assert "0 of 2 rows" in client.get(answer["Location"]).content.decode()

    work_off(at=clock.now())
    page = client.get(answer["Location"]).content.decode()
    assert "2 of 2 rows" in page
    assert "Would be taken in" in page
    assert "given_names: Enter first names" in page
    assert Referral.objects.count() == 0

    client.post(answer["Location"] + "take-in/")
    work_off(at=clock.now())
    page = client.get(answer["Location"]).content.decode()
    referral = Referral.objects.get()
    assert spoken(referral.reference) in page
    assert AccessEvent.objects.get(route="import-show").participants == [referral.participant_id]


def test_only_the_refused_rows_are_shown_when_asked_for(client):
    hub = make_house()
    sign_in(client, hub)
    where = send(client, csv_of(row(hub, 1), row(hub, 2, given_names="")))["Location"]
    work_off(at=clock.now())
    assert [each[0]["text"] for each in client.get(where).context["rows"]] == ["2", "3"]
    assert [each[0]["text"] for each in client.get(where + "?only=refused").context["rows"]] == ["3"]


def test_another_agencys_hub_sees_nothing_of_it(client):
    hub = make_house()
    where = send(sign_in(client, hub), csv_of(row(hub)))["Location"]
    assert client.get(where).status_code == 200
    sign_in(client, make_house())
    assert client.get(where).status_code == 404
    assert client.post(where + "take-in/").status_code == 404
    assert ImportBatch.objects.get().public_id not in client.get(HOME).content.decode()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "The file is empty."),
        (csv_of().decode().encode("utf-16"), "The file is in UTF-16."),
        (csv_of(header=["name"]), "The header lacks"),
        (csv_of(dict.fromkeys(NAMES, "Jürgens")).decode().encode("cp1252"), "Line 2 is not in UTF-8."),
    ],
)
def test_a_file_that_cannot_be_read_is_answered_beside_the_field(client, content, said):
    answer = send(sign_in(client, make_house()), content)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert ImportRow.objects.count() == 0


def test_no_file_at_all_is_told(client):
    answer = sign_in(client, make_house()).post(HOME, {"dry_run": "on"})
    assert (answer.status_code, "Choose a file of referrals" in answer.content.decode()) == (422, True)


def test_50_mb_are_answered_in_words_and_kept_nowhere(client, settings, tmp_path):
    settings.FILE_UPLOAD_TEMP_DIR = tmp_path
    answer = send(sign_in(client, make_house()), b"x" * 50 * 1024 * 1024, dry_run="on")
    assert answer.status_code == 422
    assert "The file is larger than 10 MB." in answer.content.decode()
    assert list(tmp_path.iterdir()) == []


def test_the_template_can_be_uploaded_as_it_is(client):
    hub = make_house()
    sign_in(client, hub)
    answer = client.get(HOME + "template.csv")
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert next(csv.reader(io.StringIO(answer.content.decode("utf-8-sig")))) == NAMES
    send(client, answer.content)
    work_off(at=clock.now())
    assert ImportRow.objects.get().status == "created"


def test_the_guide_names_every_column(client):
    page = sign_in(client, make_house()).get(HOME + "columns/").content.decode()
    assert [column.name for column in COLUMNS if f">{column.name}<" not in page] == []
    assert "A-TEST: Test" in page
