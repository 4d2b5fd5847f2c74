"""Text for XML; there is no parser."""
