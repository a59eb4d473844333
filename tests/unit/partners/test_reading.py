"""A file is read or refused in one sentence, whatever is in it."""

import codecs

import pytest

from diversion.core.uploads import MOST_BYTES
from diversion.partners.reading import MOST_ROWS, FileIsUnreadable, read_rows
from tests.integration.partners.files import NAMES, csv_of

ROW = {**dict.fromkeys(NAMES, "x"), "family_name": "Jürgens"}


def refused(content):
    with pytest.raises(FileIsUnreadable) as refusal:
        read_rows(content)
    return refusal.value.code, str(refusal.value.sentence)


def told(**cells):
    """What the second of two rows is told."""
    return [(each.field, each.code) for each in read_rows(csv_of(ROW, {**ROW, "agency_reference": "y", **cells}))[1].errors]


def test_utf_8_with_and_without_a_bom_reads_the_same():
    plain = csv_of(ROW)
    assert read_rows(codecs.BOM_UTF8 + plain) == read_rows(plain)
    assert read_rows(plain)[0].cells["family_name"] == "Jürgens"


def test_rows_are_numbered_as_a_spreadsheet_numbers_them():
    content = csv_of(ROW) + b"\r\n" + b",,,\r\n" + csv_of({**ROW, "agency_reference": "z"}).split(b"\r\n", 1)[1]
    assert [line.number for line in read_rows(content)] == [2, 5]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_utf_16_is_told(encoding):
    code, sentence = refused(csv_of(ROW).decode().encode(encoding))
    assert code == "utf-16"
    assert "CSV UTF-8" in sentence


def test_the_wrong_encoding_is_told_with_its_first_line():
    content = csv_of({**ROW, "family_name": "x"}) + csv_of(ROW).split(b"\r\n", 1)[1].decode().encode("cp1252")
    code, sentence = refused(content)
    assert code == "not-utf-8"
    assert "Line 3 " in sentence
    assert "CSV UTF-8" in sentence


@pytest.mark.parametrize("content", [b"", b"\r\n", b"  \n", codecs.BOM_UTF8, csv_of()])
def test_an_empty_file_is_told(content):
    assert refused(content)[0] in {"empty", "header-missing"}


def test_bytes_that_are_not_text_are_told():
    assert refused(csv_of(ROW, {**ROW, "history": "a\0b"})) == ("not-text", "Line 3 holds bytes that are not text.")


def test_a_quotation_mark_left_open_is_told():
    assert refused(csv_of(ROW) + b'"open')[0] == "not-csv"


@pytest.mark.parametrize(
    ("header", "code", "named"),
    [
        (["", *NAMES], "header-shifted", "Column 1"),
        (NAMES[1:], "header-missing", "agency_reference"),
        ([*NAMES, "shoe_size"], "header-unknown", "shoe_size"),
        ([*NAMES, "scheme"], "header-repeated", "scheme"),
        (["x"], "header-unknown", "x"),
    ],
)
def test_a_wrong_header_is_told_by_name(header, code, named):
    if header == ["x"]:
        code, named = "header-missing", "scheme"
    found, sentence = refused(csv_of(ROW, header=header))
    assert found == code
    assert named in sentence


def test_columns_may_stand_in_any_order():
    assert read_rows(csv_of(ROW, header=NAMES[::-1]))[0].cells == ROW


def test_a_row_with_shifted_cells_is_refused_alone():
    good, bad = csv_of(ROW).split(b"\r\n")[:2]
    lines = read_rows(b"\r\n".join([good, bad + b",more", bad.rsplit(b",", 1)[0], bad]))
    assert [[each.code for each in line.errors] for line in lines] == [["cells"], ["cells"], []]


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", " =cmd|' /C calc'!A0", "+447700900123"])
def test_a_formula_is_refused_with_its_column(cell):
    assert told(history=cell) == [("history", "formula")]


@pytest.mark.parametrize("number", ["+447700900123", "+44 7700 900123", "07700 900123"])
def test_a_plain_telephone_number_is_no_formula(number):
    assert told(mobile=number) == []


def test_a_formula_in_the_place_of_a_telephone_number_is_refused():
    assert told(mobile='+447700900123+HYPERLINK("x")') == [("mobile", "formula")]


def test_the_same_reference_twice_is_refused_the_second_time():
    assert told(agency_reference="X") == [("agency_reference", "repeated")]


def test_a_file_that_is_too_large_is_refused_unread():
    assert refused(b"x" * (MOST_BYTES + 1))[0] == "too-large"
    assert refused(b"x" * MOST_BYTES)[0] != "too-large"


def test_too_many_rows_are_refused():
    line = b",".join([b"%d"] + [b"x"] * (len(NAMES) - 1)) + b"\r\n"
    content = csv_of() + b"".join(line % n for n in range(MOST_ROWS + 1))
    assert refused(content)[0] == "too-many-rows"
    assert len(read_rows(content.rsplit(line % MOST_ROWS, 1)[0])) == MOST_ROWS
