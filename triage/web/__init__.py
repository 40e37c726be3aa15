"""The web inbox: pages for people, made on the server, with nothing fetched from elsewhere."""
