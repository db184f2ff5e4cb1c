"""The examples of docs/deploy are held against the program: its settings, addresses and sizes."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from jobs.engine import STOP_SECONDS
from models.database import server
from models.environment import Environment
from models.opening.user import remarks
from tests import dockerfile
from tests.dockerfile import ROOT
from views.routes import routes
from views.web.serving import LAST_SECONDS

FOLDER = ROOT / "docs/deploy"
DOCUMENT = (ROOT / "docs/how-to/postgresql.md").read_text()
DOCUMENTS = "".join(path.read_text() for path in (ROOT / "docs/how-to").glob("*.md"))
COMPOSE: dict[str, Any] = yaml.safe_load((FOLDER / "compose.replicas.yaml").read_text())
USUAL: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text())["services"]["vqs"]
BECOMING: dict[str, Any] = yaml.safe_load((FOLDER / "compose.puid.yaml").read_text())
REPLICAS = {name: each for name, each in COMPOSE["services"].items() if "replica" in name}
FILES = sorted(path for path in FOLDER.rglob("*") if path.is_file())
SETTINGS = {f"VQS_{name.upper()}": field for name, field in Environment.model_fields.items()}
PORT = Environment().port


def _objects() -> dict[str, dict[str, Any]]:
    """Each of Kubernetes by its kind; the Secrets by their name."""
    found = {}
    for path in (FOLDER / "kubernetes").glob("*.yaml"):
        for each in yaml.safe_load_all(path.read_text()):
            kind = each["kind"]
            found[each["metadata"]["name"] if kind == "Secret" else kind] = each
    return found


# Each was held against the schemas of Kubernetes 1.28 and 1.34, with kubernetes-validate: a name
# that Kubernetes does not know is left out by it without a word.
FIELDS = """
accessModes allowPrivilegeEscalation apiVersion app automountServiceAccountToken capabilities
claimName command containerPort containers cpu defaultMode drop emptyDir enableServiceLinks env exec
failureThreshold fsGroup httpGet image kind labelSelector labels lifecycle limits livenessProbe
matchLabels maxSkew maxSurge maxUnavailable medium memory metadata mountPath name path periodSeconds
persistentVolumeClaim port ports preStop readOnly readOnlyRootFilesystem readinessProbe replicas
requests resources rollingUpdate runAsGroup runAsNonRoot runAsUser seccompProfile secret secretName
securityContext selector sessionAffinity sizeLimit spec startupProbe storage strategy stringData
targetPort template terminationGracePeriodSeconds timeoutSeconds topologyKey
topologySpreadConstraints type value volumeMounts volumes whenUnsatisfiable
"""
OBJECTS = _objects()
POD = OBJECTS["Deployment"]["spec"]["template"]["spec"]
(CONTAINER,) = POD["containers"]


def _block(*, holding: str) -> str:
    """The block of commands in docs/how-to/postgresql.md that names this."""
    blocks = re.findall(r"```sh\n(.*?)```", DOCUMENT, re.DOTALL)
    (found,) = (block for block in blocks if holding in block)
    return str(found)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_no_file_names_a_setting_that_does_not_exist(path: Path) -> None:
    assert set(re.findall(r"VQS_[A-Z_]+", path.read_text())) <= set(SETTINGS)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_file_is_linked_or_named_in_a_document(path: Path) -> None:
    names = DOCUMENTS + "".join(each.read_text() for each in FILES if each != path)
    assert path.name in names


def test_compose_has_three_replicas_that_are_alike() -> None:
    assert list(REPLICAS) == ["replica-1", "replica-2", "replica-3"]
    assert REPLICAS["replica-1"] == REPLICAS["replica-2"] == REPLICAS["replica-3"]
    assert set(COMPOSE) == {"x-replica", "services", "networks", "volumes", "secrets"}


def test_each_replica_is_as_hardened_as_the_one_of_the_usual_file() -> None:
    hardening = ("read_only", "tmpfs", "mem_limit", "pids_limit", "cap_drop", "security_opt")
    alike = (*hardening, "restart", "image", "extra_hosts", "stop_grace_period")
    replica = REPLICAS["replica-1"]
    assert {name: replica[name] for name in alike} == {name: USUAL[name] for name in alike}
    assert (FOLDER / replica["build"]).resolve() == ROOT
    for name, each in COMPOSE["services"].items():
        assert set(hardening) <= set(each), name
        assert each["cap_drop"] == ["ALL"], name
        assert each["security_opt"] == ["no-new-privileges:true"], name
        assert "privileged" not in each, name
        assert set(each.get("cap_add", [])) <= {"NET_BIND_SERVICE"}, name


def test_the_example_that_starts_as_root_differs_from_the_usual_one_in_nothing_else() -> None:
    (service,) = BECOMING["services"].values()
    more = {
        "user": "0:0",
        "cap_add": ["CHOWN", "DAC_OVERRIDE", "SETGID", "SETUID"],
        "environment": {"PUID": "1000", "PGID": "1000", "UMASK": "077", "TZ": "Etc/UTC"},
        "build": "../..",
    }
    assert service == USUAL | more
    assert BECOMING["volumes"] == {"data": None, "secret": None}
    assert remarks(more["environment"], 1000, 1000) == []


def test_only_the_proxy_is_reached_from_outside_and_the_database_only_through_its_socket() -> None:
    services = COMPOSE["services"]
    assert [name for name, each in services.items() if "ports" in each] == ["caddy"]
    database = services["database"]
    assert database["network_mode"] == "none"
    assert database["command"][-1] == "listen_addresses="
    shared = "socket:/var/run/postgresql"
    assert shared in database["volumes"]
    assert shared in REPLICAS["replica-1"]["volumes"]
    assert "host=/var/run/postgresql" in _block(holding="secrets/database-url")


def test_the_replicas_believe_the_proxy_alone() -> None:
    replica, caddy = REPLICAS["replica-1"], COMPOSE["services"]["caddy"]
    address = caddy["networks"]["front"]["ipv4_address"]
    assert replica["environment"]["VQS_TRUSTED_PROXIES"] == address
    (pool,) = COMPOSE["networks"]["front"]["ipam"]["config"]
    Environment(trusted_proxies=f"{address},{pool['subnet']}")


def test_every_secret_of_compose_is_a_file_that_the_document_makes() -> None:
    made = set(re.findall(r"> secrets/([\w-]+)", _block(holding="secrets/database-url")))
    assert {name: each["file"] for name, each in COMPOSE["secrets"].items()} == {
        name: f"./secrets/{name}" for name in made
    }
    given = set()
    for name, each in COMPOSE["services"].items():
        own = set(each.get("secrets", ()))
        named = set(re.findall(r"/run/secrets/([\w-]+)", str(each)))
        inside = (FOLDER / "database.sh").read_text() if name == "database" else ""
        assert own == named | set(re.findall(r"/run/secrets/([\w-]+)", inside)), name
        given |= own
    assert given == made


def test_every_volume_and_mounted_file_is_there() -> None:
    for name, each in COMPOSE["services"].items():
        for volume in each["volumes"]:
            source = volume.split(":")[0]
            is_there = (FOLDER / source).is_file() if source[0] == "." else source in _volumes()
            assert is_there, (name, volume)


def _volumes() -> set[str]:
    return set(COMPOSE["volumes"])


def test_a_replica_is_alive_by_an_address_that_asks_no_database() -> None:
    command = REPLICAS["replica-1"]["healthcheck"]["test"]
    assert command == ["CMD", *dockerfile.health_command(), "live"]


def _named(text: str) -> list[str]:
    return re.findall(r"(replica-\d):(\d+)", text)


@pytest.mark.parametrize("name", ["Caddyfile", "nginx.conf"])
def test_the_proxies_know_the_three_and_send_no_form_twice(name: str) -> None:
    text = (FOLDER / name).read_text()
    settings = "\n".join(line for line in text.splitlines() if not line.strip().startswith("#"))
    assert _named(settings) == [(replica, str(PORT)) for replica in REPLICAS]
    assert "non_idempotent" not in settings
    assert "lb_retry_match" not in settings
    assert "Remote-User" in settings


def test_the_addresses_that_are_probed_are_there() -> None:
    paths = {route.path for route in routes()}
    text = "".join(path.read_text() for path in FILES)
    probed = set(re.findall(r"/health(?:/\w+)?", text))
    assert {"/health/live", "/health/ready"} <= probed <= paths


def test_kubernetes_probes_what_each_probe_is_for() -> None:
    for name, path in (
        ("startupProbe", "/health/live"),
        ("livenessProbe", "/health/live"),
        ("readinessProbe", "/health/ready"),
    ):
        assert CONTAINER[name]["httpGet"] == {"path": path, "port": "http"}
    assert CONTAINER["ports"] == [{"name": "http", "containerPort": PORT}]
    (port,) = OBJECTS["Service"]["spec"]["ports"]
    assert port["targetPort"] == "http"


def _fields(tree: Any) -> set[str]:
    if isinstance(tree, list):
        return set().union(*map(_fields, tree))
    if not isinstance(tree, dict):
        return set()
    inner = (_fields(each) for name, each in tree.items() if name != "stringData")
    return set(tree).union(*inner)


def test_kubernetes_knows_every_field() -> None:
    page = (ROOT / "docs/how-to/kubernetes.md").read_text()
    (block,) = re.findall(r"^```yaml\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    one_pod = list(yaml.safe_load_all(block))
    assert _fields([*OBJECTS.values(), one_pod]) == set(FIELDS.split())
    (pod,) = (each for each in one_pod if each["kind"] == "Deployment")
    (container,) = pod["spec"]["template"]["spec"]["containers"]
    # The first start of another version takes as long there.
    assert container["startupProbe"] == CONTAINER["startupProbe"]
    assert {each["name"] for each in container["env"]} <= set(SETTINGS)


def test_a_pod_has_the_time_that_a_stop_takes() -> None:
    (before,) = CONTAINER["lifecycle"]["preStop"]["exec"]["command"][1:]
    assert POD["terminationGracePeriodSeconds"] == 40
    assert int(before) + STOP_SECONDS + LAST_SECONDS <= 40


def test_kubernetes_replaces_and_loses_one_of_three_at_a_time() -> None:
    spec = OBJECTS["Deployment"]["spec"]
    assert spec["replicas"] == 3
    assert spec["strategy"]["rollingUpdate"] == {"maxUnavailable": 1, "maxSurge": 0}
    assert OBJECTS["PodDisruptionBudget"]["spec"]["maxUnavailable"] == 1
    labels = spec["template"]["metadata"]["labels"]
    for each in (spec, OBJECTS["PodDisruptionBudget"]["spec"]):
        assert each["selector"] == {"matchLabels": labels}
    assert OBJECTS["Service"]["spec"]["selector"] == labels


def test_every_file_that_a_pod_is_told_of_is_in_a_secret_that_it_mounts() -> None:
    mounts = {each["name"]: each["mountPath"] for each in CONTAINER["volumeMounts"]}
    inside = set()
    for volume in POD["volumes"]:
        if "secret" in volume:
            names = OBJECTS[volume["secret"]["secretName"]]["stringData"]
            inside |= {f"{mounts[volume['name']]}/{name}" for name in names}
    told = {each["value"] for each in CONTAINER["env"] if each["name"].endswith("_FILE")}
    url = OBJECTS["searcharr"]["stringData"]["database-url"]
    assert told | set(re.findall(r"sslrootcert=(\S+)", url)) == inside
    made = _block(holding="create secret")
    for name in ("searcharr", "searcharr-database-ca"):
        files = re.search(rf"generic {name} (.+)", made)
        assert files
        keys = set(re.findall(r"--from-file=(\S+)", files[1]))
        assert keys == set(OBJECTS[name]["stringData"])
        # The commands for TLS make the authority's.
        assert keys <= {*re.findall(r" > (\S+)", made), "ca.crt"}


def test_the_address_in_the_example_is_one_that_the_program_accepts() -> None:
    addresses = re.findall(r"postgresql://vqs:PASSWORD@\S+", DOCUMENT + str(OBJECTS["searcharr"]))
    assert len(addresses) == 4
    for address in addresses:
        server.refuse_open_wire(address.strip("',\"}"))


def test_a_pod_has_no_more_rights_than_it_needs() -> None:
    assert POD["automountServiceAccountToken"] is False
    assert POD["securityContext"]["runAsNonRoot"] is True
    assert POD["securityContext"]["runAsUser"] == dockerfile.USER
    assert POD["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert CONTAINER["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    # Kubernetes tells each pod the address of a service "x" as X_PORT.
    assert POD["enableServiceLinks"] is False


def test_the_number_of_connections_is_as_documented() -> None:
    said = re.search(r"at most (\d+) for pages, (\d+) for long readings, 1 .+?: (\d+)\.", DOCUMENT)
    assert said
    pages, readings, all_of_them = map(int, said.groups())
    assert (pages, readings) == (server.THREADS, server.READERS)
    assert all_of_them == pages + readings + 3
    assert f"connections = {all_of_them} x replicas" in DOCUMENT
    assert f"three replicas take {3 * all_of_them}" in DOCUMENT


def test_the_sentences_that_the_document_explains_are_the_programs() -> None:
    part = DOCUMENT[DOCUMENT.index("## When it does not work") :]
    rooms = ("models/opening", "models/database", "views/web")
    files = (path for room in rooms for path in (ROOT / room).glob("*.py"))
    source = "".join(path.read_text() for path in files)
    joined = re.sub(r'"\s+f?"', "", source)
    for sentence in re.findall(r"^\| \*(.+?)\*", part, re.MULTILINE):
        assert sentence in joined, sentence
