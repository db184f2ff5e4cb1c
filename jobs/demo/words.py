"""Invented titles, names and places of the demo library."""

import re
import unicodedata
from random import Random


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


def _phrases(text: str) -> tuple[str, ...]:
    return tuple(" ".join(phrase.split()) for phrase in text.split(";"))


ADJECTIVES = _words(
    """
    Brackish Cobbled Crooked Drowsy Eleventh Feathered Gilded Half-Built Hollow Improbable
    Ink-Stained Jittery Left-Handed Lopsided Marmalade Moonlit Mossy Nearsighted Ninth Overgrown
    Paper Patient Peppered Pewter Porcelain Rain-Soaked Reluctant Rusted Salted Secondhand
    Sleepless Slanted Smouldering Sunken Tangled Thistledown Tidal Tin Unlisted Velvet Wandering
    Waterlogged Windblown Woolen Zigzag
    """
)
NOUNS = _words(
    """
    Almanac Apiary Attic Barge Bellfounder Birdhouse Bookbinder Cartographer Causeway Chandler
    Clockmaker Compass Conservatory Dovecote Embankment Falconer Ferry Fiddler Foghorn
    Gatekeeper Glasshouse Gondola Greenhouse Harbour Haystack Heron Inkwell Ironmonger Kettle
    Kiln Lamplighter Lantern Ledger Lighthouse Locksmith Magpie Meadow Milliner Mooring
    Observatory Orchard Otter Parasol Pendulum Perfumer Quarry Quilt Rookery Saddler Signalman
    Spyglass Stationmaster Teapot Tightrope Tollkeeper Umbrella Vineyard Weathervane Whistle
    Windmill Wren
    """
)
PLACES = _phrases(
    """
    Amberley Sands; Bracken Hollow; Cinderford Quay; Dunmarrow; Elderwick; Fennimore; Gullhaven;
    Hobb's End; Isle Verrow; Juniper Flats; Kestrel Bay; Larkspur; Marrow Lane; Nettlecombe;
    Oldgate; Pellwood; Quillon; Rook Island; Saltmarsh; Tansy Hill; Underbridge; Vallenport;
    Westerlow; Yarrow Street; Zephyr Point
    """
)
FIRST_NAMES = _words(
    """
    Ambrose Beatrix Casimir Delphine Ezra Fenella Gideon Hattie Ignatius Juno Kit Lavinia Mungo
    Nell Ottoline Percival Quentin Rosalind Silas Tabitha Ulric Verity Winifred Xanthe Yorick
    Zelda
    """
)
SURNAMES = _words(
    """
    Applegarth Brisk Copperfeather Dapplewood Everlast Finchley-Moss Gorse Hartshorn Inkpen
    Jessop Kettlewell Loveday Mumbles Nightingale Oddfellow Plume Quickly Ravenscroft Snodgrass
    Thimble Underhay Vane Whitlock Yardley
    """
)
NETWORKS = _phrases(
    """
    Channel Eleven; Harbour TV; Kite; Meridian+; Northlight; Ostrich Plus; Tram 4; Velo
    """
)
STUDIOS = _phrases(
    """
    Blue Kettle; Halfmoon & Sons; Lantern Yard; Paper Boat Pictures; Third Gull; Treacle Mine
    """
)
GENRES = _words(
    """
    Adventure Animation Comedy Crime Documentary Drama Family Fantasy History Mystery Romance
    Thriller
    """
)
GROUPS = _words(
    """
    MAPLE NIGHTJAR QUILL TINROOF OTTER THISTLE SALTBOX KESTREL
    """
)

