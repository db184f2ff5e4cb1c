"""What the documents say is held against the program."""

import re
from pathlib import Path

import pytest

from jobs.commands import parser
from jobs.housekeeping.catalogue import JOBS
from models.backlog.eligibility import WORDS
from models.database.fields import SealedField
from models.declared import file_variables, variable
from models.environment import Environment
from models.environment.faults import allowed
from models.forms.settings import HouseForm
from models.happenings.kinds import OF_THE_PROGRAM
from models.household import Household
from models.opening.outside import FIELDS
from models.opening.schema import TABLES
from models.people.audit import WORDS as AUDITED
from models.schedules import Schedule
from models.searches import fates
from models.version import VERSION
from tests.docs.pages import ROOT, rows, section, text
from tests.docs.sentences import codes_of, refusals
from views.routes import pages
from views.web.history_table import WORDS as OUTCOME_WORDS

PAGES = sorted((ROOT / "docs").rglob("*.md"))
DOCS = sorted([*ROOT.glob("*.md"), *PAGES])
KINDS = ("tutorial", "how-to", "reference", "explanation")
ENTRY = re.compile(r"^(?:- |\*\*)+“(.+?)”(?:\*\*)?$", re.MULTILINE)


def heading_ids(document: Path) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", document.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading).lower().replace(" ", "-") for heading in headings}


def settings() -> list[list[str]]:
    """The rows of all settings: variable, default, meaning."""
    parts = ("Settings of the program", "Settings of the page")
    return [row for part in parts for row in rows(section("docs/reference/settings.md", part))[2:]]


def test_every_setting_is_documented_with_its_default_and_no_other() -> None:
    said = {row[0]: row[1] for row in settings()}
    usual = {
        variable(name): "none" if field.default in (None, "", ()) else str(field.default)
        for name, field in Environment.model_fields.items()
    }
    theirs = {
        variable(name): str(Household._meta.fields[name].default) for name in HouseForm.model_fields
    }
    assert said == usual | theirs | {"VQS_SECRET_FILE": "beside the data folder"}


def test_what_each_number_may_be_is_documented() -> None:
    said = {row[0]: row[2] for row in settings()}
    for name, field in FIELDS.items():
        if field.annotation is int and name != "port":
            bounds = allowed(field).removeprefix("a whole number from ")
            assert bounds in said[variable(name)], name


def test_no_document_names_a_setting_that_does_not_exist() -> None:
    known = {variable(name) for name in FIELDS} | file_variables(FIELDS)
    for document in DOCS:
        named = set(re.findall(r"VQS_[A-Z_]*[A-Z]", document.read_text()))
        assert named <= known, document.name


def test_every_command_is_documented_and_no_other() -> None:
    part = section("docs/reference/commands.md", "All of them")
    said = {row[0].split()[0].strip("`") for row in rows(part)[2:]}
    (action,) = [each for each in parser()._actions if each.dest == "command"]
    assert said == set(action.choices or ())


def test_every_route_is_documented_with_its_methods_and_no_other() -> None:
    said = {row[0]: (bool(row[1]), bool(row[2] or row[3])) for row in rows(_routes())[2:]}
    there = {}
    for route in pages():
        methods = route.methods or set()
        there[re.sub(r":\w+", "", route.path)] = ("GET" in methods, "POST" in methods)
    assert said == there


def _routes() -> str:
    return section("docs/explanation/architecture.md", "Routes")


def entries() -> list[str]:
    """The sentences that pages explain, with “…” or an example for what is filled in."""
    return [entry for page in PAGES for entry in ENTRY.findall(page.read_text())]


def of_error_pages() -> set[str]:
    written = text("components/errors/show.html").partition("set sentences = {")[2]
    return set(re.findall(r'\d+: "(.+?)"', written.partition("%}")[0]))


def pattern_of(said: str) -> re.Pattern[str]:
    """What matches the sentence, with anything in its blanks."""
    return re.compile(".+".join(map(re.escape, said.split("…"))))


def test_every_sentence_of_a_refusal_is_explained_and_no_other() -> None:
    patterns = {said: pattern_of(said) for said in (*refusals(), *of_error_pages())}
    left = dict(patterns)
    for entry in entries():
        same = pattern_of(entry).fullmatch
        meant = [said for said, each in patterns.items() if each.fullmatch(entry) or same(said)]
        assert meant, f"nothing says any more: {entry}"
        for said in meant:
            left.pop(said, None)
    assert list(left) == [], "explain each of these; docs/how-to/troubleshooting.md says where"


def test_the_walk_over_the_code_finds_sentences_of_every_make() -> None:
    assert refusals().keys() >= {
        "Another server is running on the data folder …: stop it first.",
        "…’s budget is spent: … searches in one ….",
        "It is little more than your own name. Nothing was changed.",
        "This queue belongs to somebody else.",
        "This is the same … as ….",
        "Please fill this in.",
    }


def test_every_reason_is_documented() -> None:
    part = section("docs/reference/searching.md", "Why an item is not searched now")
    assert {row[0] for row in rows(part)[2:]} | {"eligible"} == set(WORDS.values())


def test_every_job_of_the_household_is_documented() -> None:
    part = section("docs/reference/housekeeping.md", "What is done, and when")
    usual = Household()
    rhythms = [
        (d.title, d.rhythm(usual) if callable(d.rhythm) else d.rhythm) for d in JOBS.values()
    ]
    there = [(title, Schedule(time_zone="UTC", **rhythm).words) for title, rhythm in rhythms]
    assert [tuple(row[:2]) for row in rows(part)[2:]] == there


