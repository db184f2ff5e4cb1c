"""CSV that a spreadsheet shows and never carries out."""

import csv

import pytest

from views.web.csv import csv_line


@pytest.mark.parametrize(
    "text",
    [
        '=HYPERLINK("http://evil","x")',
        "+1",
        "-2+3",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "\n=1",
        "＝1",
        "  =1",
    ],
)
def test_no_cell_begins_as_a_formula(text: str) -> None:
    (row,) = csv.reader([csv_line([text])])
    assert row == ["'" + text]


def test_quotes_commas_and_lines_stay_in_their_cell() -> None:
    texts = ['He said "no"', "a,b", "two\nlines", "Ünï · 1x02", ""]
    (row,) = csv.reader(csv_line([*texts, 5, None]).splitlines(keepends=True))
    assert row == [*texts, "5", ""]
