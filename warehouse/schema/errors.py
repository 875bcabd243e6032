"""The one kind of error a person is meant to read."""


class UserError(Exception):
    """Something the person at the keyboard can put right; its message is one sentence that says what to do."""

    exit_code = 2
