"""Makes what the tests of this folder read: streams of many compressors, and what
zlib says of broken ones.

    python3 generate.py

Needs zlib and libdeflate as shared libraries, and zopfli, advzip and 7zz as commands.
The result differs where their versions do; any result serves.
"""

import ctypes
import ctypes.util
import os
import random
import struct
import subprocess
import tempfile
import zipfile
import zlib

HERE = os.path.dirname(os.path.abspath(__file__))
rand = random.Random(1951)


def contents():
    """Yields name and bytes of what is compressed."""
    words = ["deep", "synthesis", "深度合成", "模型", "lib/arm64-v8a/libmain.so", "Landroid/", "的"]
    text = " ".join(rand.choice(words) for _ in range(900)).encode()
    yield "text", text
    yield "zeros", bytes(70000)
    table = b"".join(struct.pack("<IHBB", 0x1000 + 24 * i, i, i % 7, 0) for i in range(900))
    yield "table", table
    noise = bytes(rand.randrange(256) for _ in range(700))
    yield "noise", noise
    far = noise[:258]
    yield "far", far + bytes(32768 - len(far)) + far + b"\1" * 31 + far


def raw(level=9, wbits=-15, mem=8, strategy=0, flush=None):
    def compress(data):
        c = zlib.compressobj(level, zlib.DEFLATED, wbits, mem, strategy)
        if flush is None:
            return c.compress(data) + c.flush()
        out = b""
        for i in range(0, len(data), 1 + len(data) // 5):
            out += c.compress(data[i:i + 1 + len(data) // 5]) + c.flush(flush)
        return out + c.flush()
    return compress


def libdeflate(level):
    lib = ctypes.CDLL(ctypes.util.find_library("deflate"))
    lib.libdeflate_alloc_compressor.restype = ctypes.c_void_p
    lib.libdeflate_deflate_compress.restype = ctypes.c_size_t
    c = ctypes.c_void_p(lib.libdeflate_alloc_compressor(level))

    def compress(data):
        room = ctypes.create_string_buffer(len(data) * 2 + 100)
        n = lib.libdeflate_deflate_compress(
            c, data, ctypes.c_size_t(len(data)), room, ctypes.c_size_t(len(room)))
        return room.raw[:n]
    return compress


def command(*args):
    """A command that makes a ZIP or gzip file called out of a file called in."""
    def compress(data):
        with tempfile.TemporaryDirectory() as folder:
            with open(os.path.join(folder, "in"), "wb") as f:
                f.write(data)
            for arg in args:
                subprocess.run(arg, cwd=folder, check=True, shell=True,
                               stdout=subprocess.DEVNULL)
            with open(os.path.join(folder, "out"), "rb") as f:
                made = f.read()
            if made[:2] == b"\x1f\x8b":
                return made[10:-8]
            with zipfile.ZipFile(os.path.join(folder, "out")) as z:
                e = z.infolist()[0]
                at = e.header_offset + 30 + sum(struct.unpack("<HH", made[e.header_offset + 26:][:4]))
                if e.compress_type != zipfile.ZIP_DEFLATED:
                    return raw(0)(data)
                return made[at:at + e.compress_size]
    return compress


COMPRESSORS = {
    "zlib-0": raw(0), "zlib-1": raw(1), "zlib-6": raw(6), "zlib-9": raw(9),
    "zlib-filtered": raw(strategy=zlib.Z_FILTERED),
    "zlib-huffman": raw(strategy=zlib.Z_HUFFMAN_ONLY),
    "zlib-rle": raw(strategy=zlib.Z_RLE),
    "zlib-fixed": raw(strategy=zlib.Z_FIXED),
    "zlib-small": raw(mem=1, wbits=-9),
    "zlib-partial": raw(flush=zlib.Z_PARTIAL_FLUSH),
    "zlib-sync": raw(flush=zlib.Z_SYNC_FLUSH),
    "zlib-full": raw(flush=zlib.Z_FULL_FLUSH),
    "libdeflate-1": libdeflate(1), "libdeflate-12": libdeflate(12),
    "zopfli": command("zopfli -c in > out"),
    "advzip": command("advzip -a -4 out.zip in && mv out.zip out"),
    "7zip": command("7zz a -tzip -mx=9 out.zip in && mv out.zip out"),
}


def streams():
    """Writes gzip files: their trailer says what must come out."""
    for data_name, data in contents():
        for name, compress in COMPRESSORS.items():
            made = compress(data)
            assert zlib.decompress(made, -15) == data, (data_name, name)
            if len(made) > 12 << 10:
                continue
            with open(os.path.join(HERE, "streams", f"{data_name}-{name}.gz"), "wb") as f:
                f.write(b"\x1f\x8b\x08\0\0\0\0\0\0\xff" + made +
                        struct.pack("<II", zlib.crc32(data), len(data)))


class Stream(ctypes.Structure):
    _fields_ = [("next_in", ctypes.c_void_p), ("avail_in", ctypes.c_uint),
                ("total_in", ctypes.c_ulong), ("next_out", ctypes.c_void_p),
                ("avail_out", ctypes.c_uint), ("total_out", ctypes.c_ulong),
                ("msg", ctypes.c_char_p), ("state", ctypes.c_void_p),
                ("zalloc", ctypes.c_void_p), ("zfree", ctypes.c_void_p),
                ("opaque", ctypes.c_void_p), ("data_type", ctypes.c_int),
                ("adler", ctypes.c_ulong), ("reserved", ctypes.c_ulong)]


ZLIB = ctypes.CDLL(ctypes.util.find_library("z"))
ZLIB.zlibVersion.restype = ctypes.c_char_p
ROOM = 1 << 18


def verdict(data):
    """Returns what zlib says, the bytes it used where it says ok, and its output."""
    s = Stream()
    assert ZLIB.inflateInit2_(ctypes.byref(s), -15, ZLIB.zlibVersion(), ctypes.sizeof(s)) == 0
    source = ctypes.create_string_buffer(data, max(1, len(data)))
    room = ctypes.create_string_buffer(ROOM)
    s.next_in, s.avail_in = ctypes.addressof(source), len(data)
    s.next_out, s.avail_out = ctypes.addressof(room), ROOM
    code = ZLIB.inflate(ctypes.byref(s), 0)
    says = {1: "ok", 0: "cut", -5: "cut", -3: (s.msg or b"").decode()}[code]
    out = room.raw[:s.total_out]
    assert len(out) < ROOM
    used = s.total_in if code == 1 else 0
    ZLIB.inflateEnd(ctypes.byref(s))
    return says, used, out


class Bits:
    def __init__(self):
        self.value, self.n = 0, 0

    def put(self, v, n):
        self.value |= (v & (1 << n) - 1) << self.n
        self.n += n

    def bytes(self):
        return self.value.to_bytes((self.n + 7) // 8, "little")


ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]


def code_of(lengths):
    """Canonical codes, bits reversed; nonsense where the set is over-subscribed."""
    codes, code = {}, 0
    for n in range(1, 16):
        for symbol, length in enumerate(lengths):
            if length == n:
                codes[symbol] = (int(format(code & (1 << n) - 1, f"0{n}b")[::-1], 2), n)
                code += 1
        code <<= 1
    return codes


def set_of(symbols, longest):
    """Lengths of a complete set, or nearly one."""
    lengths, left = [], 1 << longest
    while left > 0 and len(lengths) < symbols:
        n = rand.randint(1, longest)
        if left < 1 << (longest - n) and rand.random() < 0.995:
            n = longest - (left.bit_length() - 1)
        lengths.append(n)
        left -= 1 << (longest - n)
    lengths += [0] * (symbols - len(lengths))
    rand.shuffle(lengths)
    return lengths


def dynamic(b):
    """Puts a block of a random code, sound or not, and random symbols of it."""
    literals = rand.choice([257, 258, 260, 286] * 5 + [287, 288])
    distances = rand.choice([1, 1, 2, 3, 20, 30] * 4 + [31, 32])
    lengths = set_of(rand.choice([2, 4, 8, 40]), rand.choice([1, 3, 6, 15]))
    lengths = (lengths + [0] * literals)[:literals]
    rand.shuffle(lengths)
    if rand.random() < 0.95:
        used = [i for i, n in enumerate(lengths) if n]
        swap = rand.choice(used)
        lengths[256], lengths[swap] = lengths[swap], lengths[256]
    far = rand.choice([[0], [1], [1, 1], [2], [1, 0], [0, 1], set_of(6, 4), set_of(20, 15)])
    all_lengths = lengths + (far + [0] * 32)[:distances]
    clen = set_of(19, 7) if rand.random() < 0.3 else None
    if clen is None:
        used = sorted(set(all_lengths) | {18, 17})
        clen = [0] * 19
        for i in used:
            clen[i] = max(1, (len(used) - 1).bit_length())
        left = (1 << max(clen)) - len(used)
        for i in range(19):
            if left and not clen[i]:
                clen[i], left = max(clen), left - 1
    codes = code_of(clen)
    b.put(rand.choice([4, 5]), 3)
    b.put(literals - 257, 5)
    b.put(distances - 1, 5)
    b.put(15, 4)
    for i in ORDER:
        b.put(clen[i], 3)
    i = 0
    while i < len(all_lengths):
        run = 1
        while i + run < len(all_lengths) and all_lengths[i + run] == all_lengths[i] == 0:
            run += 1
        if run >= 11 and 18 in codes:
            run = min(run, 138)
            b.put(*codes[18])
            b.put(run - 11, 7)
        else:
            run = 1
            b.put(*codes.get(all_lengths[i], (0, 1)))
        i += run
    codes = code_of(lengths)
    for _ in range(rand.randint(0, 24)):
        symbol = rand.choice(list(codes) or [0])
        b.put(*codes.get(symbol, (0, 1)))
        if symbol > 256:
            b.put(rand.getrandbits(8), rand.randint(1, 8))
    if 256 in codes:
        b.put(*codes[256])


def broken():
    """Yields streams that are sound, nearly sound, and noise."""
    for _ in range(700):
        b = Bits()
        for _ in range(rand.choice([1, 1, 2])):
            dynamic(b)
        yield b.bytes()
    short = [raw(strategy=s)(t) for s in (0, 2, 4)
             for t in (b"", b"a", b"abcabcabcabc", b"deflate deflates deflated" * 3)]
    for _ in range(400):
        s = bytearray(rand.choice(short))
        for _ in range(rand.randint(1, 2)):
            s[rand.randrange(len(s))] ^= 1 << rand.randrange(8)
        yield bytes(s)
    for s in short:
        for n in range(len(s)):
            yield s[:n]
        yield s + b"more"
    for _ in range(200):
        yield bytes(rand.getrandbits(8) for _ in range(rand.randint(0, 40)))


def verdicts():
    with open(os.path.join(HERE, "verdicts.txt"), "w", encoding="utf-8") as f:
        f.write(f"# What zlib {ZLIB.zlibVersion().decode()} says: stream, bytes used of a sound "
                "one, bytes inflated, their CRC-32, verdict.\n")
        seen = set()
        for s in broken():
            if s in seen:
                continue
            seen.add(s)
            says, used, out = verdict(s)
            f.write(f"{s.hex() or '-'} {used} {len(out)} {zlib.crc32(out):08x} {says}\n")


if __name__ == "__main__":
    streams()
    verdicts()
