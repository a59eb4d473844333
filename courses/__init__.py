"""Courses: who runs them, when, who has a place, who came, who completed."""
