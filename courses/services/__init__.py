"""What changes courses and bookings. Every function says who and when, owns its transaction and leaves its audit row."""
