"""A credible story for trying the service, told through its own services. Never installed in production."""
