"""The numbers of pages that a list links to."""


def neighbours(page: int, last: int) -> list[int | None]:
    """The first, the last and those around `page`; None stands for a gap."""
    near = {1, last, *range(page - 2, page + 3)}
    found: list[int | None] = []
    before = 0
    for number in sorted(each for each in near if 1 <= each <= last):
        if number - before > 1:
            found.append(None)
        found.append(number)
        before = number
    return found