def test_the_bounds_of_the_history_are_documented() -> None:
    field = HouseForm.model_fields["history_days"]
    bounds = {type(limit).__name__: limit for limit in field.metadata}
    said = f"takes from {bounds['Ge'].ge} to {bounds['Le'].le:,} days"
    assert said in text("docs/reference/housekeeping.md")
    assert f"({Household().history_days} days)" in text("docs/reference/housekeeping.md")


def test_every_table_is_documented() -> None:
    said = [row[0] for row in rows(section("docs/reference/data.md", "Tables"))[2:]]
    assert sorted(said) == sorted(table._meta.table_name for table in TABLES)


def test_every_kind_of_event_is_documented() -> None:
    program = rows(section("docs/reference/data.md", "Events of the program"))[2:]
    details = {row[0]: tuple(re.findall(r"[\w-]+", row[2])) for row in program}
    assert details == {name: kind.details for name, kind in OF_THE_PROGRAM.items()}
    people = rows(section("docs/reference/data.md", "Events of people"))[2:]
    assert [tuple(row) for row in people] == list(AUDITED.items())


def test_every_code_of_a_gate_is_documented() -> None:
    said = {row[0] for row in rows(section("docs/reference/data.md", "Codes of gates"))[2:]}
    assert said == codes_of("Gate")


def test_every_outcome_is_documented() -> None:
    part = section("docs/reference/searching.md", "Outcomes")
    assert [row[0] for row in rows(part)[2:]] == list(OUTCOME_WORDS.values())


def test_every_fate_of_a_grab_is_documented() -> None:
    part = section("docs/reference/searching.md", "What becomes of a grab")
    assert [row[0] for row in rows(part)[2:]] == list(fates.WORDS.values())


@pytest.mark.parametrize("document", DOCS, ids=lambda path: path.name)
def test_every_relative_link_leads_somewhere(document: Path) -> None:
    written = re.sub(r"```.*?```", "", document.read_text(), flags=re.DOTALL)
    links = re.findall(r"\]\(([^)\s]+)\)", written) + re.findall(r'(?:src|srcset)="(.+?)"', written)
    for link in links:
        path, _, anchor = link.partition("#")
        if ":" in path:
            continue
        target = (document.parent / path) if path else document
        assert target.exists(), link
        assert not anchor or anchor in heading_ids(target), link


def test_every_page_is_of_one_kind_and_on_the_map() -> None:
    shown = text("docs/README.md")
    for page in PAGES:
        name = page.relative_to(ROOT / "docs")
        if page.name == "README.md":
            continue
        assert name.parts[0] in KINDS, f"{name} belongs in one of {', '.join(KINDS)}"
        assert f"]({name})" in shown, f"docs/README.md does not lead to {name}"


def test_no_two_pages_have_the_same_name() -> None:
    names = [page.name for page in PAGES]
    assert len(set(names)) == len(names)


def test_every_picture_is_small_and_shown_somewhere() -> None:
    weights = {path: path.stat().st_size for path in (ROOT / "docs" / "images").glob("*.png")}
    written = "".join(document.read_text() for document in DOCS)
    assert [path.name for path in weights if f"images/{path.name}" not in written] == []
    assert max(weights.values()) < 200_000 and sum(weights.values()) < 3_000_000


def test_the_readme_opens_with_the_commands() -> None:
    opening = text("README.md")[:400]
    for command in ("make run", "make test", "docker compose up -d"):
        assert command in opening


def test_every_command_of_the_documents_is_in_the_makefile() -> None:
    targets = set(re.findall(r"^([a-z]+):", text("Makefile"), re.MULTILINE))
    for document in DOCS:
        blocks = "".join(re.findall(r"```sh\n(.*?)```", document.read_text(), re.DOTALL))
        assert set(re.findall(r"^make ([a-z]+)", blocks, re.MULTILINE)) <= targets, document.name


def test_the_changes_know_this_version() -> None:
    assert f"\n## [{VERSION}] - " in text("CHANGELOG.md")


ROWS = [f"S{number:02d}" for number in range(1, 49)]
OWASP = {f"A{number:02d}" for number in range(1, 11)}


def _security_rows() -> dict[str, list[str]]:
    return {row[0]: row for row in rows(section("docs/explanation/security.md", "The rows"))[2:]}


def test_every_rule_of_security_is_documented_with_its_tests_and_no_other() -> None:
    said = _security_rows()
    assert list(said) == ROWS
    written = {path.name for path in (ROOT / "tests" / "security").glob("test_s[0-9]*.py")}
    for row, cells in said.items():
        named = re.findall(r"tests/[\w/]+\.py", cells[2])
        for test in named:
            assert (ROOT / test).exists(), test
        own = {name for name in written if name.startswith(f"test_{row.lower()}_")}
        assert own <= {Path(test).name for test in named}, row
        assert own, row


def test_every_category_of_owasp_has_a_rule() -> None:
    named = {row: set(re.findall(r"A\d\d", cells[3])) for row, cells in _security_rows().items()}
    assert all(named.values())
    assert set().union(*named.values()) == OWASP


def test_every_purpose_of_a_key_is_documented_with_its_label() -> None:
    part = section("docs/explanation/security.md", "What is encrypted, and with which key")
    said = {row[0]: row[1] for row in rows(part)[2:]}
    derived = re.findall(r'derive\("([\w-]+)"\)', text("models/database/encryption.py"))
    sealed = {
        field.purpose
        for table in TABLES
        for field in table._meta.sorted_fields
        if isinstance(field, SealedField)
    }
    assert said == {purpose: f"vqs/{purpose}/1" for purpose in {*derived, *sealed}}
