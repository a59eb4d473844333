"""Money is a whole number of pence, in fields named `*_pence`. This is the only place it becomes text."""


def pounds(pence: int) -> str:
    """£45 for whole pounds, £45.50 otherwise; -£2.50 for a negative sum."""
    sign = "-" if pence < 0 else ""
    whole, rest = divmod(abs(pence), 100)
    return f"{sign}£{whole:,}.{rest:02d}" if rest else f"{sign}£{whole:,}"
