"""The shape of the program: who imports whom, how long files are, what templates hold."""

import ast
import base64
import hashlib
import re
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

from views.routes import routes

ROOT = Path(__file__).parent.parent
LAYERS = ("models", "jobs", "views", "app")
COMPONENTS = ROOT / "components"
HTMX_VERSION = "4.0.1"
HTMX_SHA384 = "Qp9rdC8H7EqOoX+nR0P3RPG2Noji+qdwJlGpfzwQJsfOpp3sGwIdSP9xO3+UlEhn"
LONGEST_FILE = 300
LONGEST_LINE_OF_A_TEMPLATE = 160
ATTRIBUTE = re.compile(r"""[\s"'](hx-(?:get|post)|action|formaction|href)="([^"]*)"( ~ )?""")
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
}
PYTHON = sorted(
    path
    for layer in LAYERS
    for path in ([ROOT / "app.py"] if layer == "app" else (ROOT / layer).rglob("*.py"))
)
IMPORTS = (ast.Import, ast.ImportFrom)
TEMPLATES = sorted(COMPONENTS.rglob("*.html"))
PAGES = [path for path in TEMPLATES if "styleguide" not in path.parts]


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def _imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{_name(path)} imports relatively"
            yield node.module or ""


@pytest.mark.parametrize("path", PYTHON, ids=_name)
def test_imports_point_one_way(path: Path) -> None:
    own = LAYERS.index(path.relative_to(ROOT).parts[0].removesuffix(".py"))
    above = {
        name for name in _imports(path) if name.partition(".")[0] in (*LAYERS[own + 1 :], "tests")
    }
    assert not above


def _module(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def _graph() -> dict[str, set[str]]:
    """Each module with those of ours that it imports."""
    modules = {_module(path): path for path in PYTHON}
    graph: dict[str, set[str]] = {name: set() for name in modules}
    for name, path in modules.items():
        for node in ast.walk(ast.parse(path.read_text())):
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
    rooms: dict[str, set[str]] = {}
    for name, imported in _graph().items():
        own = _room(name)
        rooms.setdefault(own, set()).update({_room(other) for other in imported} - {own})
    TopologicalSorter(rooms).prepare()


def _room(module: str) -> str:
    """models.queues of models.queues.filters."""
    return ".".join(module.split(".")[:2])


def test_no_import_is_for_the_type_checker_alone() -> None:
    """Such an import would be the other half of a circle."""
    for path in PYTHON:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
                inner = [each for each in ast.walk(node) if isinstance(each, IMPORTS)]
                assert not inner, _name(path)


def test_one_module_alone_imports_httpx() -> None:
    found = {_name(path) for path in PYTHON for name in _imports(path) if name.startswith("httpx")}
    assert found == {"jobs/net/http.py"}


def test_models_know_nothing_of_the_network() -> None:
    network = {"httpx", "httpcore", "socket", "ssl", "starlette", "uvicorn", "urllib.request"}
    for path in (ROOT / "models").rglob("*.py"):
        assert not network.intersection(_imports(path)), _name(path)


def test_no_import_hides_in_a_function() -> None:
    for path in PYTHON:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                inner = [
                    each for each in ast.walk(node) if isinstance(each, ast.Import | ast.ImportFrom)
                ]
                assert not inner, f"{_name(path)}: {node.name}"


def test_only_the_edge_of_a_run_catches_whatever_comes() -> None:
    broad = []
    for path in PYTHON:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ExceptHandler) and _is_broad(node.type):
                broad.append(_name(path))
    assert broad == ["jobs/runs/__init__.py"]


def _is_broad(caught: ast.expr | None) -> bool:
    names = caught.elts if isinstance(caught, ast.Tuple) else [caught]
    return any(
        name is None or getattr(name, "id", "") in ("Exception", "BaseException") for name in names
    )


