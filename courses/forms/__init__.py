"""What people type, checked for shape."""
