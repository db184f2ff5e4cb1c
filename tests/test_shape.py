"""The shape of the program: who imports whom, how long files are, what templates hold."""

import ast
import base64
import hashlib
import re
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from graphlib import TopologicalSorter
from pathlib import Path

from tests.security.walk import A_BACKUP
from tests.trees import nodes, tree
from views.routes import routes

ROOT = Path(__file__).parent.parent
LAYERS = ("models", "jobs", "views", "app")
COMPONENTS = ROOT / "components"
HTMX_VERSION = "4.0.1"
HTMX_SHA384 = "Qp9rdC8H7EqOoX+nR0P3RPG2Noji+qdwJlGpfzwQJsfOpp3sGwIdSP9xO3+UlEhn"
LONGEST_FILE = 300
LONGEST_LINE_OF_A_TEMPLATE = 160
ATTRIBUTE = re.compile(r"""[\s"'](hx-(?:get|post)|action|formaction|href)="([^"]*)"( ~ )?""")
IN_NO_TEMPLATE = re.compile(
    r"""<style|\sstyle=|javascript:|<script(?![^>]*\ssrc=)|[\s"']on[a-z]+="""
    r"""|hx-on|js:|hx-vals|\|\s*safe"""
)
# Attributes of htmx that are used; each other one has to be thought about first.
SUBSET = {
    "hx-get",
    "hx-post",
    "hx-target",
    "hx-swap",
    "hx-trigger",
    "hx-include",
    "hx-swap-oob",
    "hx-sync",
    "hx-status:5xx",
    "hx-status:429",
    "hx-status:401",
    "hx-status:403",
}
PYTHON = sorted(
    path
    for layer in LAYERS
    for path in ([ROOT / "app.py"] if layer == "app" else (ROOT / layer).rglob("*.py"))
)
IMPORTS = (ast.Import, ast.ImportFrom)
TEMPLATES = sorted(COMPONENTS.rglob("*.html"))
PAGES = [path for path in TEMPLATES if "styleguide" not in path.parts]
ROUTES = routes()


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def _at_fault(
    paths: Iterable[Path], faults: Callable[[Path], Iterable[object]]
) -> dict[str, list[object]]:
    """The files that have faults, by name: {} where all is well."""
    found = {_name(path): list(faults(path)) for path in paths}
    return {name: each for name, each in found.items() if each}


def _imports(path: Path) -> Iterator[str]:
    for node in nodes(path):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{_name(path)} imports relatively"
            yield node.module or ""


def test_imports_point_one_way() -> None:
    def above(path: Path) -> Iterator[str]:
        own = LAYERS.index(path.relative_to(ROOT).parts[0].removesuffix(".py"))
        forbidden = (*LAYERS[own + 1 :], "tests")
        return (name for name in _imports(path) if name.partition(".")[0] in forbidden)

    assert _at_fault(PYTHON, above) == {}


