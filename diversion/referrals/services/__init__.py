"""What changes a referral. Every function says who and when, owns its transaction and leaves its audit row."""
