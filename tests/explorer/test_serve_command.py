"""``clioscope serve`` as people start it."""

from __future__ import annotations

import os
import pty
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx2 as httpx
import pytest

from tests.conftest import Cli, conversations, write_jsonl
from tests.explorer.serving import SECONDS, process


def test_it_prints_a_link_that_lets_one_browser_in_and_ends_cleanly(runs: Path, tmp_path: Path) -> None:
    with process("serve", runs, "--port", "0", folder=tmp_path) as server:
        with server.signed_in() as client:
            assert {entry["run"] for entry in client.get("/api/atlases").json()} >= {"names", "facets"}
        assert httpx.get(server.link).status_code == 403
        code, said = server.ended()
    assert code == 0
    assert "Traceback" not in said
    assert f"of {runs}" in said
    assert said.endswith("The explorer has ended.\n")


def test_it_ends_cleanly_when_it_is_asked_to_while_a_request_waits(runs: Path, tmp_path: Path) -> None:
    with process("serve", runs / "names", "--port", "0", folder=tmp_path) as server:
        port = int(server.address.rpartition(":")[2])
        with socket.create_connection(("127.0.0.1", port)) as waiting:
            waiting.sendall(b"POST /api/session/end HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 10\r\n\r\n1")
            code, said = server.ended(signal.SIGTERM)
    assert code in (0, -signal.SIGTERM)
    assert "Traceback" not in said


def test_a_port_in_use_is_told_with_another_that_is_free(runs: Path, cli: Cli) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        said = cli("serve", runs, "--port", port, code=1).stderr
    assert f"Port {port} is in use" in said
    other = int(said.rpartition("--port ")[2].strip(" .\n"))
    with socket.socket() as free:
        free.bind(("127.0.0.1", other))


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.5", "example.org", "::"])
def test_what_others_could_reach_is_refused(host: str, runs: Path, cli: Cli) -> None:
    said = cli("serve", runs, "--host", host, "--port", "0", code=1).stderr
    assert "would let others in" in said
    assert "ssh -L" in said


def test_a_folder_that_is_not_there_is_told(cli: Cli) -> None:
    assert "There is no folder nowhere" in cli("serve", "nowhere", code=1).stderr


def test_the_browser_opens_at_the_link(runs: Path, tmp_path: Path) -> None:
    browser = tmp_path / "browser"
    browser.write_text(f'#!/bin/sh\necho "$1" > {tmp_path}/new && mv {tmp_path}/new {tmp_path}/opened\n')
    browser.chmod(0o755)
    environment = {"BROWSER": f"{browser} %s"}
    with process("serve", runs, "--port", "0", "--open", folder=tmp_path, environment=environment) as server:
        end = time.monotonic() + SECONDS
        while not (tmp_path / "opened").exists() and time.monotonic() < end:
            time.sleep(0.02)
        assert (tmp_path / "opened").read_text().strip() == server.link
        server.ended()


def test_enter_prints_another_link(runs: Path, tmp_path: Path) -> None:
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "clioscope", "serve", str(runs), "--port", "0"]
    with subprocess.Popen(
        command, stdin=theirs, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as server:
        assert server.stdout is not None
        first = server.stdout.readline().strip()
        assert httpx.get(first).status_code == 303
        os.write(ours, b"\n")
        second = server.stdout.readline().strip()
        assert second != first
        assert httpx.get(second).status_code == 303
        server.send_signal(signal.SIGINT)
        assert server.wait(SECONDS) == 0
    os.close(ours)
    os.close(theirs)


def test_nothing_of_a_vault_is_read(runs: Path, tmp_path: Path, made: Path) -> None:
    watch = (
        "import sys, runpy\n"
        "def watch(event, arguments):\n"
        "    if event == 'open' and '/run/vault' in str(arguments[0]): sys.stderr.write(f'READ {arguments[0]}\\n')\n"
        "sys.addaudithook(watch)\n"
        "sys.argv[:] = ['explorer', '--host', '127.0.0.1', '--port', '0', sys.argv[1]]\n"
        "runpy.run_module('clioscope.explorer', run_name='__main__', alter_sys=True)\n"
    )
    with process(made, folder=tmp_path, command=(sys.executable, "-c", watch)) as server:
        with server.signed_in() as client:
            (entry,) = client.get("/api/atlases").json()
            for part in ("", "/clusters", "/map", "/privacy", "/search?q=bread", "/export?what=cube&format=csv"):
                assert client.get(f"/api/atlases/{entry['id']}{part}").status_code == 200
        _, said = server.ended()
    assert "READ" not in said


def test_a_run_ends_in_the_explorer(tmp_path: Path) -> None:
    write_jsonl(tmp_path / "chats.jsonl", conversations(60))
    arguments = ("run", "chats.jsonl", "--quiet", "--open")
    with process(*arguments, folder=tmp_path, environment={"BROWSER": "true %s"}) as server:
        with server.signed_in() as client:
            (entry,) = client.get("/api/atlases").json()
            assert client.get("/").status_code == 200
        assert (entry["run"], entry["status"]) == ("chats", "finished")
        assert server.ended()[0] == 0


def test_the_demo_opens_in_the_explorer(tmp_path: Path) -> None:
    arguments = ("demo", "--recorded", "--small", "--quiet", "--open")
    with process(*arguments, folder=tmp_path, environment={"BROWSER": "true %s"}) as server:
        with server.signed_in() as client:
            (entry,) = client.get("/api/atlases").json()
        assert entry["run"] == "demo-recorded-small"
        assert entry["cost"] == 0
        assert server.ended()[0] == 0
