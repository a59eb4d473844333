"""Who may come in and what each may do: users, organisations, memberships, permissions, guards."""
