"""The tutorial and the guides say what the program does and shows."""

import re
from pathlib import Path

import yaml

from models.applications import APPLICATIONS
from models.household import Household
from models.instances import Instance
from models.queues.orders import ORDERS
from tests.docs.pages import yaml_of
from views.routes import routes

ROOT = Path(__file__).parents[2]
TUTORIAL = (ROOT / "docs/tutorial/first-evening.md").read_text()
COMING = (ROOT / "docs/how-to/coming-from.md").read_text()
SHOWN = "".join(
    path.read_text()
    for room, ending in (("components", "html"), ("views", "py"), ("models", "py"))
    for path in (ROOT / room).rglob(f"*.{ending}")
)
NUMBERS = {8: "eight"}
# Said with stress, or by the log of another page.
STRESSED = {"nothing found", "grabbed"}


def test_every_button_of_the_tutorial_is_in_the_program() -> None:
    plain = re.sub(r"```.*?```", "", TUTORIAL, flags=re.DOTALL).replace("**", "")
    pressed = set(re.findall(r"\*([^*\n]+)\*", plain))
    assert len(pressed) > 10
    assert [each for each in pressed if each not in SHOWN] == []


def test_the_tutorial_prints_what_the_program_prints() -> None:
    said = (ROOT / "jobs/greeting.py").read_text()
    assert "in a browser and make the administrator's account." in said
    assert "First start: open http://localhost:7337/setup?token=…" in TUTORIAL


def test_who_comes_from_elsewhere_reads_the_defaults_of_this_version() -> None:
    house = Household()
    for said in (
        f"budget of the instance ({Instance.hourly_budget.default} an hour,"
        f" {Instance.daily_budget.default} a day)",
        f"{house.missing_cooldown_days} days, doubled with each search that brings nothing,"
        f" up to {house.longest_cooldown_days}",
        f"after an item aired or was released ({house.grace_hours} h)",
        f"active downloads at which searching stops ({Instance.download_limit.default})",
        f"fresh items rest {house.fresh_first_hours}, {house.fresh_second_hours} or"
        f" {house.fresh_later_hours} hours by their age, for {house.fresh_days} days",
        f"a queue *Upgrades*, {house.upgrade_cooldown_days} days, doubled",
        f"order of the queue, {NUMBERS[len(ORDERS)]} of them",
    ):
        assert said in COMING, said


def test_it_tells_which_applications_are_not_searched() -> None:
    lost = {"Lidarr", "Readarr", "Whisparr"} - {each.label for each in APPLICATIONS.values()}
    for name in ("Lidarr", "Readarr", "Whisparr"):
        assert (name in COMING.partition("**You lose**")[2]) == (name in lost), name


def test_the_pod_asks_addresses_that_answer_and_mounts_what_there_is() -> None:
    page = (ROOT / "docs/how-to/kubernetes.md").read_text()
    block = re.findall(r"^```yaml\n(.*?)^```", page, re.MULTILINE | re.DOTALL)[0]
    objects = {each["kind"]: each for each in yaml.safe_load_all(block)}
    pod = objects["Deployment"]["spec"]["template"]["spec"]
    (container,) = pod["containers"]
    addresses = {route.path for route in routes()}
    for probe in ("livenessProbe", "readinessProbe"):
        assert container[probe]["httpGet"]["path"] in addresses
    mounted = {each["name"] for each in container["volumeMounts"]}
    assert mounted == {each["name"] for each in pod["volumes"]}
    claim = objects["PersistentVolumeClaim"]["metadata"]["name"]
    assert pod["volumes"][0]["persistentVolumeClaim"]["claimName"] == claim
    assert objects["Deployment"]["spec"]["strategy"] == {"type": "Recreate"}
    made = set(re.findall(r"--from-file=([\w-]+)", page))
    values = (each["value"] for each in container["env"])
    assert {Path(value).name for value in values} == made


def test_every_block_of_yaml_can_be_read() -> None:
    for page in (ROOT / "docs").rglob("*.md"):
        for block in re.findall(r"^```yaml\n(.*?)^```", page.read_text(), re.MULTILINE | re.DOTALL):
            assert list(yaml_of(block)), page.name
