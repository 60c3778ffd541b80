package dex

// widths is the length of each instruction in 16-bit units, by opcode. The
// opcodes that the format leaves unused count one, except those that optimised
// files use. Runs follow the format's instruction tables.
var widths = widthTable([]run{
	{0x00, 0x01, 1}, {0x02, 0x02, 2}, {0x03, 0x03, 3}, {0x04, 0x04, 1}, {0x05, 0x05, 2},
	{0x06, 0x06, 3}, {0x07, 0x07, 1}, {0x08, 0x08, 2}, {0x09, 0x09, 3}, {0x0a, 0x12, 1},
	{0x13, 0x13, 2}, {0x14, 0x14, 3}, {0x15, 0x16, 2}, {0x17, 0x17, 3}, {0x18, 0x18, 5},
	{0x19, 0x1a, 2}, {0x1b, 0x1b, 3}, {0x1c, 0x1c, 2}, {0x1d, 0x1e, 1}, {0x1f, 0x20, 2},
	{0x21, 0x21, 1}, {0x22, 0x23, 2}, {0x24, 0x26, 3}, {0x27, 0x28, 1}, {0x29, 0x29, 2},
	{0x2a, 0x2c, 3}, {0x2d, 0x3d, 2}, {0x3e, 0x43, 1}, {0x44, 0x6d, 2}, {0x6e, 0x72, 3},
	{0x73, 0x73, 1}, {0x74, 0x78, 3}, {0x79, 0x8f, 1}, {0x90, 0xaf, 2}, {0xb0, 0xcf, 1},
	{0xd0, 0xe8, 2}, {0xe9, 0xea, 3}, {0xeb, 0xf2, 2}, {0xf3, 0xf9, 1}, {0xfa, 0xfb, 4},
	{0xfc, 0xfd, 3}, {0xfe, 0xff, 2},
})

type run struct{ first, last, width int }

func widthTable(runs []run) (t [256]uint8) {
	for _, r := range runs {
		for op := r.first; op <= r.last; op++ {
			t[op] = uint8(r.width)
		}
	}
	return t
}

// What the walk over code does with an opcode.
const (
	opNone        = iota
	opNop         // a payload may follow
	opInvoke      // method index in the second unit
	opString      // string index in the second unit
	opStringJumbo // string index in the second and third unit
)

var actions = actionTable()

func actionTable() (t [256]uint8) {
	t[0x00] = opNop
	t[0x1a] = opString
	t[0x1b] = opStringJumbo
	for _, r := range []run{{0x6e, 0x72, 3}, {0x74, 0x78, 3}, {0xfa, 0xfb, 4}} {
		for op := r.first; op <= r.last; op++ {
			t[op] = opInvoke
		}
	}
	return t
}

// payload returns the length in bytes of the switch or array data that begins at
// code, 0 where a plain nop stands there, and false where it is cut short.
func payload(code []byte) (size int, ok bool) {
	kind := code[1]
	if kind == 0 || kind > 3 {
		return 0, true
	}
	if len(code) < 4 {
		return 0, false
	}
	n := int(code[2]) | int(code[3])<<8
	switch kind {
	case 1: // packed-switch
		size = 8 + 4*n
	case 2: // sparse-switch
		size = 4 + 8*n
	default: // fill-array-data, n is the element width
		if len(code) < 8 {
			return 0, false
		}
		count := int(code[4]) | int(code[5])<<8 | int(code[6])<<16 | int(code[7])<<24
		size = 8 + (count*n+1)/2*2
	}
	return size, size <= len(code)
}
