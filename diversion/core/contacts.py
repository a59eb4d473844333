"""E-mail addresses and telephone numbers in the one form we store, send to and compare."""

import phonenumbers
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _
from phonenumbers import PhoneNumberFormat, PhoneNumberType

HOME_REGION = "GB"
"""Numbers written without a country code are taken to be from here."""

DRAMA_MOBILES = "7700900"
"""The range Ofcom keeps for stories (07700 900000 to 900999): it rings nobody, and demonstrations need it."""


class NotAnEmail(ValueError):
    """The text is not an e-mail address."""


class NotAPhoneNumber(ValueError):
    """The text is not a telephone number that could be rung."""


def normalise_email(text: str) -> str:
    """The address without surrounding space and in lower case.

    :raises NotAnEmail: it does not look like an address; the message is fit for the user.
    """
    folded = fold_email(text)
    try:
        validate_email(folded)
    except ValidationError:
        raise NotAnEmail(_("Enter an email address in the correct format, like name@example.com.")) from None
    return folded


def normalise_phone(text: str) -> str:
    """The number in E.164 form, such as +447700900123.

    :raises NotAPhoneNumber: no such number is in use; the message is fit for the user.
    """
    number = _parse(text)
    if number is None:
        raise NotAPhoneNumber(_("Enter a telephone number, like 07700 900 982 or +44 808 157 0192."))
    return phonenumbers.format_number(number, PhoneNumberFormat.E164)


def is_mobile(text: str) -> bool:
    """Whether the number can receive a text message. False for anything that is no number."""
    number = _parse(text)
    if number is None:
        return False
    # Some countries do not tell mobiles from landlines by their digits; give those the benefit.
    mobile = (PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE)
    return phonenumbers.number_type(number) in mobile or _is_drama(number)


def fold_email(text: str) -> str:
    """The address for comparing: never refuses."""
    return text.strip().lower()


def fold_phone(text: str) -> str:
    """The number for comparing: E.164 where it is one, else its bare digits. Never refuses."""
    number = _parse(text)
    if number is None:
        return "".join(letter for letter in text if letter.isdigit())
    return phonenumbers.format_number(number, PhoneNumberFormat.E164)


def _parse(text: str) -> phonenumbers.PhoneNumber | None:
    try:
        number = phonenumbers.parse(text, HOME_REGION)
    except phonenumbers.NumberParseException:
        return None
    return number if phonenumbers.is_valid_number(number) or _is_drama(number) else None


def _is_drama(number: phonenumbers.PhoneNumber) -> bool:
    digits = phonenumbers.national_significant_number(number)
    return number.country_code == 44 and digits.startswith(DRAMA_MOBILES) and len(digits) == 10
