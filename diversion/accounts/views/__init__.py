"""Pages about accounts that the sign-in library does not have."""
