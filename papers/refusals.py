"""Why a file is refused as a whole. A class's docstring is its meaning; words are elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial


class PaperRefused(Exception):
    """A file that we do not take; `code` is the key of its sentence in papers/problems.*.toml."""

    code = "paper_refused"

    def __init__(self, **detail: str) -> None:
        """`detail`: what the sentence needs, already fit to be shown."""
        super().__init__(self.code, detail)
        self.detail = detail

    def __reduce__(self) -> tuple[Callable[[], PaperRefused], tuple[()]]:
        """The way into another process."""
        return partial(type(self), **self.detail), ()


class FileTooLarge(PaperRefused):
    """The file has more bytes than we take."""

    code = "file_too_large"


class UnzipsTooLarge(PaperRefused):
    """The file is a parcel that unpacks to more than we take (a zip bomb)."""

    code = "unzips_too_large"


class SheetTooLarge(PaperRefused):
    """A sheet claims more rows or columns than any register has."""

    code = "sheet_too_large"


class TooManyRows(PaperRefused):
    """More rows than a message should bring; the command line takes them."""

    code = "too_many_rows"


class NotASpreadsheet(PaperRefused):
    """The content is no xlsx, xls or csv, whatever the name says."""

    code = "not_a_spreadsheet"


class PasswordProtected(PaperRefused):
    """The workbook can only be opened with a password."""

    code = "password_protected"


class DamagedFile(PaperRefused):
    """The file begins like a spreadsheet, but cannot be read to its end."""

    code = "damaged_file"


class TypeNotAllowed(PaperRefused):
    """An attachment whose content is none of the kinds that we keep."""

    code = "type_not_allowed"


class DamagedAttachment(PaperRefused):
    """An attachment that is not whole, so that its metadata cannot be taken out."""

    code = "damaged_attachment"


class UnknownHeadings(PaperRefused):
    """A clerk's own headings, of which a ledger has none."""

    code = "unknown_headings"
