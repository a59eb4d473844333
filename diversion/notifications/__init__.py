"""Messages as rows: queued inside the change that causes them, claimed by a tick, sent once each, in neutral words."""
