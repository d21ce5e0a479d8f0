"""The base of all errors a user can cause: one line that names place and remedy."""


class TiesError(Exception):
    """A request, a file or a table is not as it has to be; the command ends with `status`."""

    status = 2
