"""The words of the pages, each explained in a sentence or two."""

WORDS = {
    "instance": "One Sonarr or Radarr that this program talks to.",
    "item": "One thing that an instance wants: an episode or a movie.",
    "want": "Why an item is wanted: it is missing, its quality is below the cutoff, or its"
    " custom-format score is.",
    "backlog": "All items that an instance wants, in our own copy of its lists.",
    "sync": "Reading an instance's lists again, so that the backlog is as they are.",
    "queue": "A saved plan: which items are searched, in what order, how many in a run, and when.",
    "strategy": "How a queue chooses: missing, upgrades, score, new releases, or your own choice.",
    "schedule": "When a queue runs: every few hours, daily, weekly, or by a cron line.",
    "run": "One execution of a queue. It searches a few items, with a pause between two of them.",
    "search": "One command to an instance: search this episode, season or movie at the indexers.",
    "outcome": "What came of a search: grabbed, nothing, failed, or unknown.",
    "answered": "A search that grabbed something or found nothing. One that failed, or that asked"
    " no indexer, has no answer: it says nothing about what can be found.",
    "grabbed": "The search found a release, and the instance sent it to its download program.",
    "cooldown": "How long an item rests after a search. The time doubles with each further search"
    " in a row that finds nothing.",
    "budget": "How many searches may be sent in any hour and in any day: for each instance, and for"
    " all instances together. The smaller limit counts.",
    "exclusion": "A person's decision not to search something: for ever, or until a date.",
    "snooze": "An exclusion that ends by itself on a date.",
    "reason": "The one rule that keeps an item from being searched now.",
    "eligible": "An item that no rule keeps from being searched. It waits for its turn.",
    "gate": "A condition that holds a whole run: an instance that does not answer, a full download"
    " queue, a full disk, or a budget or an indexer's limit that is spent.",
    "hold": "The switch that stops all searches of all queues until somebody goes on.",
    "cutoff": "The quality from which on Sonarr or Radarr is content. It stands in a quality"
    " profile there.",
    "fresh": "An item that came out a short while ago. It rests for hours instead of days, because"
    " releases often appear late.",
    "grace": "The time after an item aired or was released in which it is not searched yet.",
    "season pack": "One release that holds a whole season. One search asks for it instead of one"
    " for each episode.",
    "indexer": "A site or feed that Sonarr and Radarr ask for releases.",
    "yield": "What the searches brought: how many of them found a release.",
}
