"""The web applications: the only module that may import every room."""
