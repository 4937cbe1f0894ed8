"""How many cycles a Cortex-A8 takes for instructions in a row: an estimate, by an in-order model.

The core issues two instructions a cycle, in order, one of them a load or store; NEON takes its own from a
queue of sixteen and issues one arithmetic and one transfer a cycle, in order. All that is read is taken to
lie in the first-level cache and every branch to be foreseen, so that where weights do not fit (an LSTM beyond
40 units) the estimate is too low. It has never been compared with a board.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable

from zoo.benching.a8_instructions import Instruction

QUEUE, WIDTH = 16, 2
STATUS_CYCLES = 20  # until the pipelines have run empty


class Pipeline:
    """The state of both pipelines: feed() it instructions, then read `cycles`."""

    def __init__(self) -> None:
        self._now = 0  # the cycle in which the core issues
        self._issued, self._moved = 0, False
        self._core: dict[str, int] = {}
        self._neon = [0] * 32
        self._last = self._arithmetic = self._transfer = 0
        self._queue: deque[int] = deque()
        self._adder: set[int] = set()

    @property
    def cycles(self) -> int:
        """Until the last instruction has been issued."""
        return max(self._now, self._last)

    def feed(self, instructions: Iterable[Instruction]) -> None:
        """Execute them, one after the other."""
        for it in instructions:
            self._issue(it)
            if it.unit == "status":
                self._wait_until(self.cycles + STATUS_CYCLES)
            elif it.unit in ("arithmetic", "transfer", "serial", "to_core"):
                self._execute(it)

    def _issue(self, it: Instruction) -> None:
        """On the core, through which NEON's instructions go as well."""
        self._wait_until(max((self._core.get(register, 0) for register in it.reads), default=0))
        moves = it.unit in ("load", "store", "transfer")
        if self._issued >= WIDTH or (moves and self._moved):
            self._wait_until(self._now + 1)
        if it.unit in ("arithmetic", "transfer", "serial", "to_core"):
            self._wait_for_queue()
        self._issued += 1
        self._moved = self._moved or moves
        for register in it.writes:
            self._core[register] = self._now + it.latency
        if it.unit in ("load", "store") and it.cycles > 1:
            self._now += it.cycles - 1
            self._issued = WIDTH
        if it.unit == "branch":
            self._issued = WIDTH

    def _wait_for_queue(self) -> None:
        while self._queue and self._queue[0] <= self._now:
            self._queue.popleft()
        if len(self._queue) >= QUEUE:
            self._wait_until(self._queue.popleft())

    def _wait_until(self, cycle: int) -> None:
        if cycle > self._now:
            self._now, self._issued, self._moved = cycle, 0, False

    def _execute(self, it: Instruction) -> None:
        """On NEON."""
        start = max(self._now, self._last)
        for register, needed in it.sources:
            start = max(start, self._neon[register] - needed)
        if it.unit == "arithmetic":
            start = self._start_arithmetic(it, max(start, self._arithmetic))
        elif it.unit == "serial":
            start = max(start, self._arithmetic, self._transfer)
            self._arithmetic = self._transfer = start + it.cycles
        else:
            start = max(start, self._transfer)
            self._transfer = start + it.cycles
        self._last = start
        for register, ready in it.results:
            self._neon[register] = start + ready
        if it.unit == "to_core":
            for name in it.writes:
                self._core[name] = start + it.latency
        self._queue.append(start)

    def _start_arithmetic(self, it: Instruction, start: int) -> int:
        """The adder is shared: a multiply-add enters it four cycles late, where an addition may be."""
        if it.adder >= 0:
            while any(start + it.adder + n in self._adder for n in range(it.cycles)):
                start += 1
            self._adder.update(start + it.adder + n for n in range(it.cycles))
            if len(self._adder) > 256:
                self._adder = {cycle for cycle in self._adder if cycle >= start}
        self._arithmetic = start + it.cycles
        return start
