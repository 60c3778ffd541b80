package nativelibs

import (
	"fmt"
	"strings"

	"github.com/listgate/listgate/analyzer/decode/elf"
)

// abi is what the libraries in the folder of an Android ABI are made for.
type abi struct {
	machine elf.Machine
	bits    int
}

var abis = map[string]abi{
	"armeabi":     {elf.ARM, 32},
	"armeabi-v7a": {elf.ARM, 32},
	"arm64-v8a":   {elf.ARM64, 64},
	"x86":         {elf.X86, 32},
	"x86_64":      {elf.X8664, 64},
	"mips":        {elf.MIPS, 32},
	"mips64":      {elf.MIPS, 64},
	"riscv64":     {elf.RISCV, 64},
}

// abiOf returns the ABI in whose folder an entry lies, "" where the system installs
// nothing: libraries lie below lib/.
func abiOf(name string) string {
	inside, found := strings.CutPrefix(name, "lib/")
	folder, _, nested := strings.Cut(inside, "/")
	if _, known := abis[folder]; !found || !nested || !known {
		return ""
	}
	return folder
}

// contradicts says how a library and its folder disagree, or "". Images for a
// signal processor are shipped beside the libraries that load them there.
func contradicts(folder string, f *elf.File) string {
	want, known := abis[folder]
	if !known || f.Machine == elf.Hexagon || f.Machine == want.machine && f.Bits == want.bits {
		return ""
	}
	return fmt.Sprintf("%d-bit %s in lib/%s", f.Bits, f.Machine, folder)
}
