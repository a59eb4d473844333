"""Pages of officers, authorisers and participants."""