def _module(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def _graph() -> dict[str, set[str]]:
    """Each module with those of ours that it imports."""
    modules = {_module(path): path for path in PYTHON}
    graph: dict[str, set[str]] = {name: set() for name in modules}
    for name, path in modules.items():
        for node in nodes(path):
            if isinstance(node, ast.Import):
                graph[name] |= {alias.name for alias in node.names} & modules.keys()
            elif isinstance(node, ast.ImportFrom):
                whole = {f"{node.module}.{alias.name}" for alias in node.names} & modules.keys()
                parts = {f"{node.module}.{alias.name}" for alias in node.names} - whole
                graph[name] |= whole | ({node.module or ""} & modules.keys() if parts else set())
    return graph


def test_modules_form_no_circle() -> None:
    TopologicalSorter(_graph()).prepare()


def test_rooms_form_no_circle() -> None:
    TopologicalSorter(_rooms()).prepare()


def test_the_map_names_every_room_and_its_floor() -> None:
    """A room stands one floor above the highest of its layer that it imports."""
    rooms, floors = _rooms(), {}
    for room in TopologicalSorter(rooms).static_order():
        layer, _, name = room.partition(".")
        if name and layer in ("models", "jobs"):
            below = [floors[each] for each in rooms[room] if each.startswith(f"{layer}.")]
            floors[room] = 1 + max(below, default=0)
    told, layer = {}, ""
    for line in (ROOT / "docs" / "explanation" / "architecture.md").read_text().splitlines():
        if begun := re.match(r"\| Floor \| Room of `(\w+)/`", line):
            layer = begun[1]
        elif row := re.match(r"\| (\d+) \| `(\w+)(?:/|\.py)` \|", line):
            told[f"{layer}.{row[2]}"] = int(row[1])
    assert told == floors


def _rooms() -> dict[str, set[str]]:
    """Each room with those that it imports."""
    rooms: dict[str, set[str]] = {}
    for name, imported in _graph().items():
        own = _room(name)
        rooms.setdefault(own, set()).update({_room(other) for other in imported} - {own})
    return rooms


def _room(module: str) -> str:
    """models.queues of models.queues.filters."""
    return ".".join(module.split(".")[:2])


def test_no_import_is_for_the_type_checker_alone() -> None:
    """Such an import would be the other half of a circle."""
    for path in PYTHON:
        for node in nodes(path):
            if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
                inner = [each for each in ast.walk(node) if isinstance(each, IMPORTS)]
                assert not inner, _name(path)


def test_the_door_to_the_network_is_one_room() -> None:
    libraries = ("httpx", "httpcore", "h11")
    using = {path for path in PYTHON for name in _imports(path) if name.startswith(libraries)}
    assert {_room(_module(path)) for path in using} == {"jobs.net"}


def test_the_door_is_entered_by_its_front() -> None:
    """Other rooms take what jobs/net offers, not what lies in its files."""
    inner = {
        (_name(path), name)
        for path in PYTHON
        for name in _imports(path)
        if name.startswith("jobs.net.") and _room(_module(path)) != "jobs.net"
    }
    assert not inner


def test_models_know_nothing_of_the_network() -> None:
    network = {"httpx", "httpcore", "socket", "ssl", "starlette", "uvicorn", "urllib.request"}
    for path in (ROOT / "models").rglob("*.py"):
        assert not network.intersection(_imports(path)), _name(path)


def test_no_import_hides_in_a_function() -> None:
    for path in PYTHON:
        for node in nodes(path):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                inner = [
                    each for each in ast.walk(node) if isinstance(each, ast.Import | ast.ImportFrom)
                ]
                assert not inner, f"{_name(path)}: {node.name}"


def test_few_packages_are_loaded_late() -> None:
    found = sorted(
        (_name(path), ast.unparse(node.args[0]))
        for path in PYTHON
        for node in nodes(path)
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "late"
    )
    assert found == [
        ("app.py", "'jobs.importing'"),
        ("jobs/demo/__init__.py", "'jobs.demo.prowlarr'"),
        ("jobs/demo/__init__.py", "'jobs.demo.server'"),
        ("jobs/demo/__init__.py", "'jobs.demo.server'"),
        ("jobs/moves.py", "'models.opening.moving'"),
        ("jobs/notifications/email.py", "'email.headerregistry'"),
        ("jobs/terminal.py", "'models.database.server'"),
        ("jobs/terminal.py", "'models.opening.resealing'"),
        ("models/database/hearing.py", "'psycopg'"),
        ("models/database/server.py", "'psycopg'"),
        ("models/database/server.py", "'psycopg.pq'"),
        ("models/database/wire.py", "'psycopg'"),
        ("models/database/wire.py", "'psycopg.conninfo'"),
        ("models/database/wire.py", "'psycopg.pq'"),
        ("models/environment/certificates.py", "'cryptography.hazmat.primitives.serialization'"),
        ("models/environment/certificates.py", "'cryptography.x509'"),
        ("models/metrics/writing.py", "'prometheus_client'"),
        ("models/opening/__init__.py", "'models.opening.resealing'"),
        ("models/opening/__init__.py", "'models.opening.servers'"),
        ("models/opening/moving.py", "'psycopg'"),
        ("views/two_factor.py", "'segno'"),
    ]
    others = {_name(path) for path in PYTHON if "importlib" in set(_imports(path))}
    assert others == {"models/late.py"}


def test_a_plain_start_loads_nothing_that_it_does_not_need() -> None:
    unneeded = {
        *("segno", "psycopg", "cryptography.x509", "email.headerregistry"),
        *("prometheus_client", "jobs.demo.server", "jobs.demo.prowlarr", "models.houndarr"),
    }
    code = f"import sys, app; sys.exit(' '.join({unneeded!r} & set(sys.modules)) or 0)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT).returncode == 0


def test_a_start_looks_for_garbage_only_after_it_has_imported_everything() -> None:
    code = "import gc, app; assert gc.isenabled() and gc.get_stats()[2]['collections'] == 0"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT).returncode == 0


