"""Finds, by reading the code, every sentence by which the program refuses something.

What the code fills in is written as “…”, so that one pattern stands for all of its sentences.
"""

import ast
import re
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import product
from pathlib import Path

from app import REFUSALS
from tests.trees import nodes, tree

ROOT = Path(__file__).parents[2]
ROOMS = ("jobs", "models", "views")
# The argument that holds the sentence, by what is called.
SPOKEN = {each.__name__: 0 for each in REFUSALS} | {
    "ValueError": 0,
    "Shortage": 0,
    "BackupFailed": 0,
    "UnfitBackup": 0,
    "Unsound": 0,
    "Obstacle": 0,
    "JobReport": 0,
    "PartState": 2,
    "Fault": 1,
    "FileFault": 1,
    "NotHoundarr": 0,
    "Gate": 1,
    "HTTPException": 1,
    "refuse": 1,
    "finish": 2,
    "_held": 3,
    "refuse_lacking": 2,
    "warning": 0,
    "error": 0,
    "critical": 0,
    "exception": 0,
    "end": 1,
    "Verdict": 1,
}
# Functions whose answer, and constants whose text, is a sentence that is said elsewhere, in ways
# that the walk does not follow.
TOLD_BY = {
    "jobs.hooks": ("GONE",),
    "jobs.probe": ("ask",),
    "jobs.runs": ("_left_out",),
    "jobs.searches.fencing": ("STOOD_STILL",),
    "jobs.standing": ("KEY_MISSING",),
    "jobs.sync.readings": ("_note",),
    "jobs.worker": ("ENDED", "NO_CONNECTION"),
    "models.environment.faults": ("unreadable",),
    "models.notifications.outbox": ("UNSURE", "TOO_LATE", "RESTORED"),
    "models.forms.proxies": ("lacking", "_contradictions"),
    "models.dashboard.idle": ("why_idle",),
    "models.database.embedded": ("obstacle",),
    "models.database.server": ("clock_fault",),
    "models.instances": ("doubt",),
    "jobs.runs.by_hand": ("ask_for", "search", "_why_not"),
    "views.web.middleware.hosts": ("_objection",),
}
# The demo library and the style guide make up their answers.
MADE_UP = ("jobs.demo", "views.styleguide")
FILLED = "…"
DEEPEST = 9

Function = ast.FunctionDef | ast.AsyncFunctionDef


class Module:
    """One file: its constants, its functions, and what it takes from others."""

    def __init__(self, path: Path) -> None:
        self.tree = tree(path)
        self.values = dict(_assigned(self.tree.body))
        all_nodes = nodes(path)
        self.functions = {node.name: node for node in all_nodes if isinstance(node, Function)}
        self.imports = {
            each.asname or each.name: (node.module or "", each.name)
            for node in all_nodes
            if isinstance(node, ast.ImportFrom)
            for each in node.names
        }


def _assigned(nodes: Iterable[ast.AST]) -> Iterator[tuple[str, ast.expr]]:
    """Names and what they get, also by a loop, by `append`, or as one of several."""
    for node in nodes:
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        value = getattr(node, "iter" if isinstance(node, ast.For) else "value", None)
        if isinstance(node, ast.Assign | ast.AnnAssign | ast.NamedExpr | ast.For) and value:
            names = (each for target in targets if target for each in ast.walk(target))
            yield from ((each.id, value) for each in names if isinstance(each, ast.Name))
        elif isinstance(node, ast.Call) and _called(node) == "append":
            yield getattr(getattr(node.func, "value", None), "id", ""), node.args[0]


@cache
def _module(name: str) -> Module | None:
    if name.split(".")[0] not in (*ROOMS, "app"):
        return None
    stem = ROOT / name.replace(".", "/")
    paths = (stem.with_suffix(".py"), stem / "__init__.py")
    return next((Module(each) for each in paths if each.is_file()), None)


@cache
def refusals() -> dict[str, str]:
    """Every sentence of a refusal, and the module that says it."""
    told = ((name, _tidy(said)) for name in _names() for said in _said_in(name))
    return {said: name for name, said in told if _tells(said)}


def codes_of(name: str) -> set[str]:
    """The codes that the code gives to things of this name, as in Gate("held", ...)."""
    trees = [there.tree for each in _names() if (there := _module(each))]
    calls = [n for tree in trees for n in ast.walk(tree) if isinstance(n, ast.Call)]
    first = [call.args[0] for call in calls if _called(call) == name and call.args]
    return {str(each.value) for each in first if isinstance(each, ast.Constant)}


def _names() -> Iterator[str]:
    yield "app"
    for path in sorted(path for room in ROOMS for path in (ROOT / room).rglob("*.py")):
        name = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        if not name.startswith(MADE_UP):
            yield name


