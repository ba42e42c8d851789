"""The serving process: its address, its gentle end, and what it refuses to start."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from urllib.parse import urlparse

import pytest

from tests.making import Office
from tests.web.calling import Caller, fresh_id
from tests.web.process import Served, served


def half_sent(address: str, token: str, number: str) -> tuple[socket.socket, bytes]:
    """A connection with a write of which half has arrived, and the other half."""
    body = json.dumps({"client_id": fresh_id(), "text": "夜里再来看"}).encode()
    url = urlparse(address)
    head = (
        f"POST /api/v1/cases/{number}/notes HTTP/1.1\r\nHost: {url.netloc}\r\nAuthorization: Bearer {token}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\nExpect: 100-continue\r\n\r\n"
    )
    connection = socket.create_connection((url.hostname or "", url.port or 0), timeout=30)
    connection.sendall(head.encode())
    # The server has begun with the request, however busy the machine is.
    assert connection.recv(4096).startswith(b"HTTP/1.1 100")
    connection.sendall(body[:10])
    return connection, body[10:]


@pytest.mark.parametrize("workers", [1, 2])
def test_sigterm_lets_a_running_request_finish(request: pytest.FixtureRequest, workers: int) -> None:
    office: Office = request.getfixturevalue("sqlite_office" if workers == 1 else "postgres_office")
    caller = Caller(office)
    number, token = office.report(), caller.token("inspector")
    with served(office, workers=workers) as process:
        connection, rest = half_sent(process.address, token, number)
        with connection:
            process.process.send_signal(signal.SIGTERM)
            time.sleep(0.5)
            connection.sendall(rest)
            answer = connection.recv(65536)
        code = process.wait()

    assert answer.startswith(b"HTTP/1.1 201")
    assert code == 0
    assert [row["text"] for row in office.rows("note", number)] == ["夜里再来看"]


def test_an_idle_server_stops_at_once_though_connections_are_open(sqlite_office: Office) -> None:
    with served(sqlite_office) as process:
        url = urlparse(process.address)
        with socket.create_connection((url.hostname or "", url.port or 0)) as connection:
            connection.sendall(f"GET /healthz HTTP/1.1\r\nHost: {url.netloc}\r\n\r\n".encode())
            assert b"200" in connection.recv(4096)
            began = time.monotonic()
            assert process.stop() == 0
            assert time.monotonic() - began < 10
            with pytest.raises(OSError, match="refused"):
                socket.create_connection((url.hostname or "", url.port or 0), timeout=2)


def answers_on_one_connection(address: str, *requests: bytes) -> list[tuple[int, int, bytes]]:
    """Status, told length and body of each answer, the requests sent one after the other on one connection."""
    url, found = urlparse(address), []
    connection = HTTPConnection(url.hostname or "", url.port or 0, timeout=30)
    connection.connect()
    for request in requests:
        connection.sock.sendall(request)
        answer = HTTPResponse(connection.sock, method=request.split(b" ", 1)[0].decode())
        answer.begin()
        found.append((answer.status, int(answer.headers["Content-Length"]), answer.read()))
    connection.close()
    return found


def test_bodies_of_told_length_in_chunks_and_none_at_all_keep_a_connection_in_step(
    sqlite_office: Office,
) -> None:
    caller = Caller(sqlite_office)
    number, token = sqlite_office.report(), caller.token("inspector")
    note, other = (json.dumps({"text": text}).encode() for text in ("夜里再来看", "照片稍后补"))
    head = f"/api/v1/cases/{number}%s HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\n"
    post = ("POST " + head % "/notes" + "Content-Type: application/json\r\n").encode()
    chunks = b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in (other[:9], other[9:], b""))

    with served(sqlite_office) as process:
        told, chunked, get, without_body, last = answers_on_one_connection(
            process.address,
            post + b"Content-Length: %d\r\n\r\n" % len(note) + note,
            post + b"Transfer-Encoding: chunked\r\n\r\n" + chunks,
            ("GET " + head % "" + "\r\n").encode(),
            ("HEAD " + head % "" + "\r\n").encode(),
            ("GET " + head % "" + "\r\n").encode(),
        )

    assert (told[0], chunked[0], without_body) == (201, 201, (200, get[1], b""))
    assert get == last
    kept = sorted(row["text"] for row in sqlite_office.rows("note", number))
    assert kept == sorted(["夜里再来看", "照片稍后补"])


def test_the_site_starts_on_an_empty_database(tmp_path: Path, quick_geo: Path) -> None:
    (tmp_path / "geo").symlink_to(quick_geo, target_is_directory=True)
    url = f"sqlite:///{tmp_path / 'new.db'}"

    with (
        Served(tmp_path, url) as process,
        urllib.request.urlopen(f"{process.address}/healthz", timeout=30) as response,
    ):
        assert json.load(response) == {"status": "ok"}


def refused(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "gridcase", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def test_several_workers_on_sqlite_are_refused(sqlite_office: Office) -> None:
    url = sqlite_office.database.url.render_as_string(hide_password=False)

    run = refused("--site", str(sqlite_office.installation.site.root), "--db", url, "serve", "--workers", "2")

    assert run.returncode == 2
    assert "SQLite" in run.stderr
    assert "PostgreSQL" in run.stderr
    assert run.stdout == ""


def test_a_port_in_use_is_told(sqlite_office: Office) -> None:
    url = sqlite_office.database.url.render_as_string(hide_password=False)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])

        run = refused(
            "--site", str(sqlite_office.installation.site.root), "--db", url, "serve", "--port", port
        )

    assert run.returncode == 2
    assert port in run.stderr


def test_a_faulty_workflow_stops_the_start(sqlite_office: Office) -> None:
    site = sqlite_office.installation.site.root
    (site / "workflows").mkdir()
    (site / "workflows" / "standard.toml").write_text('name = "standard"\n', encoding="utf-8")
    url = sqlite_office.database.url.render_as_string(hide_password=False)

    run = refused("--site", str(site), "--db", url, "serve", "--port", "0")

    assert run.returncode == 1
    assert "missing_key" in run.stderr
    assert run.stdout == ""