@pytest.mark.parametrize("path", PYTHON, ids=_name)
def test_a_file_is_short_and_says_what_it_is_for(path: Path) -> None:
    text = path.read_text()
    assert ast.get_docstring(ast.parse(text)), "no docstring"
    if "migrations" not in path.parts:
        assert len(text.splitlines()) <= LONGEST_FILE


def test_every_view_is_found_at_an_address() -> None:
    named = {name for path in (ROOT / "views").glob("*.py") for name in [path.stem]}
    source = (ROOT / "views" / "routes.py").read_text()
    for stem in named - {"__init__", "errors", "routes"}:
        assert f"={stem}." in source, stem


@pytest.mark.parametrize("path", TEMPLATES, ids=_name)
def test_a_template_says_first_what_it_needs(path: Path) -> None:
    first = path.read_text().lstrip().splitlines()[0]
    assert first.startswith("{#"), first


@pytest.mark.parametrize("path", TEMPLATES, ids=_name)
def test_no_style_or_script_stands_in_a_template(path: Path) -> None:
    text = path.read_text()
    assert not re.search(r"<style|\sstyle=|javascript:|<script(?![^>]*\ssrc=)", text)
    assert not re.search(r"""[\s"']on[a-z]+=""", text)
    assert not re.search(r"hx-on|js:|hx-vals|\|\s*safe", text)
    used = set(re.findall(r"[\s\"'](hx-[a-z0-9:-]+)=", text))
    assert used <= SUBSET


def test_the_lines_of_a_template_are_short() -> None:
    long = [
        f"{_name(path)}:{number}"
        for path in TEMPLATES
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if len(line) > LONGEST_LINE_OF_A_TEMPLATE
    ]
    assert not long


def _routed(address: str) -> bool:
    path = re.sub(r"\{\{.*?\}\}", "1", address).partition("?")[0].partition("#")[0]
    return any(route.path_regex.match(path) for route in routes())


@pytest.mark.parametrize("path", PAGES, ids=_name)
def test_every_address_in_a_template_is_a_route(path: Path) -> None:
    for attribute, address, goes_on in ATTRIBUTE.findall(path.read_text()):
        if address.startswith("/"):
            assert _routed(address + "1" * bool(goes_on)), f"{attribute}={address}"
        elif attribute in ("action", "formaction"):
            assert address.startswith("{{"), f"{attribute}={address}"


@pytest.mark.parametrize("path", TEMPLATES, ids=_name)
def test_htmx_posts_what_a_plain_form_posts(path: Path) -> None:
    """So that one path is tested, and nothing needs script."""
    for tag in re.findall(r"<[a-z]+[^>]*\shx-post=[^>]*>", path.read_text()):
        posted = re.search(r'hx-post="([^"]*)"', tag)
        plain = re.search(r'\s(?:form)?action="([^"]*)"', tag)
        assert posted and plain and posted[1] == plain[1], tag


@pytest.mark.parametrize("path", PAGES, ids=_name)
def test_every_form_that_changes_something_carries_a_token(path: Path) -> None:
    for form in re.findall(r'<form[^>]*method="post".*?</form>', path.read_text(), re.DOTALL):
        assert "token" in form, form[:80]


def test_the_vendored_script_is_the_one_that_was_read() -> None:
    body = (ROOT / "static" / "htmx.min.js").read_bytes()
    assert base64.b64encode(hashlib.sha384(body).digest()).decode() == HTMX_SHA384
    assert HTMX_VERSION.encode() in body


def test_our_own_script_stays_small() -> None:
    text = (ROOT / "static" / "app.js").read_text()
    assert len(text.splitlines()) < 100
    assert not re.search(r"\beval\(|new Function|innerHTML|document\.write", text)


def test_nothing_is_loaded_from_another_origin() -> None:
    for path in [*TEMPLATES, *(ROOT / "static").rglob("*.css"), ROOT / "static" / "app.js"]:
        loaded = re.findall(
            r"""(?:src=|url\(|@import|fetch\()\s*["']?(https?:|//)""", path.read_text()
        )
        assert not loaded, _name(path)