def test_only_the_edge_of_a_run_catches_whatever_comes() -> None:
    broad = []
    for path in PYTHON:
        for node in nodes(path):
            if isinstance(node, ast.ExceptHandler) and _is_broad(node.type):
                broad.append(_name(path))
    assert broad == ["jobs/runs/__init__.py"]


def _is_broad(caught: ast.expr | None) -> bool:
    names = caught.elts if isinstance(caught, ast.Tuple) else [caught]
    return any(
        name is None or getattr(name, "id", "") in ("Exception", "BaseException") for name in names
    )


def test_a_file_is_short_and_says_what_it_is_for() -> None:
    def faults(path: Path) -> Iterator[str]:
        if not ast.get_docstring(tree(path)):
            yield "no docstring"
        lines = len(path.read_text().splitlines())
        if "migrations" not in path.parts and lines > LONGEST_FILE:
            yield f"{lines} lines"

    assert _at_fault(PYTHON, faults) == {}


def test_a_docstring_names_its_subject_first() -> None:
    """A newcomer reads it once, in a second language."""
    riddles = re.compile(r"(Of|Those|Whoever|None (when|where|for))\b")
    bare = re.compile(
        r"(By (how|the|item)|From|Until|Without|Once|As many|At most so|Only where|In the order)\b"
        r"|Nothing[:,]"
    )

    def begins_with_a_riddle(path: Path) -> list[str]:
        documented = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Module
        # Not kept as the program's trees are: nothing else looks at those of tests.
        found = ast.walk(ast.parse(path.read_text()))
        told = (ast.get_docstring(each) or "" for each in found if isinstance(each, documented))
        lines = [text.splitlines()[0] for text in told if text]
        stricter = path in PYTHON
        return [line for line in lines if riddles.match(line) or (stricter and bare.match(line))]

    everything = [*PYTHON, *(ROOT / "tests").rglob("*.py")]
    written = [path for path in everything if "migrations" not in path.parts]
    assert _at_fault(written, begins_with_a_riddle) == {}


def test_the_name_of_a_class_stands_for_one_thing() -> None:
    """The classes `Meta` of tables are Peewee's."""
    where: dict[str, list[str]] = {}
    for path in PYTHON:
        if "migrations" not in path.parts:
            for node in nodes(path):
                if isinstance(node, ast.ClassDef) and node.name != "Meta":
                    where.setdefault(node.name, []).append(f"{_name(path)}:{node.lineno}")
    assert not {name: places for name, places in where.items() if len(places) > 1}


def test_a_constant_of_time_says_its_unit() -> None:
    """`DAY_MS`, or a timedelta, which needs none."""
    bare = [
        f"{_name(path)}:{node.lineno}"
        for path in PYTHON
        if "migrations" not in path.parts
        for node in nodes(path)
        if isinstance(node, ast.Assign)
        and re.search(r"\b(?:MINUTE|HOUR|DAY|WEEK|MONTH|YEAR)\b", ast.unparse(node.targets[0]))
        and "timedelta(" not in ast.unparse(node.value)
    ]
    assert not bare


def test_every_view_is_found_at_an_address() -> None:
    named = {name for path in (ROOT / "views").glob("*.py") for name in [path.stem]}
    source = (ROOT / "views" / "routes.py").read_text()
    for stem in named - {"__init__", "errors", "routes"}:
        assert f"={stem}." in source, stem


def test_no_view_reaches_for_the_engine_but_that_of_the_health() -> None:
    """What people ask for must reach whichever process carries it out."""
    reach = re.compile(r"\.state\.(?:work|scheduler|engine)|jobs\.(?:engine|scheduler|worker)\b")
    views = [path for path in PYTHON if path.is_relative_to(ROOT / "views")]
    assert {path.name for path in views if reach.search(path.read_text())} == {"health.py"}


def test_a_template_says_first_what_it_needs() -> None:
    def first_line(path: Path) -> list[str]:
        first = path.read_text().lstrip().splitlines()[0]
        return [] if first.startswith("{#") else [first]

    assert _at_fault(TEMPLATES, first_line) == {}


