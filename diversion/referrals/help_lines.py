"""Help lines for anybody in the United Kingdom. Each number was looked up on `CHECKED_ON`; they are looked up anew every year."""

from dataclasses import dataclass
from datetime import date

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

CHECKED_ON = date(2026, 11, 25)


@dataclass(frozen=True, slots=True)
class HelpLine:
    """Whom to phone, and when it is the right one. `press` is what to choose once they answer."""

    name: str | Promise
    number: str
    when: str | Promise
    press: str | Promise = ""

    @property
    def dial(self) -> str:
        """The number without its spaces, for a link."""
        return self.number.replace(" ", "")


HELP_LINES = (
    HelpLine(_("Emergency services"), "999", _("You or somebody else is in danger now.")),
    HelpLine("Samaritans", "116 123", _("You want to talk to somebody, about anything. Day and night, free.")),
    HelpLine("NHS", "111", _("You feel so low or so afraid that it cannot wait. Day and night, free."), _("then choose 2")),
    HelpLine("FRANK", "0300 123 6600", _("You want to talk about drugs. Day and night.")),
    HelpLine(
        "Stop It Now",
        "0808 1000 900",
        _("You worry about your own thoughts or acts towards children, or somebody else’s. Free."),
    ),
    HelpLine("Respect Phoneline", "0808 802 4040", _("You worry that you hurt or frighten your partner. Free.")),
    HelpLine(
        _("National Domestic Abuse Helpline"),
        "0808 2000 247",
        _("Somebody close to you hurts or frightens you. Day and night, free."),
    ),
    HelpLine(
        _("Men’s Advice Line"), "0808 801 0327", _("You are a man and somebody close to you hurts or frightens you. Free.")
    ),
)
