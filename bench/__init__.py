"""Measured figures: `make bench`. What is measured and how stands in README.md here."""
