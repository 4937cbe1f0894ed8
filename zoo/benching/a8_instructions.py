"""What an ARM or NEON instruction asks of a Cortex-A8, from a disassembler's text.

Stages, cycles and issue ports are those of the "Instruction Cycle Timing" chapter of the Cortex-A8 Technical
Reference Manual (ARM DDI 0344). Single-precision scalars count as in RunFast mode, which the engine sets.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

_CORE = re.compile(r"\b(?:r\d+|sb|sl|fp|ip|sp|lr|pc)\b")
_CONDITION = "eq|ne|cs|cc|mi|pl|vs|vc|hi|ls|ge|lt|gt|le|hs|lo"
_PER_LANE = re.compile(r"\[\d*\]")
_ADD = {
    "vadd", "vsub", "vabd", "vmax", "vmin", "vabs", "vneg", "vcvt", "vceq", "vcge", "vcgt", "vcle", "vclt",
    "vrecpe", "vrsqrte", "vpadd", "vpmax", "vcmp", "vcmpe",
}  # fmt: skip
_MULTIPLY_ADD = {"vmla", "vmls", "vrecps", "vrsqrts", "vnmla", "vnmls"}
_ACCUMULATE = {"vmla", "vmls", "vnmla", "vnmls", "vmlal", "vmlsl", "vbsl", "vbit", "vbif"}
_PERMUTE = {"vdup", "vext", "vrev64", "vrev32", "vrev16", "vtbl", "vmovn", "vswp", "vtrn", "vzip", "vuzp"}
_INTEGER = {
    "vadd", "vsub", "vmov", "vmvn", "vand", "vorr", "veor", "vbic", "vorn", "vshl", "vshr", "vrshr", "vsra",
    "vbsl", "vbit", "vbif", "vmax", "vmin", "vabs", "vneg", "vceq", "vcge", "vcgt", "vtst", "vmovl", "vshrn",
    "vqmovn",
}  # fmt: skip
_SHIFT = {"vshl", "vshr", "vrshr", "vsra"}
_VFP_CYCLES = {"vdiv": 37, "vsqrt": 33}  # single precision; not pipelined
_DOUBLE_CYCLES = {"vdiv": 65, "vsqrt": 60, "vmul": 17, "vmla": 26, "vmls": 26, "vnmls": 26, "vcvt": 8}
_KNOWN = _ADD | _MULTIPLY_ADD | _INTEGER | {"vmul", "vnmul", "vldr", "vstr"} | set(_VFP_CYCLES)


class UnknownInstruction(Exception):
    """The model knows no such instruction; the message is its text."""


@dataclass
class Instruction:
    """What one instruction needs and gives.

    Attributes:
        unit: who executes it: core, load, store and branch; and of NEON arithmetic, transfer (loads, stores
            and permutations), serial (not pipelined), to_core and status.
        reads, writes: core registers ("flags" among them).
        latency: cycles until what it writes to core registers can be used.
        cycles: of the unit.
        sources: NEON's 64-bit registers, each with the cycle (from issue) in which it must be there.
        results: the same with the cycle after which it is there.
        adder: the cycle in which arithmetic enters the adder, or -1.
    """

    unit: str
    reads: list[str] = field(default_factory=list)
    writes: list[str] = field(default_factory=list)
    latency: int = 1
    cycles: int = 1
    sources: list[tuple[int, int]] = field(default_factory=list)
    results: list[tuple[int, int]] = field(default_factory=list)
    adder: int = -1


def understand(mnemonic: str, operands: str) -> Instruction:
    """What the disassembled instruction asks.

    Raises:
        UnknownInstruction: the tables do not have it.
    """
    name, _, kind = mnemonic.partition(".")
    parts = _operands(operands)
    if name in ("vmrs", "vmsr"):
        return Instruction("status", reads=_core(operands), writes=["flags", *_core(operands)])
    if not name.startswith("v"):
        return _on_the_core(name, operands, parts)
    always = re.sub(f"(?:{_CONDITION})$", "", name)
    name = always if always in _KNOWN else name
    if name.startswith(("vld", "vst", "vpush", "vpop")):
        return _transfer(name, parts)
    if name in ("vmov", "vdup") and _core(operands):
        return _between_core_and_neon(parts)
    registers = [_registers(part) for part in parts if not part.startswith("#")]
    if "f64" in kind or name in _VFP_CYCLES:
        return _serial(name, kind, registers)
    if name in _PERMUTE:
        return _permutation(name, registers)
    return _arithmetic(name, kind, parts, registers)


def _on_the_core(name: str, operands: str, parts: list[str]) -> Instruction:
    core, moved = _core(operands), max(1, len(_core(operands)) // 2)
    if name.startswith(("pop", "ldm")):
        base = ["sp"] if name.startswith("pop") else core[:1]
        return Instruction("load", base, [*core, *base], 3, moved)
    if name.startswith(("push", "stm")):
        return Instruction("store", [*core, "sp"], ["sp"] if name.startswith("push") else core[:1], 1, moved)
    if name.startswith("ldr"):
        targets = core[: 2 if name.startswith("ldrd") else 1]
        based = core[len(targets) :]
        moves = based[:1] if "!" in operands or len(parts) > len(targets) + 1 else []
        return Instruction("load", based, [*targets, *moves], 3)
    if name.startswith("str"):
        return Instruction("store", core, _core(parts[-1])[:1] if "!" in operands else [])
    if re.match(rf"(?:b|bl|bx|blx|cbz|cbnz|b(?:{_CONDITION})|tbb|tbh)(?:\.[nw])?$", name):
        return Instruction("branch", [*core, "flags"], ["lr"] if name.startswith("bl") else [])
    if name.startswith(("mul", "mla", "mls", "smull", "umull", "smlal", "umlal")):
        return Instruction("core", core[1:], core[:1], 6)
    if name.startswith(("cmp", "cmn", "tst", "teq")):
        return Instruction("core", core, ["flags"])
    if name.startswith(("it", "nop", "pld")):
        return Instruction("core", core)
    sets_flags = ["flags"] if name.endswith("s") else []
    return Instruction("core", core[1:] if len(core) > 1 else core, [*core[:1], *sets_flags])


def _transfer(name: str, parts: list[str]) -> Instruction:
    stores = name.startswith(("vst", "vpush"))
    if name.startswith(("vpush", "vpop")):
        data, memory = _registers(parts[0]), "sp!"
    elif name.startswith(("vldm", "vstm")):
        memory, data = parts[0], _registers(parts[1])
    else:
        data, memory = _registers(parts[0]), ", ".join(parts[1:])
    count, lane = len(data), "[" in parts[0]
    aligned = ":128" in memory or ":256" in memory or (count == 1 and ":64" in memory)
    if name.startswith(("vldr", "vstr")):
        cycles = 1
    elif name.startswith(("vldm", "vstm", "vpush", "vpop")):
        cycles = 1 if count == 1 else (count + 1) // 2 + 1
    elif "[]" in parts[0]:
        cycles = 1 if count == 1 else 2
    elif lane:
        cycles = 2 if stores else 3
    else:
        cycles = {1: 2, 2: 2, 3: 4, 4: 3}.get(count, 4) - aligned
    base = _core(memory)[:1] if "!" in memory or len(parts) > 2 else []
    it = Instruction("transfer", _core(memory), base, 1, cycles)
    if stores:
        it.sources = [(register, 0) for register in data]
    else:
        it.results = [(data[n], min(cycles - 1, n // 2) + 1 + lane) for n in range(count)]
        it.sources = [(register, 0) for register in data] if lane and "[]" not in parts[0] else []
    return it


def _between_core_and_neon(parts: list[str]) -> Instruction:
    core = [part for part in parts if _CORE.fullmatch(part)]
    neon = [register for part in parts if part not in core for register in _registers(part)]
    if parts[0] in core:
        return Instruction("to_core", writes=core, latency=20, sources=[(r, 0) for r in neon])
    return Instruction("transfer", core, results=[(r, 2) for r in neon])


def _serial(name: str, kind: str, registers: list[list[int]]) -> Instruction:
    cycles = _DOUBLE_CYCLES.get(name, 10) if "f64" in kind else _VFP_CYCLES[name]
    used = [(r, 0) for group in registers for r in group]
    return Instruction("serial", cycles=cycles, sources=used, results=[(r, cycles) for r in registers[0]])


def _permutation(name: str, registers: list[list[int]]) -> Instruction:
    quad = max(map(len, registers)) > 1
    cycles = 2 if quad and name not in ("vdup", "vrev64", "vrev32", "vmovn") else 1
    changed = registers[0] if name not in ("vswp", "vtrn", "vzip", "vuzp") else registers[0] + registers[1]
    return Instruction(
        "transfer",
        cycles=cycles,
        sources=[(r, 0) for group in registers[1:] for r in group],
        results=[(r, cycles + 1) for r in changed],
    )


def _arithmetic(name: str, kind: str, parts: list[str], registers: list[list[int]]) -> Instruction:
    quad = max(map(len, registers)) == 2
    cycles = 2 if quad else 1
    floating = "f32" in kind
    last_needed = 1  # cycles from issue: operands are read in N2, the sum of a multiply-add in N4
    if floating and name in _ADD:
        stage, adder = 5, 0
    elif floating and name in ("vmul", "vnmul"):
        stage, adder, last_needed = 5, -1, 0
    elif floating and name in _MULTIPLY_ADD:
        stage, adder, last_needed = 9, 4, 0 if _PER_LANE.search(parts[-1]) else 1
    elif name in ("vmul", "vmla", "vmls", "vmull", "vmlal", "vmlsl"):
        stage, adder, cycles = 6, -1, cycles * (2 if "32" in kind else 1)
    elif name in _INTEGER:
        stage, adder = 4 if name in ("vadd", "vsub", "vrshr", "vsra") else 3, -1
        last_needed = 0 if name in _SHIFT else 1
    else:
        raise UnknownInstruction(f"{name}.{kind} {', '.join(parts)}")
    it = Instruction("arithmetic", cycles=cycles, adder=adder)
    for position, group in enumerate(registers[1:], 1):
        last = position == len(registers) - 1 and (len(registers) > 2 or name in _SHIFT)
        needed = last_needed if last else 1
        it.sources += [(r, needed + _half(n, quad)) for n, r in enumerate(group)]
    if name in _ACCUMULATE:
        it.sources += [(r, 2 + _half(n, quad)) for n, r in enumerate(registers[0])]
    if not name.startswith("vcmp"):
        it.results = [
            (r, stage + (n if len(registers[0]) == 2 else cycles - 1)) for n, r in enumerate(registers[0])
        ]
    return it


def _half(position: int, quad: bool) -> int:
    """The upper half of a 128-bit register goes one cycle after the lower."""
    return position if quad and position < 2 else 0


def _operands(text: str) -> list[str]:
    """Split at commas that are in no bracket."""
    return [part.strip() for part in re.split(r",(?![^\[{]*[\]}])", text) if part.strip()]


def _core(text: str) -> list[str]:
    return _CORE.findall(text)


def _registers(text: str) -> list[int]:
    """The 64-bit registers in "q3", "d5[1]", "s7" or "{d0-d3}"."""
    found: list[int] = []
    for part in _PER_LANE.sub("", text).strip("{}").split(","):
        names = re.findall(r"\b([sdq])(\d+)\b", part)
        numbers = [int(number) for _, number in names]
        if "-" in part and len(numbers) == 2:
            numbers = list(range(numbers[0], numbers[1] + 1))
        for number in numbers:
            kind = names[0][0]
            own = [number // 2] if kind == "s" else [number] if kind == "d" else [2 * number, 2 * number + 1]
            found += [register for register in own if register not in found]
    return found
