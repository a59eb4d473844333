"""Pages around money."""
