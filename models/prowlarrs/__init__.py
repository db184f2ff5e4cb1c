"""Prowlarrs: where several instances have their indexers from. They are read, never changed."""

from datetime import datetime, timedelta

from peewee import SQL, BigIntegerField, BooleanField, IntegerField, ModelSelect, TextField

from models.badges import Badge
from models.database.fields import MILLISECOND, SealedField, Table, UtcField, from_ms, to_ms

FIRST_RETRY = timedelta(minutes=1)
LONGEST_RETRY = timedelta(minutes=30)


class Prowlarr(Table):
    """A Prowlarr that we read.

    `clock_ahead_ms` is how much its clock is ahead of ours.
    `fault` is the sentence of what is wrong with it; None while it answers.
    `failures` counts tries in a row that failed, and `retry_at` is when it is asked again.
    `listed_at` is when its indexers were read, `read_at` when its history was.
    """

    name = TextField()
    key = TextField(unique=True)
    demo = BooleanField(default=False)
    url = TextField()
    api_key = SealedField("api-key")
    verify_tls = BooleanField(default=True)
    http2 = BooleanField(default=False, constraints=[SQL("DEFAULT FALSE")])
    proxy_name = SealedField("proxy", null=True)
    proxy_password = SealedField("proxy", null=True)
    proxy_headers = SealedField("proxy", null=True)
    created_at = UtcField()

    version = TextField(null=True)
    clock_ahead_ms = BigIntegerField(default=0)
    fault_code = TextField(null=True)
    fault = TextField(null=True)
    faulty_since = UtcField(null=True)
    failures = IntegerField(default=0, constraints=[SQL("DEFAULT 0")])
    retry_at = UtcField(null=True)
    listed_at = UtcField(null=True)
    read_at = UtcField(null=True)

    class Meta:
        table_name = "prowlarrs"

    @classmethod
    def by_name(cls) -> ModelSelect:
        return cls.select().order_by(cls.demo, cls.key)

    @property
    def lacks_key(self) -> bool:
        """Whether its key is still to be typed in, as after an import of settings."""
        return not self.demo and not self.api_key.reveal()

    @property
    def badge(self) -> Badge:
        if self.lacks_key:
            return Badge("disabled", "Key missing")
        if self.fault:
            return Badge("unreachable", "Not working")
        return Badge("reachable") if self.read_at else Badge("unchecked", "Not read yet")

    def its_time(self, at: datetime) -> int:
        """The moment by its own clock, epoch ms."""
        return to_ms(at) + self.clock_ahead_ms

    def our_time(self, told_ms: int) -> datetime:
        """A moment of its clock by ours."""
        return from_ms(told_ms - self.clock_ahead_ms)

    def failed(self, code: str, sentence: str, at: datetime) -> None:
        """Notes what is wrong; it is asked again after 1 min, doubled up to 30 min."""
        wait = min(FIRST_RETRY * 2 ** min(self.failures, 10), LONGEST_RETRY)
        self.change(
            fault_code=code,
            fault=sentence,
            faulty_since=self.faulty_since or at,
            failures=self.failures + 1,
            retry_at=at + wait,
        )

    def answered(self, server_time: int | None, at: datetime) -> None:
        """Notes that it answers, and its clock at that answer."""
        ahead = 0 if server_time is None else server_time - to_ms(at)
        # The header has whole seconds only.
        if abs(ahead - self.clock_ahead_ms) < timedelta(seconds=2) // MILLISECOND:
            ahead = self.clock_ahead_ms
        well = {"fault_code": None, "fault": None, "faulty_since": None, "retry_at": None}
        self.change(clock_ahead_ms=ahead, failures=0, **well)
