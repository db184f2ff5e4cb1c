"""Tables as CSV (RFC 4180) that no spreadsheet takes for formulas."""

from collections.abc import Iterable

# A cell that begins so is a formula to Excel, LibreOffice or Google Sheets (OWASP, CSV injection).
FORMULAS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
SAFE = "'"


def csv_line(cells: Iterable[object]) -> str:
    """One row, each cell in quotes; None is an empty cell."""
    return ",".join(_cell(each) for each in cells) + "\r\n"


def _cell(value: object) -> str:
    text = "" if value is None else str(value)
    if text.lstrip(" ").startswith(FORMULAS):
        text = SAFE + text
    return '"{}"'.format(text.replace('"', '""'))
