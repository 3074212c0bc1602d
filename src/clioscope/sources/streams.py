"""Bytes of a file, unpacked while they are read, with a limit on how much a small file may become."""

from __future__ import annotations

import codecs
import zlib
from collections.abc import Callable
from typing import IO, NamedTuple, Protocol
from zipfile import BadZipFile

import zstandard

from clioscope.sources.base import Limits, UnreadableError

CHUNK = 1 << 18
_GZIP, _ZSTD = b"\x1f\x8b", b"\x28\xb5\x2f\xfd"
_ZSTD_STEP = 2 << 10
"""Compressed bytes at a time: two kilobytes can become 64 MB, which is what may be held at once."""


class Stream(Protocol):
    """Bytes one after the other."""

    def read(self, size: int) -> bytes:
        """Up to ``size`` bytes, or none at the end.

        Raises
        ------
        UnreadableError
            Where nothing more can be read, after everything before it was.
        """


class Meter:
    """Counts bytes of a file as they are read, and never more than the file has."""

    def __init__(self, total: int, on_bytes: Callable[[int], object] | None) -> None:
        self._left, self._on_bytes = total, on_bytes

    def add(self, count: int) -> None:
        """``count`` more bytes were read."""
        count = min(count, self._left)
        if count > 0:
            self._left -= count
            if self._on_bytes:
                self._on_bytes(count)

    def finish(self) -> None:
        """All were read, or will not be."""
        self.add(self._left)


class FileStream:
    """The bytes of an open file."""

    def __init__(self, file: IO[bytes], meter: Meter) -> None:
        self._file, self._meter = file, meter

    def read(self, size: int) -> bytes:
        """See :class:`Stream`."""
        try:
            data = self._file.read(size)
        except OSError:
            raise UnreadableError("reading the file failed") from None
        self._meter.add(len(data))
        return data