PECULIAR_SERIES = (
    "<b>Bold</b> Choices",
    "O'Hanrahan & Daughters",
    "Crème Brûlée, Confidentially",
    "פנסים על הגג הירוק",
    "月影郵便局の猫",
    "What Rhymes with Marmalade?",
    'The Lodger Called "Nobody"',
    "Ærøskipper",
    "100% Chance of Drizzle",
    "Dr. Thimble, M.D. (Retired)",
    "C:\\Lost+Found",
    "Żółw i Zegarmistrz",
    "Tea @ Quarter Past",
    "…And Then the Geese",
)
PECULIAR_MOVIES = (
    "<script>alert('popcorn')</script>",
    "The Beekeeper's Other Umbrella",
    "Lemon & Larceny",
    "El Faro de las Cucharas Ñoñas",
    "ممر الفوانيس السبعة",
    "Die Straßenbahn träumt",
    "Is This Your Goose?",
    "Seven/Eighths",
    "#NoFerryToday",
    "雨傘工場の夜",
    "Mr. & Mrs. Snodgrass vs. The Sea",
    "A Very Long Afternoon in the Waiting Room of the Second-Best Dentist in Lower Nettlecombe",
)


def series_title(rng: Random) -> str:
    noun, other = rng.sample(NOUNS, 2)
    shapes = (
        f"The {rng.choice(ADJECTIVES)} {noun}",
        f"{noun} & {other}",
        f"{rng.choice(FIRST_NAMES)} of {rng.choice(PLACES)}",
        f"{rng.choice(PLACES)} {noun}s",
        f"The {rng.choice(SURNAMES)} {noun}",
        f"{rng.choice(FIRST_NAMES)} {rng.choice(SURNAMES)} Investigates",
        f"{rng.choice(ADJECTIVES)} Days in {rng.choice(PLACES)}",
    )
    return rng.choice(shapes)


def movie_title(rng: Random) -> str:
    noun, other = rng.sample(NOUNS, 2)
    shapes = (
        f"The {rng.choice(ADJECTIVES)} {noun} of {rng.choice(PLACES)}",
        f"The {noun} and the {other}",
        f"{rng.choice(ADJECTIVES)} {noun}",
        f"{_a(noun)} for {rng.choice(FIRST_NAMES)}",
        f"{rng.choice(SURNAMES)}'s {rng.choice(ADJECTIVES)} {noun}",
        f"Last {noun} to {rng.choice(PLACES)}",
        f"{rng.choice(FIRST_NAMES)} {rng.choice(SURNAMES)} and the {rng.choice(ADJECTIVES)} {noun}",
    )
    return rng.choice(shapes)


def episode_title(rng: Random) -> str:
    noun, other = rng.sample(NOUNS, 2)
    shapes = (
        f"The {noun}",
        f"{noun} and {other}",
        f"The {rng.choice(ADJECTIVES)} {noun}",
        f"Goodbye, {rng.choice(PLACES)}",
        f"{rng.choice(FIRST_NAMES)}'s {noun}",
        f"What {rng.choice(FIRST_NAMES)} Saw",
        f"{_a(noun)} Too Far",
    )
    return rng.choice(shapes)


def guest(rng: Random) -> str:
    """The title of an episode of a daily programme."""
    return f"{rng.choice(FIRST_NAMES)} {rng.choice(SURNAMES)}"


def _a(noun: str) -> str:
    return f"An {noun}" if noun[0] in "AEIOU" else f"A {noun}"


def overview(title: str, key: int) -> str:
    """One sentence about a title, the same each time for the same key."""
    who = f"{FIRST_NAMES[key % len(FIRST_NAMES)]} {SURNAMES[key % len(SURNAMES)]}"
    where = PLACES[key % len(PLACES)]
    what = NOUNS[key % len(NOUNS)]
    return f"{title}: {who} comes back to {where}, and nobody there will speak of the {what}."


def unique(title: str, taken: set[str]) -> str:
    """The title, with a number if it is taken already."""
    chosen, number = title, 2
    while chosen in taken:
        chosen, number = f"{title} {number}", number + 1
    taken.add(chosen)
    return chosen


def plain(title: str) -> str:
    """The title in lower-case words, in ASCII if possible, like the servers' clean titles."""
    ascii_only = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", " ", ascii_only.lower().replace("'", "")).strip() or title.lower()


def sort_title(title: str) -> str:
    return re.sub(r"^(the|an?) (?=.)", "", plain(title))


def slug(title: str, key: int) -> str:
    """The title for use in an address; the key if no ASCII letter is left."""
    words = plain(title)
    return words.replace(" ", "-") if words.isascii() else str(key)
