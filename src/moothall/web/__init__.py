"""The HTML face: pages, forms, cookies, CSRF, templates and static files."""
