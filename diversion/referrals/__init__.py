"""The officer's half: schemes, people, referrals, authorisation, the offer and its answer."""
