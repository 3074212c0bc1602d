"""Commands as processes of their own, without the second that Python takes to load what they need.

A server, a process too, loads the command line and then only waits. For each command it divides itself: the new process
has its own memory, folder, environment and streams, runs ``python -m clioscope`` and ends as Python ends. Servers take
turns, and each orders hashes in its own way, as processes that are started anew do.
"""

from __future__ import annotations

import contextlib
import gc
import json
import os
import runpy
import signal
import socket
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Iterator, Mapping, Sequence
from importlib import import_module
from itertools import cycle
from pathlib import Path
from threading import Thread
from types import TracebackType
from typing import BinaryIO, Protocol

COMMAND = (sys.executable, "-m", "clioscope")
_SIZE = 8

Streams = tuple[int, int, int]
"""Descriptors of the standard input, output and error of a process."""


class Running(Protocol):
    """A command under way."""

    def wait(self, timeout: float | None = None) -> int:
        """The exit code; less than 0 where a signal ended it. ``TimeoutExpired`` after so many seconds."""

    def kill(self) -> None:
        """End it at once (SIGKILL)."""


class Servers:
    """Start commands.

    Parameters
    ----------
    number
        How many servers take turns. They begin when the first command is run.
    """

    def __init__(self, number: int = 2) -> None:
        self._stack = contextlib.ExitStack()
        self._turns = self._begun(number)

    def _begun(self, number: int) -> Iterator[_Server]:
        yield from cycle([self._stack.enter_context(_Server()) for _ in range(number)])

    def start(
        self,
        arguments: Sequence[str],
        folder: Path,
        environment: Mapping[str, str],
        streams: Streams,
        *,
        before: str = "",
    ) -> Running:
        """Start ``clioscope`` in ``folder``, after the lines ``before`` of Python. The streams may be closed then."""
        if sys.platform != "linux":  # elsewhere a process that has loaded much had better not divide itself
            source, out, err = streams
            command = [sys.executable, "-c", f"{before}\nfrom clioscope.cli import main\nmain()", *arguments]
            return subprocess.Popen(command, cwd=folder, env=environment, stdin=source, stdout=out, stderr=err)
        return next(self._turns).start([list(arguments), str(folder), dict(environment), before], streams)

    def run(
        self,
        arguments: Sequence[str],
        folder: Path,
        environment: Mapping[str, str],
        *,
        given: bytes | None = None,
        before: str = "",
        timeout: float = 300,
    ) -> subprocess.CompletedProcess[str]:
        """Run ``clioscope`` in ``folder`` with ``given`` as its standard input, and return what it said.

        Parameters
        ----------
        before
            Lines of Python that the process runs first.

        Raises
        ------
        subprocess.TimeoutExpired
            It took longer than so many seconds, and was killed.
        """
        with contextlib.ExitStack() as stack:
            out, err = (stack.enter_context(tempfile.TemporaryFile()) for _ in range(2))
            with _pipe(given) if given is not None else Path(os.devnull).open("rb") as source:
                streams = (source.fileno(), out.fileno(), err.fileno())
                running = self.start(arguments, folder, environment, streams, before=before)
            code = running.wait(timeout)
            texts = []
            for file in (out, err):
                file.seek(0)
                texts.append(file.read().decode("utf-8"))
        return subprocess.CompletedProcess([*COMMAND, *arguments], code, *texts)

    def __enter__(self) -> Servers:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._stack.close()


def _pipe(given: bytes) -> BinaryIO:
    """The end of a pipe out of which ``given`` comes."""
    source, end = os.pipe()

    def write() -> None:
        with contextlib.suppress(BrokenPipeError), os.fdopen(end, "wb") as file:
            file.write(given)

    Thread(target=write).start()
    return os.fdopen(source, "rb")


class _Divided:
    def __init__(self, server: socket.socket, number: int) -> None:
        self._server, self._number = server, number

    def wait(self, timeout: float | None = None) -> int:
        self._server.settimeout(timeout)
        try:
            return _received(self._server)
        except TimeoutError:
            os.kill(self._number, signal.SIGKILL)
            self._server.settimeout(None)
            _received(self._server)
            raise subprocess.TimeoutExpired(COMMAND, timeout) from None
        finally:
            self._server.settimeout(None)

    def kill(self) -> None:
        os.kill(self._number, signal.SIGKILL)


class _Server:
    def __init__(self) -> None:
        self._socket, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-P", __file__, str(theirs.fileno())],
                env={**os.environ, "PYTHONWARNINGS": "error"},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
                start_new_session=True,  # Ctrl-C is for pytest, which closes the socket
            )

    def start(self, what: Sequence[object], streams: Streams) -> _Divided:
        asked = json.dumps(what).encode()
        socket.send_fds(self._socket, [len(asked).to_bytes(_SIZE)], streams)
        self._socket.sendall(asked)
        return _Divided(self._socket, _received(self._socket))

    def __enter__(self) -> _Server:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._socket.close()
        self._process.wait()


def _received(connection: socket.socket) -> int:
    return int.from_bytes(_exactly(connection, _SIZE), signed=True)


def _exactly(connection: socket.socket, size: int) -> bytes:
    found = b""
    while len(found) < size:
        part = connection.recv(size - len(found))
        if not part:
            raise EOFError("the other end has gone")
        found += part
    return found


def _serve(connection: socket.socket) -> None:
    """Divide for each command that is asked for. Returns in the new process when its command is done, or at the end."""
    from clioscope.cli.commands import COMMANDS, loaded
    from clioscope.facets.language import language

    for command in COMMANDS:
        loaded(command)  # before processes are forked from this one
    language("This is read so that the model which tells languages is loaded.")
    for library in ("openai", "pandas"):  # pyarrow looks for pandas
        with contextlib.suppress(ImportError):
            import_module(library)
    runpy.run_path(str(Path(__file__).with_name("vectors.py")))["remember"]()
    gc.freeze()  # what is loaded is not gone through again at the end of each command
    while True:
        size, streams, _, _ = socket.recv_fds(connection, _SIZE, len(Streams.__args__))
        if not size:
            return
        asked = json.loads(_exactly(connection, int.from_bytes(size)))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # threads of libraries wait for work, and hold nothing
            process = os.fork()
        if process == 0:
            connection.close()
            _become(*asked, streams)
            return  # and end as Python ends
        for stream in streams:
            os.close(stream)
        connection.sendall(process.to_bytes(_SIZE))
        _, status = os.waitpid(process, 0)
        connection.sendall(os.waitstatus_to_exitcode(status).to_bytes(_SIZE, signed=True))


def _become(
    arguments: Sequence[str], folder: str, environment: Mapping[str, str], before: str, streams: Sequence[int]
) -> None:
    for standard, stream in enumerate(streams):
        os.dup2(stream, standard)
        os.close(stream)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    sys.argv[1:] = arguments
    exec(before, {})
    runpy.run_module("clioscope", run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    with socket.socket(fileno=int(sys.argv[1])) as asking:
        _serve(asking)
