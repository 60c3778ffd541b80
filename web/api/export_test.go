package api

import "slices"

// Codes are those of all problems.
func Codes() []string {
	codes := []string{ours.code}
	for _, k := range kinds {
		codes = append(codes, k.code)
	}
	slices.Sort(codes)
	return slices.Compact(codes)
}
