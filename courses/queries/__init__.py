"""Questions that span models."""
