"""The named ways in which the memory refuses; each docstring says what the name means."""

from __future__ import annotations

import errno

from sqlalchemy.exc import DBAPIError, SQLAlchemyError


class Conflict(Exception):
    """Somebody else was faster; nothing was written. Load again and decide anew."""


class StaleVersion(Conflict):
    """The row has been changed, or removed, since it was read."""


class KeyTaken(Conflict):
    """A row with the same unique key was written in the meantime."""


class AlreadyRunning(Exception):
    """Another process runs this database; its text names that process."""


class WrongKey(Exception):
    """A key is missing, has the wrong size, or is not the one this was sealed with."""


class BrokenChain(Exception):
    """The journal is not whole; its text names the first broken entry and the kind of break."""


class BadBackup(Exception):
    """A backup that is not restored; `cause` is the code of the reason, `where` its place."""

    def __init__(self, cause: str, where: object = "") -> None:
        """Nothing has been changed."""
        super().__init__(f"{cause} {where}".rstrip())
        self.cause = cause
        self.where = where


#: The database cannot be used just now (locked, full, read-only, gone): to be tried again later.
UNUSABLE = (Conflict, SQLAlchemyError, OSError)

#: The same, as the machine names it: SQLite's codes begin so, PostgreSQL's states are these.
_OUT_OF_USE = ("SQLITE_READONLY", "SQLITE_FULL", "SQLITE_CANTOPEN", "SQLITE_IOERR", "SQLITE_BUSY")
_OUT_OF_SERVICE = {"25006", "53100", "53300", "57P01", "57P02", "57P03"}
_NO_ACCESS = {errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOSPC, errno.EDQUOT}
_BUSY = {"SQLITE_BUSY", "SQLITE_BUSY_SNAPSHOT", "SQLITE_BUSY_RECOVERY", "SQLITE_LOCKED"}
_LOST_RACE = {"40001", "40P01", "55P03"}
_TAKEN = {"SQLITE_CONSTRAINT_UNIQUE", "SQLITE_CONSTRAINT_PRIMARYKEY", "23505"}


def is_read_only(error: DBAPIError) -> bool:
    """Whether the connection was opened while the file could not be written."""
    return str(getattr(error.orig, "sqlite_errorname", "")).startswith("SQLITE_READONLY")


def why_unusable(error: Exception) -> str | None:
    """What the machine says: read-only, full, locked, no access; None where it is another fault.

    SQLite's words are its own fixed sentences; PostgreSQL's may name accounts, so its code does.
    """
    if isinstance(error, OSError):
        return f"{error.strerror}: {error.filename}" if error.errno in _NO_ACCESS else None
    orig = getattr(error, "orig", None)
    if str(getattr(orig, "sqlite_errorname", "")).startswith(_OUT_OF_USE):
        return str(orig)
    state = getattr(orig, "sqlstate", None)
    return f"PostgreSQL {state}" if state in _OUT_OF_SERVICE else None


def named(error: DBAPIError) -> Exception:
    """The name for what the driver reports; the error itself where we have no name for it."""
    code = getattr(error.orig, "sqlstate", None) or getattr(error.orig, "sqlite_errorname", None)
    if code in _TAKEN:
        return KeyTaken(str(error.orig))
    if code in _BUSY or code in _LOST_RACE:
        return Conflict(str(error.orig))
    return error
