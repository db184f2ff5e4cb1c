"""Makes the synthetic library of a demo Radarr."""

from datetime import UTC, datetime
from random import Random

from jobs.demo import words
from jobs.demo.library import DAY_S, Library, Movie
from jobs.demo.quotas import new_file
from jobs.demo.sizes import Size, searched_before

COMPLETE_PER_WANTED = 0.08
NOT_YET = 0.08
NEW = 0.06


def build(size: Size, rng: Random, now: int) -> Library:
    """A library that wants exactly what the size says; some of it is not yet available."""
    library, taken = Library(), set[str]()
    wanted = size.missing + size.upgrade
    states = ["missing"] * size.missing + ["upgrade"] * size.upgrade
    states += ["complete"] * round(wanted * COMPLETE_PER_WANTED)
    states += ["unmonitored"] * round(wanted * 0.02)
    rng.shuffle(states)
    for id, state in enumerate(states, start=1):
        movie = _movie(rng, id, state, now, taken)
        library.items[id] = movie
        if state in ("missing", "upgrade"):
            movie.searched = searched_before(rng, size.searched, now)
    return library


def _movie(rng: Random, id: int, state: str, now: int, taken: set[str]) -> Movie:
    title = words.unique(_title(rng, id), taken)
    age = _age(rng) if state == "missing" else rng.randrange(60 * DAY_S, 12_000 * DAY_S)
    digital = (now - age) // DAY_S * DAY_S
    in_cinemas = digital - rng.randrange(45, 120) * DAY_S
    movie = Movie(
        id=id,
        title=title,
        sort_title=words.sort_title(title),
        monitored=state != "unmonitored",
        year=datetime.fromtimestamp(in_cinemas, UTC).year,
        in_cinemas=in_cinemas,
        digital=digital if rng.random() < 0.85 else None,
        physical=digital + 30 * DAY_S if rng.random() < 0.7 else None,
        minimum=rng.choices(("released", "inCinemas", "announced"), (75, 15, 10))[0],
        profile_id=rng.choice((4, 4, 4, 6, 5) if state == "upgrade" else (4, 4, 4, 6, 5, 1)),
        root="/data/films",
        tags=sorted(rng.sample((1, 2, 3, 4), rng.choice((0, 0, 1, 2)))),
        genres=rng.sample(words.GENRES, 2),
        studio=rng.choice(words.STUDIOS),
        runtime=rng.randrange(78, 165),
        added=now - rng.randrange(1500 * DAY_S),
        tmdb_id=700_000 + id * 3,
    )
    if state in ("upgrade", "complete"):
        movie.file = new_file(rng, movie, low=state == "upgrade", added=digital)
    return movie


def _title(rng: Random, id: int) -> str:
    peculiar, rest = divmod(id, 11)
    if rest == 5 and peculiar < len(words.PECULIAR_MOVIES):
        return words.PECULIAR_MOVIES[peculiar]
    return words.movie_title(rng)


def _age(rng: Random) -> int:
    """How long ago it came out at home, in seconds; negative for a future release."""
    drawn = rng.random()
    if drawn < NOT_YET:
        return -rng.randrange(3 * DAY_S, 200 * DAY_S)
    if drawn < NOT_YET + NEW:
        return rng.randrange(13 * DAY_S)
    return rng.randrange(14 * DAY_S, 12_000 * DAY_S)
