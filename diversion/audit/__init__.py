"""The trail: who changed what and why, who read what. Rows are added, never changed."""
