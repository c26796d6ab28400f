"""Mixed visitor traffic against the served market, at a given rate, whoever is late.

Open loop: visitors come by chance (Poisson), on average so many a second, and don't wait
for one another, so a server that falls behind is seen to. A response's time counts from
the moment its visitor came, the wait for a free connection included. The generator shares
the machine with what it measures: raw HTTP/1.1 on kept connections, nothing parsed but
the status and the length, and it says what it took of a core itself.
"""

from __future__ import annotations

import asyncio
import itertools
import random
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

# Of a hundred visits, by kind of page (the list's search is the most asked).
SHARES = {"home": 20, "search": 40, "offer": 30, "fair": 10}
# As many as would be kept by a proxy before the two processes of two threads each.
CONNECTIONS = 64
RATE = 400
SECONDS = 20.0
WARMING = 3.0
STEPS = (50, 100, 150, 200, 250, 300, 350, 400, 450, 500, 600, 700, 800)
STEP_SECONDS = 8.0
P99_MS = 100.0
# What isn't answered by then counts as an error of that long.
PATIENCE = 20.0
_ASKING = (
    "GET {address} HTTP/1.1\r\nHost: market\r\nUser-Agent: benchmark\r\n"
    "Accept: text/html\r\nAccept-Language: zh-CN\r\nAccept-Encoding: gzip, br\r\n\r\n"
)


@dataclass
class Traffic:
    """What came of so many seconds of visits.

    Attributes:
        times: ms from the visitor's coming to the end of the response, by kind.
        seconds: until the last was answered.
        busy: share of one core that the generator took.
    """

    rate: float
    times: dict[str, list[float]] = field(default_factory=dict)
    errors: int = 0
    seconds: float = 0.0
    busy: float = 0.0

    @property
    def achieved(self) -> float:
        """Responses a second."""
        return sum(map(len, self.times.values())) / self.seconds

    def percentiles(self, kind: str = "") -> tuple[float, float, float]:
        """(p50, p95, p99) in ms, of one kind or of all."""
        taken = self.times.get(kind, []) if kind else list(itertools.chain(*self.times.values()))
        p50, p95, p99 = np.percentile(taken or [PATIENCE * 1000], (50, 95, 99)).tolist()
        return p50, p95, p99


class Connection(asyncio.Protocol):
    """One kept connection: one request at a time."""

    def __init__(self) -> None:
        self.transport: asyncio.Transport | None = None
        self.answer: asyncio.Future[int] | None = None
        self._got = bytearray()
        self._needed = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self._got += data
        if not self._needed:
            end = self._got.find(b"\r\n\r\n")
            if end < 0:
                return
            head = bytes(self._got[:end]).lower()
            at = head.index(b"content-length:") + 15
            self._needed = end + 4 + int(head[at:].split(b"\r\n", 1)[0])
        if len(self._got) >= self._needed and self.answer and not self.answer.done():
            self.answer.set_result(int(self._got[9:12]))

    def connection_lost(self, exc: Exception | None) -> None:
        self.transport = None
        if self.answer and not self.answer.done():
            self.answer.set_exception(ConnectionResetError())

    def ask(self, request: bytes) -> asyncio.Future[int]:
        """The status, once the whole response is there."""
        assert self.transport is not None
        self._got.clear()
        self._needed = 0
        self.answer = asyncio.get_running_loop().create_future()
        self.transport.write(request)
        return self.answer


class Visitors:
    """Visitors of one server, sharing its connections in turn."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.idle: deque[Connection] = deque()
        self.room = asyncio.Semaphore(CONNECTIONS)

    async def visit(self, kind: str, request: bytes, told: Traffic) -> None:
        """One visit, its time or its error put into `told`."""
        start = time.perf_counter()
        try:
            async with asyncio.timeout(PATIENCE), self.room:
                status = await self._answered(request)
        except (OSError, TimeoutError, ValueError):
            status = 0
        if status == 200:
            told.times.setdefault(kind, []).append((time.perf_counter() - start) * 1000)
        else:
            told.errors += 1

    async def _answered(self, request: bytes) -> int:
        for attempt in itertools.count():
            connection = await self._connection(fresh=attempt > 0)
            try:
                status = await connection.ask(request)
            except ConnectionResetError:
                # The server let go of an idle connection just then; a browser asks again.
                if attempt:
                    raise
                continue
            self.idle.append(connection)
            return status
        raise AssertionError

    async def _connection(self, fresh: bool) -> Connection:
        while self.idle and not fresh:
            connection = self.idle.popleft()
            if connection.transport and not connection.transport.is_closing():
                return connection
        loop = asyncio.get_running_loop()
        return (await loop.create_connection(Connection, "127.0.0.1", self.port))[1]


def mixed(addresses: Mapping[str, Sequence[str]], seed: int) -> Iterator[tuple[str, bytes]]:
    """(kind, request) without end, in the shares of SHARES, each kind's addresses in turn."""
    rng = random.Random(seed)
    asked = {
        kind: itertools.cycle([_ASKING.format(address=one).encode() for one in given])
        for kind, given in addresses.items()
    }
    kinds, shares = list(SHARES), list(SHARES.values())
    while True:
        kind = rng.choices(kinds, shares)[0]
        yield kind, next(asked[kind])


def send(port: int, requests: Iterator[tuple[str, bytes]], rate: float, seconds: float) -> Traffic:
    """Visits at `rate` for so many seconds, and the wait for their last answers."""

    async def run() -> Traffic:
        visitors, told = Visitors(port), Traffic(rate)
        rng, tasks = random.Random(int(rate)), []
        begin, busy = time.perf_counter(), time.process_time()
        due = begin
        while (due := due + rng.expovariate(rate)) < begin + seconds:
            if (wait := due - time.perf_counter()) > 0:
                await asyncio.sleep(wait)
            tasks.append(asyncio.create_task(visitors.visit(*next(requests), told)))
        await asyncio.gather(*tasks)
        told.seconds = time.perf_counter() - begin
        told.busy = (time.process_time() - busy) / told.seconds
        for connection in visitors.idle:
            if connection.transport:
                connection.transport.abort()
        return told

    return asyncio.run(run())


def highest(attempt: Callable[[float], Traffic]) -> float:
    """The last rate of STEPS that was kept up with, before one that wasn't; 0 for none."""
    kept = 0.0
    for rate in STEPS:
        told = attempt(rate)
        p99 = told.percentiles()[2]
        if told.errors or p99 >= P99_MS or told.achieved < 0.9 * rate:
            break
        kept = float(rate)
    return kept
