import pytest

from diversion.core.contacts import NotAnEmail, NotAPhoneNumber, is_mobile, normalise_email, normalise_phone


def test_an_email_is_trimmed_and_lowered() -> None:
    assert normalise_email("  Jo.Bloggs@Example.ORG\n") == "jo.bloggs@example.org"


@pytest.mark.parametrize("wrong", ["", "jo", "jo@", "@example.org", "jo bloggs@example.org", "a@b@example.org"])
def test_what_is_no_email_is_refused_with_a_sentence(wrong: str) -> None:
    with pytest.raises(NotAnEmail, match=r"^Enter an email address .*\.$"):
        normalise_email(wrong)


@pytest.mark.parametrize(
    "written", ["07700 900982", "(07700) 900-982", "+44 7700 900982", "0044 7700 900982", "+44 (0)7700 900982"]
)
def test_a_phone_number_becomes_e164_however_it_is_written(written: str) -> None:
    assert normalise_phone(written) == "+447700900982"


def test_a_foreign_number_keeps_its_country() -> None:
    assert normalise_phone("+353 85 012 3456") == "+353850123456"


@pytest.mark.parametrize("wrong", ["", "hello", "12", "07700 900", "999999999999999999999"])
def test_what_is_no_phone_number_is_refused_with_a_sentence(wrong: str) -> None:
    with pytest.raises(NotAPhoneNumber, match=r"^Enter a telephone number"):
        normalise_phone(wrong)


@pytest.mark.parametrize(
    ("number", "expected"),
    [("07700 900982", True), ("+353 85 012 3456", True), ("0161 496 0000", False), ("0800 1111", False), ("x", False)],
)
def test_only_mobiles_take_text_messages(number: str, expected: bool) -> None:
    assert is_mobile(number) is expected
