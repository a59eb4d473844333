"""What people type. Forms check the shape; the rules are the services'."""
