"""What stands behind boto3: the clients, their errors and answers."""

__version__ = "1.34.0"
