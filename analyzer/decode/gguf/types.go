package gguf

import (
	"encoding/binary"
	"math"
	"strconv"
)

// number writes a value of a fixed size as text.
func number(kind uint32, b []byte) string {
	switch kind {
	case typeFloat32:
		v := math.Float32frombits(binary.LittleEndian.Uint32(b))
		return strconv.FormatFloat(float64(v), 'g', -1, 32)
	case typeFloat64:
		v := math.Float64frombits(binary.LittleEndian.Uint64(b))
		return strconv.FormatFloat(v, 'g', -1, 64)
	case typeBool:
		return strconv.FormatBool(b[0] != 0)
	}
	var v uint64
	for i, c := range b {
		v |= uint64(c) << (8 * i)
	}
	if signed[kind] {
		shift := 64 - 8*len(b)
		return strconv.FormatInt(int64(v<<shift)>>shift, 10)
	}
	return strconv.FormatUint(v, 10)
}

// signed are the types of signed integers.
var signed = map[uint32]bool{1: true, 3: true, 5: true, 11: true}

// tensorTypes are the values of ggml_type; the gaps are types that were removed.
var tensorTypes = map[uint32]string{
	0: "f32", 1: "f16", 2: "q4_0", 3: "q4_1", 6: "q5_0", 7: "q5_1", 8: "q8_0", 9: "q8_1",
	10: "q2_k", 11: "q3_k", 12: "q4_k", 13: "q5_k", 14: "q6_k", 15: "q8_k", 16: "iq2_xxs",
	17: "iq2_xs", 18: "iq3_xxs", 19: "iq1_s", 20: "iq4_nl", 21: "iq3_s", 22: "iq2_s",
	23: "iq4_xs", 24: "i8", 25: "i16", 26: "i32", 27: "i64", 28: "f64", 29: "iq1_m",
	30: "bf16", 34: "tq1_0", 35: "tq2_0", 39: "mxfp4",
}

func typeName(kind uint32) string {
	if name := tensorTypes[kind]; name != "" {
		return name
	}
	return "type " + strconv.FormatUint(uint64(kind), 10)
}
