package auth

import (
	"encoding/hex"
	"strings"

	"github.com/google/uuid"
)

// bearerPrefix begins every bearer, so that one that leaked into a file is found.
const bearerPrefix = "lg_"

// printBearer returns lg_<id>_<secret>: the id in hexadecimal without hyphens, so
// that a double click takes the whole.
func printBearer(id uuid.UUID, secret string) string {
	return bearerPrefix + hex.EncodeToString(id[:]) + "_" + secret
}

// parseBearer reads what printBearer prints and nothing else.
func parseBearer(bearer string) (id uuid.UUID, secret string, ok bool) {
	const length = len(bearerPrefix) + 2*len(id) + 1 + secretBytes
	if len(bearer) != length {
		return uuid.Nil, "", false
	}
	digits := bearer[len(bearerPrefix) : len(bearerPrefix)+2*len(id)]
	secret = bearer[length-secretBytes:]
	if strings.Trim(secret, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567") != "" {
		return uuid.Nil, "", false
	}
	_, err := hex.Decode(id[:], []byte(digits))
	if err != nil || printBearer(id, secret) != bearer {
		return uuid.Nil, "", false
	}
	return id, secret, true
}
