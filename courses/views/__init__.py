"""Pages: guard, load, one service call, redirect."""
