"""Money: what is owed for a booking, what was taken by card, what went back."""