def _said_in(name: str) -> Iterator[str]:
    here = _module(name)
    assert here is not None, name
    for place in [*here.functions.values(), *here.values.values()]:
        scope = place if isinstance(place, Function) else None
        for call in (node for node in ast.walk(place) if isinstance(node, ast.Call)):
            first = SPOKEN.get(_called(call), len(call.args))
            if _is_well(call):
                continue
            named = [each.value for each in call.keywords if each.arg == "sentence"]
            for said in [*call.args[first : first + 1], *named]:
                yield from _texts(said, here, scope, DEEPEST)
    for teller in TOLD_BY.get(name, ()):
        if teller in here.functions:
            yield from _returned(here.functions[teller], here, DEEPEST)
        else:
            yield from map(_blanked, _texts(here.values[teller], here, None, DEEPEST))
    if isinstance(registry := here.values.get("SENTENCES"), ast.Dict):
        for value in registry.values:
            yield from map(_blanked, _texts(value, here, None, DEEPEST))


def _is_well(call: ast.Call) -> bool:
    """Whether it tells of a job that is done, or of a part that is well or off."""
    if _called(call) == "JobReport":
        return len(call.args) == 1
    state = call.args[1] if _called(call) == "PartState" and len(call.args) > 1 else None
    return isinstance(state, ast.Constant) and state.value in ("well", "off", "waiting")


def _tidy(text: str) -> str:
    """One blank where several stand beside each other."""
    return re.sub(r"…([ …]*…)?", FILLED, re.sub("%[sd]", FILLED, text.strip()))


def _tells(text: str) -> bool:
    """Whether some words are the code's own, and not only filled in."""
    return " " in text and len(re.findall(r"[^\W\d_]{2,}", text)) > 1


def _called(call: ast.Call) -> str:
    return getattr(call.func, "id", "") or getattr(call.func, "attr", "")


def _blanked(text: str) -> str:
    return re.sub(r"\{\w*(:[^}]*)?\}", FILLED, text)


def _texts(node: ast.expr, here: Module, scope: Function | None, deep: int) -> list[str]:
    """All that the expression can say, as far as the code alone tells."""
    if isinstance(node, ast.Constant):
        return [node.value] if isinstance(node.value, str) else [FILLED]
    if isinstance(node, ast.JoinedStr):
        return _beside(node.values, here, scope, deep)
    if isinstance(node, ast.BinOp):
        return _beside([node.left, node.right], here, scope, deep)
    if isinstance(node, ast.IfExp):
        return [*_texts(node.body, here, scope, deep), *_texts(node.orelse, here, scope, deep)]
    if isinstance(node, ast.Tuple | ast.List):
        return [text for each in node.elts for text in _texts(each, here, scope, deep)]
    if isinstance(node, ast.ListComp | ast.GeneratorExp):
        return _texts(node.elt, here, scope, deep)
    if isinstance(node, ast.FormattedValue | ast.Await | ast.Starred):
        return _texts(node.value, here, scope, deep)
    if isinstance(node, ast.Name) and deep:
        return _meant(node.id, here, scope, deep - 1)
    if isinstance(node, ast.Call) and deep:
        return _answered(node, here, scope, deep - 1)
    return [FILLED]


def _beside(nodes: list[ast.expr], here: Module, scope: Function | None, deep: int) -> list[str]:
    parts = [_texts(each, here, scope, deep) for each in nodes]
    return ["".join(each) for each in product(*parts)]


def _meant(name: str, here: Module, scope: Function | None, deep: int) -> list[str]:
    """What stands behind a name: local, of the module, or from another one of ours."""
    local = [value for key, value in _locals(scope) if key == name] if scope else []
    if local:
        return [text for value in local for text in _texts(value, here, scope, deep)]
    if name in here.values:
        return _texts(here.values[name], here, None, deep)
    there = _module(here.imports[name][0]) if name in here.imports else None
    return _meant(here.imports[name][1], there, None, deep) if there else [FILLED]


def _locals(scope: Function) -> Iterator[tuple[str, ast.expr]]:
    """What the function gives to names, and what its parameters are where none is given."""
    defaults = scope.args.defaults
    usual = scope.args.args[len(scope.args.args) - len(defaults) :]
    yield from zip((each.arg for each in usual), defaults, strict=True)
    yield from _assigned(ast.walk(scope))


def _answered(call: ast.Call, here: Module, scope: Function | None, deep: int) -> list[str]:
    """What a function of ours returns, or a text with its blanks filled in."""
    if isinstance(call.func, ast.Attribute) and call.func.attr.startswith(("format", "strip")):
        return [_blanked(text) for text in _texts(call.func.value, here, scope, deep)]
    there, name = _place(call.func, here)
    function = there.functions.get(name) if there else None
    if there is None or function is None:
        return [FILLED]
    return _returned(function, there, deep)


def _place(called: ast.expr, here: Module) -> tuple[Module | None, str]:
    """The file of the function that is called, and its name there."""
    if isinstance(called, ast.Attribute) and isinstance(called.value, ast.Name):
        package, name = here.imports.get(called.value.id, ("", ""))
        return _module(f"{package}.{name}"), called.attr
    name = getattr(called, "id", "")
    if name in here.imports:
        package, name = here.imports[name]
        return _module(package), name
    return here, name


def _returned(function: Function, here: Module, deep: int) -> list[str]:
    values = [n.value for n in ast.walk(function) if isinstance(n, ast.Return | ast.Yield)]
    return [text for value in values if value for text in _texts(value, here, function, deep)]