def test_no_style_or_script_stands_in_a_template() -> None:
    def faults(path: Path) -> list[str]:
        text = path.read_text()
        used = set(re.findall(r"[\s\"'](hx-[a-z0-9:-]+)=", text))
        return [*IN_NO_TEMPLATE.findall(text), *(used - SUBSET)]

    assert _at_fault(TEMPLATES, faults) == {}


def test_a_class_in_a_template_is_one_that_a_sheet_a_script_or_a_test_knows() -> None:
    static = ROOT / "static"
    users = [*static.rglob("*.css"), *static.glob("*.js"), *(ROOT / "tests").rglob("*.py")]
    known = set(re.findall(r"[\w-]+", " ".join(path.read_text() for path in users)))

    def unknown(path: Path) -> set[str]:
        plain = re.findall(r'class="([^"{]*)"', path.read_text())
        return {each for found in plain for each in found.split()} - known

    assert _at_fault(TEMPLATES, unknown) == {}


def test_the_lines_of_a_template_are_short() -> None:
    long = [
        f"{_name(path)}:{number}"
        for path in TEMPLATES
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if len(line) > LONGEST_LINE_OF_A_TEMPLATE
    ]
    assert not long


def test_a_template_asks_a_method_what_somebody_may_do() -> None:
    """Who may change what is said once, in models; `role_words[...]` only names a role."""
    for path in PAGES:
        found = re.search(r"owner_id|user\.id\b|\brole [!=]= ", path.read_text())
        assert not found, f"{_name(path)}: {found[0]}"


def test_a_template_knows_reasons_by_their_names() -> None:
    for path in PAGES:
        found = re.search(r"(?m)reason\w* ([!=]=|<|>) \d|^\s+\d: ", path.read_text())
        assert not found, f"{_name(path)}: {found[0]}"


def _routed(address: str) -> bool:
    """What is filled in may be a number, or the name of a backup."""
    filled = [re.sub(r"\{\{.*?\}\}", part, address) for part in ("1", A_BACKUP)]
    paths = [each.partition("?")[0].partition("#")[0] for each in filled]
    return any(route.path_regex.match(path) for route in ROUTES for path in paths)


def test_every_address_in_a_template_is_a_route() -> None:
    def unknown(path: Path) -> Iterator[str]:
        for attribute, address, goes_on in ATTRIBUTE.findall(path.read_text()):
            known = True
            if address.startswith("/"):
                known = _routed(address + "1" * bool(goes_on))
            elif attribute in ("action", "formaction"):
                known = address.startswith("{{")
            if not known:
                yield f"{attribute}={address}"

    assert _at_fault(PAGES, unknown) == {}


def test_htmx_posts_what_a_plain_form_posts() -> None:
    """So that one path is tested, and nothing needs script."""

    def differing(path: Path) -> Iterator[str]:
        for tag in re.findall(r"<[a-z]+[^>]*\shx-post=[^>]*>", path.read_text()):
            posted = re.search(r'hx-post="([^"]*)"', tag)
            plain = re.search(r'\s(?:form)?action="([^"]*)"', tag)
            if not (posted and plain and posted[1] == plain[1]):
                yield tag

    assert _at_fault(TEMPLATES, differing) == {}


def test_every_form_that_changes_something_carries_a_token() -> None:
    def without(path: Path) -> Iterator[str]:
        for form in re.findall(r'<form[^>]*method="post".*?</form>', path.read_text(), re.DOTALL):
            if "token" not in form:
                yield form[:80]

    assert _at_fault(PAGES, without) == {}


def test_the_vendored_script_is_the_one_that_was_read() -> None:
    body = (ROOT / "static" / "htmx.min.js").read_bytes()
    assert base64.b64encode(hashlib.sha384(body).digest()).decode() == HTMX_SHA384
    assert HTMX_VERSION.encode() in body


def test_our_own_script_stays_small() -> None:
    text = (ROOT / "static" / "app.js").read_text()
    assert len(text.splitlines()) <= 150
    assert not re.search(r"\beval\(|new Function|innerHTML|document\.write", text)


def test_nothing_is_loaded_from_another_origin() -> None:
    for path in [*TEMPLATES, *(ROOT / "static").rglob("*.css"), ROOT / "static" / "app.js"]:
        loaded = re.findall(
            r"""(?:src=|url\(|@import|fetch\()\s*["']?(https?:|//)""", path.read_text()
        )
        assert not loaded, _name(path)
