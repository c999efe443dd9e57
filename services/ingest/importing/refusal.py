"""Why a file cannot be read at all; what is wrong with a row alone goes to the error file."""


class FileRefused(Exception):
    """A file that cannot be read; the message says why."""
