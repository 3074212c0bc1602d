"""The explorer: a web server over atlases, and the page that it serves."""
