"""What changes accounts: codes, invitations, memberships."""
