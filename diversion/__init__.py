"""Diversion: out-of-court educational courses, from a letter to a certificate."""
