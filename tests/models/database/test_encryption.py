"""One master secret, and the keys derived from it."""

import os
from pathlib import Path

import pytest

from models.database.encryption import Keyring, UnusableSecret, load_or_create

HEX = "ab" * 32


def _given(folder: Path, content: bytes, mode: int = 0o600) -> Path:
    path = folder / "master.key"
    path.write_bytes(content)
    path.chmod(mode)
    return path


def test_a_secret_is_made_once_for_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "secret" / "master.key"
    first, warnings = load_or_create(path)
    again, _ = load_or_create(path)
    assert first.database_key == again.database_key
    assert warnings == []
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert len(path.read_text()) == 65


def test_two_secrets_are_never_the_same(tmp_path: Path) -> None:
    keyrings = [load_or_create(tmp_path / name)[0] for name in ("one", "two")]
    assert keyrings[0].database_key != keyrings[1].database_key


@pytest.mark.parametrize("ending", [b"", b"\n", b"\r\n"])
def test_one_line_end_is_no_part_of_it(ending: bytes, tmp_path: Path) -> None:
    keyring, _ = load_or_create(_given(tmp_path, HEX.encode() + ending))
    assert keyring.database_key == Keyring(bytes.fromhex(HEX)).database_key


@pytest.mark.parametrize(
    "content",
    [b"", b"\n", b"ab" * 31, b"ab" * 33, b"zz" * 32, b"ab" * 31 + b"a", b"\xff" * 32, b"password"],
)
def test_whatever_is_no_secret_is_refused_and_left_alone(content: bytes, tmp_path: Path) -> None:
    path = _given(tmp_path, content)
    with pytest.raises(
        UnusableSecret, match=r"must hold 64 hexadecimal digits and nothing else\.$"
    ):
        load_or_create(path)
    assert path.read_bytes() == content


def test_a_folder_in_its_place_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnusableSecret, match=r"cannot be read: Is a directory\.$"):
        load_or_create(tmp_path)


def test_a_place_that_cannot_be_written_to_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(UnusableSecret, match="cannot be written to"):
        load_or_create(tmp_path / "file" / "master.key")


def test_a_secret_made_here_must_stay_private(tmp_path: Path) -> None:
    path = tmp_path / "master.key"
    load_or_create(path)
    path.chmod(0o644)
    with pytest.raises(UnusableSecret, match=f"run: chmod 600 {path}$"):
        load_or_create(path)


def test_one_that_was_handed_in_is_only_warned_about(tmp_path: Path) -> None:
    _, warnings = load_or_create(_given(tmp_path, HEX.encode(), 0o444))
    assert warnings == [
        f"The master secret {tmp_path / 'master.key'} is readable by others (mode 0444)."
    ]


@pytest.mark.skipif(os.getuid() == 0, reason="root reads everything")
def test_one_that_cannot_be_read_is_said(tmp_path: Path) -> None:
    with pytest.raises(UnusableSecret, match="Permission denied"):
        load_or_create(_given(tmp_path, HEX.encode(), 0o000))


def test_every_purpose_has_a_key_of_its_own() -> None:
    keyring = Keyring(bytes(32))
    keys = {keyring.database_key, keyring.cookie_key, keyring.form_key, keyring.derive("api-key")}
    assert len(keys) == 4
    sealed = keyring.fernet("api-key").encrypt(b"secret")
    assert b"secret" not in sealed
    assert keyring.fernet("api-key").decrypt(sealed) == b"secret"


@pytest.mark.parametrize("length", [0, 16, 31, 33])
def test_a_secret_of_another_length_makes_no_keyring(length: int) -> None:
    with pytest.raises(UnusableSecret):
        Keyring(bytes(length))
