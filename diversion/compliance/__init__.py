"""Watching and deciding: who is on course, late or in trouble, and what named people decide about it."""
