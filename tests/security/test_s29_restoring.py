"""S29: only a sound backup of ours, from the folder of backups, can be restored."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from models.backups import Backup, BackupFolder, name_of
from models.backups.making import make
from models.database.embedded import EmbeddedDatabase
from models.database.encryption import Keyring, new_secret, write_secret
from models.database.fields import now
from models.happenings import note
from models.notifications import NoticeTarget
from models.notifications.outbox import Bookmark, Message, Notice
from models.opening.checking import LARGEST, Secrets, UnfitBackup, check
from models.opening.restoring import Restore
from models.opening.rotation import kept_of
from models.people import User
from models.people.audit import Event
from models.people.half_sign_ins import HalfSignIn
from models.people.invitations import Invitation
from models.people.keys import ApiKey
from models.people.sessions import Session
from tests.conftest import PASSWORD, START
from tests.fakes.browser import Browser
from tests.placed import Place
from tests.security.walk import send

pytestmark = pytest.mark.embedded("is about the files of backups")

GOOD = name_of("by-hand", START, "0" * 8)
NAMES = [
    f"../{GOOD}",
    f"..%2f{GOOD}",
    f"..\\{GOOD}",
    f"/etc/{GOOD}",
    f"{GOOD}/",
    f"./{GOOD}",
    f"{GOOD}\n",
    f"{GOOD}\0",
    f"{GOOD}.gz",
    GOOD.upper(),
    GOOD.replace("by-hand", "by-nobody"),
    GOOD.replace("2026", "٢٠٢٦"),
    GOOD.replace("20260504", "20261399"),
    GOOD.replace("00000000.db", "0000000.db"),
    "vqs.db",
    "",
    ".",
    "..",
]


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


@pytest.fixture
def backup(place: Place) -> Backup:
    return place.back_up()


def test_a_name_that_is_not_quite_right_finds_nothing(tmp_path: Path) -> None:
    folder = BackupFolder(tmp_path / "backups")
    folder.path.mkdir()
    for place in (tmp_path, folder.path):
        (place / GOOD).touch()
    assert folder.find(GOOD)
    assert [name for name in NAMES if folder.find(name)] == []


async def test_no_address_leads_out_of_the_folder(alices: Browser, tmp_path: Path) -> None:
    (tmp_path / GOOD).write_text("outside")
    (tmp_path / "backups").mkdir()
    cookie = {"Cookie": "; ".join(f"{k}={v}" for k, v in alices.http.cookies.items())}
    for name in (f"..%2f{GOOD}", f"%2e%2e/{GOOD}", f"..%5c{GOOD}", "..%2fvqs.db", GOOD):
        for end in ("", "/restore", "/deletion"):
            answer = await send(alices.app, "GET", f"/backups/{name}{end}", cookie)
            assert answer.status == 404, (name, end)


def test_a_link_or_a_folder_or_a_pipe_is_no_backup(backup: Backup, place: Place) -> None:
    elsewhere = place.options.data_dir / "elsewhere.db"
    backup.path.rename(elsewhere)
    for make_it in (
        lambda path: path.symlink_to(elsewhere),
        lambda path: path.symlink_to(place.options.secret_path),
        lambda path: path.mkdir(),
        os.mkfifo,
    ):
        make_it(backup.path)
        assert place.folder.find(backup.name) is None
        assert place.folder.all() == []
        backup.path.rmdir() if backup.path.is_dir() else backup.path.unlink()
    shutil.move(place.folder.path, place.options.data_dir / "moved")
    place.folder.path.symlink_to(place.options.data_dir / "moved")
    elsewhere.rename(place.folder.path / backup.name)
    assert place.folder.find(backup.name) is None


def test_a_link_that_comes_after_the_check_is_not_followed(backup: Backup, place: Place) -> None:
    place.choose(backup)
    elsewhere = backup.path.with_name("elsewhere.db")
    backup.path.rename(elsewhere)
    backup.path.symlink_to(elsewhere)
    place.start().close_all()
    assert "restore-failed" in _told(place)


def _told(place: Place) -> list[str]:
    opened = place.open()
    told = [event.action for event in Event.select()]
    opened.close_all()
    return told


def _of_another_key(backup: Backup, place: Place) -> None:
    other = EmbeddedDatabase(backup.path.with_name("other.db"), Keyring(b"x" * 32))
    other.open()
    other.execute_sql("CREATE TABLE settings (id INTEGER)")
    other.close_all()
    backup.path.with_name("other.db").replace(backup.path)


def _damaged(backup: Backup, place: Place) -> None:
    content = bytearray(backup.path.read_bytes())
    content[len(content) // 2] ^= 1
    backup.path.write_bytes(content)


def _cut(backup: Backup, place: Place) -> None:
    os.truncate(backup.path, backup.size // 2)


def _empty(backup: Backup, place: Place) -> None:
    os.truncate(backup.path, 0)


def _too_large(backup: Backup, place: Place) -> None:
    os.truncate(backup.path, LARGEST + 1)


def _plain(backup: Backup, place: Place) -> None:
    backup.path.write_bytes(b"SQLite format 3\0" + bytes(8192))


def _changed(statement: str) -> Callable[[Backup, Place], None]:
    def change(backup: Backup, place: Place) -> None:
        opened = EmbeddedDatabase(backup.path, place.secrets.keyring)
        opened.open()
        opened.execute_sql(statement)
        opened.execute_sql("PRAGMA journal_mode = delete")
        opened.close_all()

    return change


@pytest.mark.parametrize(
    ("harm", "sentence"),
    [
        (_of_another_key, "key does not open it"),
        (_damaged, "is damaged"),
        (_cut, "."),
        (_empty, "It holds 0 bytes"),
        (_too_large, "and 16 GB can be restored"),
        (_plain, "key does not open it"),
        (_changed("INSERT INTO schema_migration VALUES (999, '9999_later', 0)"), "newer version"),
        (_changed("DELETE FROM schema_migration"), "no database of this program"),
        (_changed("DROP TABLE schema_migration"), "."),
    ],
)
def test_what_is_no_sound_backup_of_ours_is_refused(
    harm: Callable[[Backup, Place], None], sentence: str, backup: Backup, place: Place
) -> None:
    check(backup, place.secrets)
    harm(backup, place)
    found = place.folder.find(backup.name)
    assert found
    with pytest.raises(UnfitBackup, match=sentence):
        check(found, place.secrets)


def test_the_secret_of_another_key_is_found_beside_the_present_one(
    backup: Backup, place: Place
) -> None:
    earlier = place.secrets.keyring
    secret = place.options.secret_path
    secret.rename(kept_of(secret, earlier.id))
    write_secret(secret, new_secret())
    check(backup, place.secrets)
    kept_of(secret, earlier.id).unlink()
    with pytest.raises(UnfitBackup, match=f"id {earlier.id}"):
        check(backup, place.secrets)
    write_secret(kept_of(secret, earlier.id), new_secret())
    with pytest.raises(UnfitBackup, match=f"id {earlier.id}"):
        check(backup, Secrets(secret, place.secrets.keyring, secret))


def test_nothing_that_a_backup_holds_lets_anybody_in_afterwards(place: Place) -> None:
    """What was revoked, used or withdrawn after the backup was made still counts in it."""
    at = now()
    opened = place.open()
    alice = User.get(name="Alice")
    key_row, key = ApiKey.make(alice, "Homepage", "write", at)
    invitation, token = Invitation.make(alice, "admin", "Bob", at)
    opened.close_all()
    backup = place.back_up()
    opened = place.open()
    key_row.revoke(at)
    invitation.delete_instance()
    opened.close_all()
    place.choose(backup)
    restored = place.start()
    try:
        assert ApiKey.of(key, at) is None
        assert ApiKey.get().name == "Homepage"
        assert Invitation.of(token, at) is None
        assert not Session.select().exists()
        assert not HalfSignIn.select().exists()
    finally:
        restored.close_all()


def test_what_waited_in_a_backup_is_not_sent_after_it_is_restored(place: Place) -> None:
    """It was sent long since, as far as anybody knows."""
    at = now()
    opened = place.open()
    target = NoticeTarget.create(name="T", key="t", kind="webhook", settings="{}", created_at=at)
    Bookmark.create(id=1, last=0)
    Message.create(target=target, event="test", title="T", text="", tone="good", created_at=at)
    when = {"at": at, "due_at": at, "in_digest": False}
    Notice.create(target=target, event="grabbed", about="", text="", path="", **when)
    with opened.atomic():
        note("search-sent", at)
    opened.close_all()
    place.choose(place.back_up())
    restored = place.start()
    try:
        assert Message.get().outcome == "unsure"
        assert not Notice.select().exists()
        assert Bookmark.get().last > 0
    finally:
        restored.close_all()


@pytest.mark.parametrize("action", ["restore", "download", "deletion"])
async def test_each_needs_one_s_own_password_and_does_nothing_without(
    action: str, alices: Browser, db: EmbeddedDatabase, tmp_path: Path
) -> None:
    made = make(db, "by-hand", now())
    assert made
    method = "DELETE" if action == "deletion" else "POST"
    address = f"/backups/{made.name}" + ("" if action == "deletion" else f"/{action}")
    for typed in ({}, {"own_password": "wrong"}):
        answer = await alices.post(address, method=method, follow=False, **typed)
        assert answer.status_code == 422
        assert "This is not your password" in answer.text
        assert made.path.exists()
        assert Restore.under_way(tmp_path / "vqs.db") is None
    answer = await alices.post(address, method=method, follow=False, own_password=PASSWORD)
    assert answer.status_code in (200, 303)
    if action == "download":
        assert answer.content == made.path.read_bytes()
    assert made.path.exists() == (action != "deletion")
    assert (Restore.under_way(tmp_path / "vqs.db") is not None) == (action == "restore")


async def test_a_damaged_one_is_refused_on_the_page_and_nothing_is_begun(
    alices: Browser, db: EmbeddedDatabase, tmp_path: Path
) -> None:
    made = make(db, "by-hand", now())
    assert made
    content = bytearray(made.path.read_bytes())
    content[len(content) // 2] ^= 1
    made.path.write_bytes(content)
    address = f"/backups/{made.name}/restore"
    answer = await alices.post(address, follow=False, own_password=PASSWORD)
    assert answer.status_code == 422
    assert "It is damaged" in answer.text
    assert Restore.under_way(tmp_path / "vqs.db") is None
    assert not alices.state.restart.is_asked
