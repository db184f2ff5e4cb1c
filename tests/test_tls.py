"""https without a proxy: what the program serves by itself with a certificate of its own."""

import os
import ssl
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from tests.certificates import pair
from tests.fakes.program import ROOT, environment, first_address, running
from views.web.tls import Certificate

pytestmark = pytest.mark.long

EXPIRED = datetime(2020, 1, 1, tzinfo=UTC)


def _probe(data: Path, *asked: str, **settings: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "jobs.probe", *asked],
        cwd=ROOT,
        env=environment(data, **settings),
        capture_output=True,
        text=True,
        check=False,
    )


def test_with_both_files_it_serves_https_and_nothing_else(tmp_path: Path) -> None:
    certificate, key = pair(tmp_path / "tls")
    given = {"tls_cert_file": certificate, "tls_key_file": key}
    with running(tmp_path / "data", **given) as (address, process):
        trusting = ssl.create_default_context(cafile=certificate)
        first = first_address(process)
        with httpx.Client(base_url=address, verify=trusting, trust_env=False) as client:
            page = client.get(first)
        port = address.rpartition(":")[2]
        well = [_probe(tmp_path, *asked, port=port, **given) for asked in ((), ("live",))]
        plain = _probe(tmp_path, port=port)
    assert address.startswith("https://")
    assert page.status_code == 303
    assert "__Host-vqs=" in page.headers["set-cookie"] and "Secure" in page.headers["set-cookie"]
    assert page.headers["strict-transport-security"].startswith("max-age=")
    assert [each.returncode for each in well] == [0, 0], well
    assert plain.returncode == 1 and "Nothing answers" in plain.stderr


def test_over_plain_http_no_browser_is_told_to_come_back_by_https(tmp_path: Path) -> None:
    with running(tmp_path / "data") as (address, _):
        page = httpx.get(f"{address}/setup", trust_env=False)
        assert _probe(tmp_path, port=address.rpartition(":")[2]).stdout == "It is well.\n"
    assert "strict-transport-security" not in page.headers
    assert "Secure" not in page.headers["set-cookie"]


def test_an_expired_certificate_is_told_and_does_not_keep_it_from_searching(tmp_path: Path) -> None:
    certificate, key = pair(tmp_path / "tls", first=EXPIRED - timedelta(days=9), last=EXPIRED)
    given = {"tls_cert_file": certificate, "tls_key_file": key}
    with running(tmp_path / "data", **given) as (_, process):
        process.terminate()
        said = process.communicate()[1]
    assert f"The certificate {certificate} has expired on 2020-01-01: browsers refuse it" in said
    assert said.count("has expired") == 1


def test_a_renewed_certificate_is_used_for_new_connections(tmp_path: Path) -> None:
    certificate, key = pair(tmp_path / "tls")
    served = Certificate(certificate, key)
    before = _shown_by(served)
    new_certificate, new_key = pair(tmp_path / "new")
    os.replace(new_certificate, certificate)
    served.renew()
    assert _shown_by(served) == before, "in the midst of a renewal the old pair is used"
    os.replace(new_key, key)
    served.renew()
    assert _shown_by(served) == ssl.PEM_cert_to_DER_cert(certificate.read_text()) != before


def _shown_by(served: Certificate) -> bytes | None:
    """The certificate that a client is shown, in a handshake without a network."""
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    asking = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    asking.check_hostname, asking.verify_mode = False, ssl.CERT_NONE
    client = asking.wrap_bio(to_client, to_server)
    server = served.context.wrap_bio(to_server, to_client, server_side=True)
    for each in (client, server, client, server):
        try:
            each.do_handshake()
        except ssl.SSLWantReadError:
            continue
    return client.getpeercert(binary_form=True)
