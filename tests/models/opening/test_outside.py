"""What is declared outside: each setting's bounds and sentence, and which source wins."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Literal, get_args, get_origin

import pytest
from annotated_types import Ge, Le

from models.declared import CREDENTIALS, SOURCES, Declared, declared, variable
from models.environment import Environment, UnusableEnvironment
from models.environment.faults import allowed, is_secret
from models.forms.settings import HouseForm
from models.household import Household
from models.household.fixed import fix
from models.opening.outside import FIELDS, load_environment, unknown_names
from tests.certificates import pair

SECRET = "hunter2-hunter2-hunter2"
# What cannot be used of settings that are no number and no choice, and a part of the sentence.
UNUSABLE = {
    "host": ("nowhere", "it must be localhost or an address"),
    "secret_file": ("ab" * 32, "must be the path of a file"),
    "secret_previous_file": ("ab" * 32, "must be the path of a file"),
    "database_url_file": (f"postgresql://vqs:{SECRET}@db/vqs", "cannot be read"),
    "config_file": ("/nothing/vqs.toml", "cannot be read"),
    "setup_token_file": (SECRET, "cannot be read"),
    "ca_file": ("/nothing/ca.pem", "cannot be read: No such file"),
    "tls_cert_file": ("/nothing/cert.pem", "cannot be read: No such file"),
    "tls_key_file": ("/nothing/key.pem", "VQS_TLS_CERT_FILE is not set"),
    "base_path": ("https://x.example/", "it is not a path such as /searcharr"),
    "allowed_hosts": ("*.example.com", "*.example.com is not a host name"),
    "trusted_proxies": ("proxy", "proxy is not a network"),
    "metrics_networks": ("0.0.0.0/0", "0.0.0.0/0 in VQS_METRICS_NETWORKS is wider than /8"),
    "sso_header": ("Remote-User", "without VQS_TRUSTED_PROXIES anybody could send it"),
    "backup_time": ("25:00", "is not a time of day"),
    "public_url": ("searcharr", "it is not an address such as https://"),
    "time_zone": ("Mars/Olympus", "such as Europe/Berlin"),
}
# Any path will do: the folder is made where it is missing, the file may come later.
ANYTHING = {"data_dir", "backup_note_file"}
# The other setting that is told as missing beside it.
MISSING_BESIDE = {"tls_cert_file": "VQS_TLS_KEY_FILE"}

Given = Callable[..., None]


@pytest.fixture
def given(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Given]:
    """Sets variables of the environment; what they fix is given up again afterwards."""
    monkeypatch.setenv("VQS_DATA_DIR", str(tmp_path / "data"))

    def give(**settings: str) -> None:
        for name, text in settings.items():
            monkeypatch.setenv(name if name == CREDENTIALS else variable(name), text)

    yield give
    fix({})


def refusal() -> list[str]:
    with pytest.raises(UnusableEnvironment) as caught:
        load_environment()
    return str(caught.value).splitlines()


def _bounds(name: str) -> tuple[int | None, int | None]:
    metadata = FIELDS[name].metadata
    least = next((each.ge for each in metadata if isinstance(each, Ge)), None)
    return least, next((each.le for each in metadata if isinstance(each, Le)), None)  # type: ignore[return-value]


def _wrong() -> Iterator[tuple[str, str, str]]:
    """A setting, a value just outside its bounds, and a part of the sentence."""
    for name, field in FIELDS.items():
        if name in UNUSABLE:
            yield name, *UNUSABLE[name]
        elif field.annotation is int:
            least, most = _bounds(name)
            assert least is not None and most is not None, name
            for value in (str(least - 1), str(most + 1), "many", "1.5", "9" * 30):
                yield name, value, f"it must be a whole number from {least} to {most}."
        elif get_origin(field.annotation) is Literal:
            yield name, "blue", f"it must be one of {', '.join(get_args(field.annotation))}."
        elif field.annotation is bool:
            yield name, "perhaps", "it must be true or false."
        else:
            assert name in ANYTHING, f"{name}: say here what it cannot be"


def test_each_setting_outside_its_bounds_has_a_sentence_of_its_own(
    given: Given, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value, part in _wrong():
        with monkeypatch.context() as one:
            one.setenv(variable(name), value)
            said, *beside = refusal()
        assert [each.partition(" ")[0] for each in beside] == (
            [MISSING_BESIDE[name]] if name in MISSING_BESIDE else []
        )
        assert said.startswith(f"{variable(name)} cannot be used: "), said
        assert part in said and said.endswith("."), said
        assert (value[:60] in said) != is_secret(FIELDS[name]), said
        assert SECRET not in said and "ab" * 32 not in said


def test_each_number_may_be_its_least_and_its_most(
    given: Given, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in (name for name, field in FIELDS.items() if field.annotation is int):
        for bound in _bounds(name):
            with monkeypatch.context() as one:
                one.setenv(variable(name), str(bound))
                if name.endswith("_cooldown_days") and name != "longest_cooldown_days":
                    one.setenv("VQS_LONGEST_COOLDOWN_DAYS", "365")
                load_environment()


def test_all_faults_are_told_at_once(given: Given, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PUID", "nobody")
    monkeypatch.setenv("UMASK", "9")
    given(port="0", log_level="loud", hourly_budget="0", time_zone="Mars", grace_hours_file="/no")
    assert {line.partition(" ")[0] for line in refusal()} == {
        "VQS_PORT",
        "VQS_LOG_LEVEL",
        "VQS_HOURLY_BUDGET",
        "VQS_TIME_ZONE",
        "VQS_GRACE_HOURS",
        "PUID",
        "UMASK",
    }


def test_what_kubernetes_tells_of_a_service_has_a_sentence_of_its_own(given: Given) -> None:
    given(port="tcp://10.96.0.7:7337", service_host="10.96.0.7", port_7337_tcp_proto="tcp")
    said, of_names = refusal()
    assert of_names in unknown_names()
    assert 'Kubernetes put "tcp://10.96.0.7:7337" there, because a Service is named vqs' in said
    assert "enableServiceLinks: false" in said
    (unknown,) = unknown_names()
    assert "VQS_PORT_7337_TCP_PROTO, VQS_SERVICE_HOST: no setting of this program" in unknown


def test_a_name_that_is_no_setting_is_told_with_the_nearest_one(given: Given) -> None:
    given(horly_budget="3", setup_token="x", port_file="/x", colour="blue")
    assert unknown_names() == [
        "VQS_COLOUR is not a setting of this program.",
        "VQS_HORLY_BUDGET is not a setting of this program; did you mean VQS_HOURLY_BUDGET?",
        "VQS_SETUP_TOKEN is not a setting of this program: it belongs in a file, which "
        "VQS_SETUP_TOKEN_FILE names.",
    ]


def test_a_name_that_is_no_setting_is_told_beside_the_faults(given: Given) -> None:
    given(log_level="loud", tls_kay_file="/key")
    assert refusal()[1:] == [
        "VQS_TLS_KAY_FILE is not a setting of this program; did you mean VQS_TLS_KEY_FILE?"
    ]


def test_no_value_breaks_the_line_or_fills_it(given: Given) -> None:
    given(log_level="loud\nVQS_PORT cannot be used\x1b[31m" + "x" * 5000)
    (said,) = refusal()
    assert "\x1b" not in said and len(said) < 300


def test_the_later_source_wins(given: Given, tmp_path: Path) -> None:
    for folder, value in (("named", "1001"), ("run", "1002")):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "vqs_port").write_text(f"{value}\n")
    assert load_environment().port == 7337
    given(port="1000")
    assert load_environment().port == 1000
    given(port_file=str(tmp_path / "named" / "vqs_port"))
    assert load_environment().port == 1001
    given(CREDENTIALS_DIRECTORY=str(tmp_path / "run"))
    assert load_environment().port == 1002
    assert declared(FIELDS)["port"].where == f"the file {tmp_path / 'run' / 'vqs_port'}"


def test_a_secret_in_the_folder_of_secrets_is_the_file_itself(given: Given, tmp_path: Path) -> None:
    (tmp_path / "vqs_setup_token").write_text(SECRET)
    given(CREDENTIALS_DIRECTORY=str(tmp_path), setup_token_file="/nothing")
    assert load_environment().setup_token_file == tmp_path / "vqs_setup_token"


def test_what_a_file_holds_is_never_repeated(given: Given, tmp_path: Path) -> None:
    (tmp_path / "vqs_port").write_text(SECRET)
    (tmp_path / "vqs_host").write_bytes(b"\xff\xfe\xff")
    (tmp_path / "vqs_role").write_text(" \n")
    given(CREDENTIALS_DIRECTORY=str(tmp_path))
    said = refusal()
    assert [line.partition(" ")[0] for line in said] == ["VQS_HOST", "VQS_ROLE", "VQS_PORT"]
    assert "its file holds no text" in said[0] and "its file is empty" in said[1]
    assert f"what the file {tmp_path / 'vqs_port'} holds was given" in said[2]
    assert SECRET not in "".join(said)


def test_a_further_source_has_its_rung_on_the_ladder(
    given: Given, monkeypatch: pytest.MonkeyPatch
) -> None:
    def of_a_file(names: object) -> dict[str, Declared]:
        return {"port": Declared("1000", "vqs.toml"), "host": Declared("127.0.0.9", "vqs.toml")}

    monkeypatch.setattr("models.declared.SOURCES", (of_a_file, *SOURCES))
    given(port="1001")
    options = load_environment()
    assert (options.port, options.host) == (1001, "127.0.0.9")


def test_a_longest_cooldown_below_a_declared_one_is_refused(given: Given) -> None:
    given(missing_cooldown_days="30", longest_cooldown_days="20")
    (said,) = refusal()
    assert said.startswith('VQS_LONGEST_COOLDOWN_DAYS cannot be used: "20" was given; the longest')


@pytest.mark.usefixtures("db")
def test_what_is_fixed_outside_holds_and_what_was_saved_is_kept(given: Given) -> None:
    Household.current().change(hourly_budget=11)
    given(hourly_budget="30")
    load_environment()
    assert Household.current().hourly_budget == 30
    Household.current().change(daily_budget=500)
    fix({})
    assert (Household.current().hourly_budget, Household.current().daily_budget) == (11, 500)


def test_both_kinds_of_settings_have_names_of_their_own() -> None:
    assert not set(Environment.model_fields) & set(HouseForm.model_fields)
    assert all(allowed(field) for field in FIELDS.values())


def test_a_certificate_and_its_key_are_checked_together(given: Given, tmp_path: Path) -> None:
    certificate, key = pair(tmp_path / "one")
    _, other = pair(tmp_path / "two")
    given(tls_cert_file=str(certificate), tls_key_file=str(key))
    assert load_environment().tls_key_file == key
    (tmp_path / "nonsense").write_text("no PEM")
    locked = pair(tmp_path / "three", password=b"x")[1]
    for cert_file, key_file, part in (
        (certificate, other, "does not belong to the certificate"),
        (certificate, tmp_path / "nonsense", "holds no private key"),
        (certificate, tmp_path / "missing", "the key cannot be read: No such file"),
        (certificate, locked, "protected by a password"),
    ):
        given(tls_cert_file=str(cert_file), tls_key_file=str(key_file))
        (said,) = refusal()
        assert said.startswith("VQS_TLS_KEY_FILE cannot be used: ") and part in said, said


def test_an_unusable_certificate_is_the_fault_of_its_own_setting(
    given: Given, tmp_path: Path
) -> None:
    _, key = pair(tmp_path / "one")
    for path, part in (
        (key, f"{key} holds no certificate"),
        (tmp_path / "missing", "cannot be read: No such file"),
    ):
        given(tls_cert_file=str(path), tls_key_file=str(key))
        (said,) = refusal()
        assert said.startswith("VQS_TLS_CERT_FILE cannot be used: ") and part in said, said


def test_certificate_and_key_that_are_both_wrong_are_both_told(
    given: Given, tmp_path: Path
) -> None:
    (tmp_path / "nonsense").write_text("no PEM")
    given(tls_cert_file=str(tmp_path / "nonsense"), tls_key_file=str(tmp_path / "nonsense"))
    assert [each.partition(" ")[0] for each in refusal()] == [
        "VQS_TLS_CERT_FILE",
        "VQS_TLS_KEY_FILE",
    ]
