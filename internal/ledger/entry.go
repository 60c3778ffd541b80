package ledger

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// The kinds of entry that Listgate writes. The list is open: a kind is any word of
// lower-case letters, digits and hyphens.
const (
	Decision       = "decision"        // a measure was decided, by a person or by a policy
	Approval       = "approval"        // a second person answered a proposal
	Effect         = "effect"          // a measure took effect, or did not
	Notice         = "notice"          // a letter went out
	RegistryChange = "registry-change" // a published list was imported
	RulesRelease   = "rules-release"   // another edition of the rules is in use
	LawRelease     = "law-release"     // another edition of the law is in use
	PolicyRelease  = "policy-release"  // another edition of the store's policy is in use
	RoleChange     = "role-change"     // a person's role was given, changed or taken
	Erasure        = "erasure"         // earlier entries were erased: body {"erased":[SEQ,…]}
)

// timeLayout is RFC 3339 in UTC, always with three decimals.
const timeLayout = "2006-01-02T15:04:05.000Z"

var kindForm = regexp.MustCompile(`^[a-z][a-z0-9-]{0,63}$`)

// Entry is one thing that happened.
type Entry struct {
	Seq     int64           // place in the log, from 0; Append sets it
	Kind    string          // one of the kinds, or another word of that form
	Time    time.Time       // of the event, UTC, whole milliseconds (Append cuts the rest off)
	Subject string          // id of what it happened to; 1 to 300 bytes without control characters
	Body    json.RawMessage // an object; see the package comment for what it may hold
}

// wireEntry is the entry as it is hashed and as it stands in a proof.
type wireEntry struct {
	Body    json.RawMessage `json:"body"`
	Kind    string          `json:"kind"`
	Seq     int64           `json:"seq"`
	Subject string          `json:"subject"`
	Time    string          `json:"time"`
}

// NewErasure returns the entry that must be appended in the transaction in which
// the body and salt of earlier rows are deleted: Log.Verify reports a row that is
// erased and that no such entry names.
func NewErasure(at time.Time, subject, reason string, seqs ...int64) (Entry, error) {
	body, err := json.Marshal(erasure{seqs, reason})
	if err != nil {
		return Entry{}, fmt.Errorf("body of an erasure: %w", err)
	}
	return Entry{Kind: Erasure, Time: at, Subject: subject, Body: body}, nil
}

// erasure is the body of an entry of kind erasure.
type erasure struct {
	Erased []int64 `json:"erased"`
	Reason string  `json:"reason"`
}

// normal returns the entry with its time and body in the one form that is hashed.
func (e Entry) normal() (Entry, error) {
	e.Time = e.Time.UTC().Truncate(time.Millisecond)
	body, err := canonical(e.Body, maxBodyDepth)
	if err != nil {
		return Entry{}, fmt.Errorf("body of a %.64q entry: %w", e.Kind, err)
	}
	e.Body = body
	return e, nil
}

// check holds the entry to its bounds.
func (e Entry) check() error {
	switch {
	case e.Seq < 0 || e.Seq > maxInteger:
		return fault(NotCanonical, "place %d", e.Seq)
	case !kindForm.MatchString(e.Kind):
		return fault(NotCanonical, "kind %.64q", e.Kind)
	case e.Time.UTC().Year() < 1970 || e.Time.UTC().Year() > 9999:
		return fault(NotCanonical, "time in the year %d", e.Time.UTC().Year())
	case e.Time.Nanosecond()%int(time.Millisecond) != 0:
		return fault(NotCanonical, "time finer than a millisecond")
	case e.Subject == "" || len(e.Subject) > maxSubject || !utf8.ValidString(e.Subject) ||
		strings.ContainsFunc(e.Subject, unicode.IsControl):
		return fault(NotCanonical, "subject %.64q", e.Subject)
	case len(e.Body) > maxBody:
		return fault(TooLarge, "an entry of %d bytes, %d at most", len(e.Body), maxBody)
	case !bytes.HasPrefix(bytes.TrimLeft(e.Body, " \t\r\n"), []byte("{")):
		return fault(NotCanonical, "the body is no object")
	}
	return nil
}

// canonical returns the text that is hashed.
func (e Entry) canonical() ([]byte, error) {
	if err := e.check(); err != nil {
		return nil, err
	}
	w := wireEntry{e.Body, e.Kind, e.Seq, e.Subject, e.Time.UTC().Format(timeLayout)}
	text, err := json.Marshal(w)
	if err != nil {
		return nil, fault(NotCanonical, "%w", err)
	}
	return canonical(text, maxBodyDepth+1)
}

// parseEntry reads the canonical text of an entry and nothing else.
func parseEntry(text []byte) (Entry, error) {
	var w wireEntry
	if err := json.Unmarshal(text, &w); err != nil {
		return Entry{}, fault(Malformed, "entry: %w", err)
	}
	at, err := time.Parse(timeLayout, w.Time)
	if err != nil {
		return Entry{}, fault(Malformed, "time of the entry: %w", err)
	}
	e := Entry{w.Seq, w.Kind, at, w.Subject, w.Body}
	again, err := e.canonical()
	if err != nil {
		return Entry{}, fault(Malformed, "entry: %w", err)
	}
	if !bytes.Equal(again, text) {
		return Entry{}, fault(Malformed, "entry: members are missing, unknown or misspelt")
	}
	return e, nil
}

// leafOf is the salted hash that stands for the entry in the tree. The salt has
// one length, so that it cannot run into the text.
func leafOf(salt, text []byte) Hash {
	h := sha256.New()
	h.Write(salt)
	h.Write(text)
	return Hash(h.Sum(nil))
}
