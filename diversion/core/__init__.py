"""What every app stands on: clock, money, lifecycles, errors, actors, references. No tables, no domain nouns."""