class ZipMemberStream:
    """One member of a zip archive."""

    def __init__(self, member: IO[bytes], packed: int, size: int, meter: Meter) -> None:
        """``packed`` and ``size`` are what the archive says of the member, in bytes."""
        self._member, self._meter = member, meter
        self._packed, self._size = packed, max(1, size)

    def read(self, size: int) -> bytes:
        """See :class:`Stream`."""
        try:
            # One step at a time: a full read would throw away what came before the damage.
            data: bytes = self._member.read1(size)  # type: ignore[attr-defined]
        except (BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError):
            raise UnreadableError("the zip archive is damaged") from None
        self._meter.add(len(data) * self._packed // self._size)
        return data


class GzipStream:
    """Unpacks gzip, of one part or several behind one another."""

    def __init__(self, inner: Stream) -> None:
        self._inner = inner
        self._unpack = zlib.decompressobj(31)
        self._waiting = b""

    def read(self, size: int) -> bytes:
        """See :class:`Stream`."""
        while True:
            if self._unpack.eof:
                self._waiting = self._unpack.unused_data.lstrip(b"\0") or self._inner.read(CHUNK).lstrip(b"\0")
                if not self._waiting:
                    return b""
                self._unpack = zlib.decompressobj(31)
            packed = self._waiting or self._inner.read(CHUNK)
            if not packed:
                raise UnreadableError("the gzip data ends too early")
            try:
                data = self._unpack.decompress(packed, size)
            except zlib.error:
                raise UnreadableError("the gzip data is damaged") from None
            self._waiting = self._unpack.unconsumed_tail
            if data:
                return data


class ZstdStream:
    """Unpacks zstd, of one frame or several behind one another."""

    def __init__(self, inner: Stream) -> None:
        self._inner = inner
        self._unpack: zstandard.ZstdDecompressionObj | None = None
        self._waiting = self._ready = b""
        self._given = 0

    def read(self, size: int) -> bytes:
        """See :class:`Stream`."""
        while self._given == len(self._ready):
            if not self._waiting:
                self._waiting = self._inner.read(CHUNK)
            if not self._waiting:
                if self._unpack is not None:
                    raise UnreadableError("the zstd data ends too early")
                return b""
            self._ready, self._given = self._step(), 0
        data = self._ready[self._given : self._given + size]
        self._given += len(data)
        return data

    def _step(self) -> bytes:
        packed, self._waiting = self._waiting[:_ZSTD_STEP], self._waiting[_ZSTD_STEP:]
        if self._unpack is None:
            self._unpack = zstandard.ZstdDecompressor().decompressobj()
        try:
            data = self._unpack.decompress(packed)
        except zstandard.ZstdError:
            raise UnreadableError("the zstd data is damaged, or needs a window of more than 128 MB") from None
        if self._unpack.eof:
            self._waiting = self._unpack.unused_data + self._waiting
            self._unpack = None
        return data


class Budget:
    """How many bytes a compressed file may still unpack to; all members of an archive share one."""

    def __init__(self, packed: int, limits: Limits) -> None:
        """``packed`` is the file's size on disk, in bytes."""
        self.left = min(limits.unpacked, max(limits.expansion_from, packed * limits.expansion))


class BoundedStream:
    """Stops where a compressed file becomes more than any honest one would."""

    def __init__(self, inner: Stream, budget: Budget) -> None:
        self._inner, self._budget = inner, budget

    def read(self, size: int) -> bytes:
        """See :class:`Stream`."""
        if self._budget.left <= 0:
            raise UnreadableError("it unpacks to far more than its size on disk, as a zip bomb does")
        data = self._inner.read(min(size, self._budget.left))
        self._budget.left -= len(data)
        return data


class PeekedStream:
    """A stream whose beginning was looked at."""

    def __init__(self, inner: Stream, size: int) -> None:
        """Look at up to ``size`` bytes; fewer where the stream ends or cannot be read on."""
        self._inner = inner
        parts: list[bytes] = []
        self.failed = _fill(inner, size, parts)
        self.head = b"".join(parts)
        self._given = 0

    def read(self, size: int) -> bytes:
        """See :class:`Stream`."""
        if self._given < len(self.head):
            data = self.head[self._given : self._given + size]
            self._given += len(data)
            return data
        if self.failed:
            raise UnreadableError(self.failed)
        self.head = b""
        self._given = 0
        return self._inner.read(size)

    def skip(self, size: int) -> None:
        """Leave out the first ``size`` bytes."""
        self._given = size


def _fill(stream: Stream, size: int, parts: list[bytes]) -> str | None:
    """Read ``size`` bytes into ``parts``; the reason where that failed."""
    while size > 0:
        try:
            data = stream.read(size)
        except UnreadableError as error:
            return error.reason
        if not data:
            return None
        parts.append(data)
        size -= len(data)
    return None


class Unpacked(NamedTuple):
    """A stream, and how it was packed: ``gz``, ``zst`` or not at all."""

    stream: Stream
    compression: str


def unpack(stream: Stream, budget: Budget) -> Unpacked:
    """``stream`` unpacked as its first bytes ask for."""
    peeked = PeekedStream(stream, 4)
    if peeked.head.startswith(_GZIP):
        return Unpacked(BoundedStream(GzipStream(peeked), budget), "gz")
    if peeked.head.startswith(_ZSTD):
        return Unpacked(BoundedStream(ZstdStream(peeked), budget), "zst")
    return Unpacked(peeked, "")


class Utf8Stream:
    """UTF-16 as UTF-8. What is broken in it becomes invalid UTF-8, and is found as such."""

    def __init__(self, inner: Stream) -> None:
        self._inner = inner
        self._decode = codecs.getincrementaldecoder("utf-16")("surrogatepass")

    def read(self, size: int) -> bytes:
        """See :class:`Stream`."""
        while data := self._inner.read(size):
            try:
                text = self._decode.decode(data)
            except UnicodeDecodeError:
                raise UnreadableError("not valid UTF-16") from None
            if text:
                return text.encode("utf-8", "surrogatepass")
        return b""


def as_utf8(stream: Stream) -> Stream:
    """``stream`` without a byte order mark, and as UTF-8 where the mark says UTF-16."""
    peeked = PeekedStream(stream, 3)
    if peeked.head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return Utf8Stream(peeked)
    if peeked.head == codecs.BOM_UTF8:
        peeked.skip(3)
    return peeked
