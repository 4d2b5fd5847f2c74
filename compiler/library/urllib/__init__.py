"""What the web's addresses are made of: see `urllib.parse`. Requests are the host's."""
