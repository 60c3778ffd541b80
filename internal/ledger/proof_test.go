package ledger_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/mod/sumdb/note"

	"github.com/listgate/listgate/internal/ledger"
	"github.com/listgate/listgate/internal/ledger/ledgertest"
)

func reader(doc []byte) io.Reader { return bytes.NewReader(doc) }

// example is the proof of row 33 in a tree of 40, with a later checkpoint of 70.
type example struct {
	log    *ledger.Log
	signer note.Signer
	key    note.Verifier
	at     ledger.Checkpoint
	doc    []byte
}

func exampleProof(t testing.TB) example {
	t.Helper()
	signer, key := keyPair(t, origin, 1)
	log, _ := filled(t, 40)
	at := checkpoint(t, log, signer)
	_, err := log.Append(t.Context(), ledgertest.Entries(30)...)
	require.NoError(t, err)
	later := checkpoint(t, log, signer)
	doc, err := log.Proof(t.Context(), 33, at, &later)
	require.NoError(t, err)
	return example{log, signer, key, at, doc}
}

// tree is the document as a map, to change.
func tree(t testing.TB, doc []byte) map[string]any {
	t.Helper()
	dec := json.NewDecoder(bytes.NewReader(doc))
	dec.UseNumber()
	var m map[string]any
	require.NoError(t, dec.Decode(&m))
	return m
}

func TestProof(t *testing.T) {
	t.Parallel()
	x := exampleProof(t)
	_, rotated := keyPair(t, origin, 2)
	got, err := ledger.VerifyProof(iotest.OneByteReader(reader(x.doc)), rotated, x.key)
	require.NoError(t, err)
	want := ledgertest.Entries(34)[33]
	want.Seq, want.Body = 33, json.RawMessage(`{"measure":"list","n":33,"reason":"第 33 号"}`)
	assert.Empty(t, cmp.Diff(want, got.Entry))
	assert.Equal(t, x.at, got.Checkpoint)
	require.NotNil(t, got.Later)
	assert.EqualValues(t, 70, got.Later.Size)

	var compact bytes.Buffer
	require.NoError(t, json.Compact(&compact, x.doc))
	_, err = ledger.VerifyProof(&compact, x.key)
	require.NoError(t, err, "space says nothing")
	shuffled, err := json.Marshal(tree(t, x.doc))
	require.NoError(t, err)
	_, err = ledger.VerifyProof(reader(shuffled), x.key)
	require.NoError(t, err, "neither does the order of members")
}

// TestProofOfEveryRow exports and verifies every row of small logs.
func TestProofOfEveryRow(t *testing.T) {
	t.Parallel()
	signer, key := keyPair(t, origin, 1)
	for _, n := range []int{1, 2, 3, 7, 8, 9} {
		log, _ := filled(t, n)
		c := checkpoint(t, log, signer)
		for seq := range int64(n) {
			verifies(t, log, seq, c, key)
		}
	}
}

// TestProofHoldsToItsSchema checks the published schema with what is written.
func TestProofHoldsToItsSchema(t *testing.T) {
	t.Parallel()
	file, err := os.Open("../../docs/schema/proof.v1.schema.json")
	require.NoError(t, err)
	defer file.Close()
	raw, err := jsonschema.UnmarshalJSON(file)
	require.NoError(t, err)
	compiler := jsonschema.NewCompiler()
	compiler.AssertFormat()
	require.NoError(t, compiler.AddResource("proof", raw))
	schema, err := compiler.Compile("proof")
	require.NoError(t, err)
	x := exampleProof(t)
	short, err := x.log.Proof(t.Context(), 0, x.at, nil)
	require.NoError(t, err)
	for _, doc := range [][]byte{x.doc, short} {
		inst, err := jsonschema.UnmarshalJSON(reader(doc))
		require.NoError(t, err)
		require.NoError(t, schema.Validate(inst))
	}
	for _, member := range []string{
		"schema", "entry", "salt", "leaf_index", "tree_size", "inclusion", "checkpoint",
	} {
		m := tree(t, x.doc)
		delete(m, member)
		require.Error(t, schema.Validate(m), "without %s", member)
		doc, err := json.Marshal(m)
		require.NoError(t, err)
		got, err := ledger.VerifyProof(reader(doc), x.key)
		var e *ledger.Error
		require.True(t, errors.As(err, &e), "without %s: %v", member, err)
		assert.Nil(t, got)
	}
}

func TestProofRefusals(t *testing.T) {
	t.Parallel()
	x := exampleProof(t)
	other, err := x.log.Proof(t.Context(), 34, x.at, nil)
	require.NoError(t, err)
	neighbour := tree(t, other)
	foreignSigner, foreignKey := keyPair(t, "other.store/ledger", 3)
	foreign := checkpoint(t, x.log, foreignSigner)
	forged, _ := keyPair(t, origin, 4)
	entry := func(m map[string]any) map[string]any { return m["entry"].(map[string]any) }
	later := func(m map[string]any) map[string]any { return m["later"].(map[string]any) }
	path := func(m map[string]any) []any { return m["inclusion"].([]any) }
	set := func(key string, value any) func(map[string]any) {
		return func(m map[string]any) { m[key] = value }
	}
	zero := "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
	cases := []struct {
		name   string
		change func(map[string]any)
		want   ledger.Fault
	}{
		{"body", func(m map[string]any) {
			entry(m)["body"].(map[string]any)["measure"] = "remove"
		}, ledger.NotIncluded},
		{"member_added_to_the_body", func(m map[string]any) {
			entry(m)["body"].(map[string]any)["note"] = ""
		}, ledger.NotIncluded},
		{"kind", func(m map[string]any) { entry(m)["kind"] = "notice" }, ledger.NotIncluded},
		{"subject", func(m map[string]any) { entry(m)["subject"] = "case-9" }, ledger.NotIncluded},
		{"time", func(m map[string]any) { entry(m)["time"] = "2026-11-22T08:00:00.000Z" },
			ledger.NotIncluded},
		{"time_of_another_form", func(m map[string]any) { entry(m)["time"] = "2026-11-22" },
			ledger.Malformed},
		{"member_added_to_the_entry", func(m map[string]any) { entry(m)["more"] = 1 },
			ledger.Malformed},
		{
			"member_of_the_entry_in_capitals",
			func(m map[string]any) { entry(m)["Kind"] = "decision" },
			ledger.Malformed,
		},
		{"number_of_another_form", func(m map[string]any) {
			entry(m)["body"].(map[string]any)["n"] = json.Number("33.0")
		}, ledger.Malformed},
		{"salt", set("salt", zero), ledger.NotIncluded},
		{"salt_short", set("salt", "AAAA"), ledger.Malformed},
		{"salt_no_base64", set("salt", "!"), ledger.Malformed},
		{"salt_with_other_last_bits", set("salt", zero[:42]+"B="), ledger.Malformed},
		{"index", set("leaf_index", 32), ledger.WrongIndex},
		{"index_and_sequence", func(m map[string]any) {
			m["leaf_index"], entry(m)["seq"] = 32, 32
		}, ledger.NotIncluded},
		{"index_behind_the_tree", func(m map[string]any) {
			m["leaf_index"], entry(m)["seq"] = 40, 40
		}, ledger.WrongIndex},
		{"index_negative", func(m map[string]any) {
			m["leaf_index"], entry(m)["seq"] = -1, -1
		}, ledger.WrongIndex},
		{"tree_size", set("tree_size", 41), ledger.WrongSize},
		{"path_hash", func(m map[string]any) { path(m)[2] = zero }, ledger.NotIncluded},
		{"path_hashes_swapped", func(m map[string]any) {
			path(m)[0], path(m)[1] = path(m)[1], path(m)[0]
		}, ledger.NotIncluded},
		{"path_truncated", func(m map[string]any) { m["inclusion"] = path(m)[1:] },
			ledger.NotIncluded},
		{"path_longer", func(m map[string]any) { m["inclusion"] = append(path(m), zero) },
			ledger.NotIncluded},
		{"path_empty", set("inclusion", []any{}), ledger.NotIncluded},
		{"path_null", set("inclusion", nil), ledger.Malformed},
		{"path_huge", func(m map[string]any) {
			for range 65 {
				m["inclusion"] = append(path(m), zero)
			}
		}, ledger.Malformed},
		{"path_of_short_hashes", set("inclusion", []any{"AAAA"}), ledger.Malformed},
		{"entry_of_the_neighbour", set("entry", neighbour["entry"]), ledger.WrongIndex},
		{"salt_of_the_neighbour", set("salt", neighbour["salt"]), ledger.NotIncluded},
		{"path_of_the_neighbour", set("inclusion", neighbour["inclusion"]), ledger.NotIncluded},
		{"checkpoint_text", func(m map[string]any) {
			m["checkpoint"] = strings.Replace(x.at.Note, "\n40\n", "\n41\n", 1)
		}, ledger.BadSignature},
		{"checkpoint_time", func(m map[string]any) {
			m["checkpoint"] = strings.Replace(x.at.Note, "time 2026", "time 2025", 1)
		}, ledger.BadSignature},
		{"checkpoint_by_an_unknown_key", set("checkpoint", checkpoint(t, x.log, forged).Note),
			ledger.UnknownKey},
		{"checkpoint_of_another_log", set("checkpoint", foreign.Note), ledger.UnknownKey},
		{"checkpoint_of_another_size", func(m map[string]any) {
			m["checkpoint"] = later(m)["checkpoint"]
		}, ledger.WrongSize},
		{"checkpoint_missing_its_signature", func(m map[string]any) {
			m["checkpoint"], _, _ = strings.Cut(x.at.Note, "\n\n")
		}, ledger.Malformed},
		{"later_text", func(m map[string]any) { later(m)["checkpoint"] = x.at.Note },
			ledger.WrongSize},
		{"later_path", func(m map[string]any) {
			later(m)["consistency"].([]any)[0] = zero
		}, ledger.NotConsistent},
		{"later_path_truncated", func(m map[string]any) {
			later(m)["consistency"] = later(m)["consistency"].([]any)[1:]
		}, ledger.NotConsistent},
		{"later_by_an_unknown_key", func(m map[string]any) {
			later(m)["checkpoint"] = checkpoint(t, x.log, forged).Note
		}, ledger.UnknownKey},
		{"later_null", set("later", nil), ledger.Malformed},
		{"schema_of_another_version", set("schema", "listgate.proof/v2"), ledger.Malformed},
		{"member_unknown", set("comment", "x"), ledger.Malformed},
		{"member_in_capitals", set("Schema", "listgate.proof/v1"), ledger.Malformed},
		{"member_of_another_type", set("tree_size", "40"), ledger.Malformed},
		{"size_over_53_bits", set("tree_size", json.Number("9223372036854775807")),
			ledger.Malformed},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			m := tree(t, x.doc)
			c.change(m)
			doc, err := json.Marshal(m)
			require.NoError(t, err)
			refused(t, c.want, doc, x.key)
		})
	}
	refused(t, ledger.UnknownKey, x.doc)
	refused(t, ledger.UnknownKey, x.doc, foreignKey)
}

// TestProofMixesTwoLogs gives both keys: each half is signed, the whole is not.
func TestProofMixesTwoLogs(t *testing.T) {
	t.Parallel()
	x := exampleProof(t)
	signer, key := keyPair(t, "other.store/ledger", 3)
	m := tree(t, x.doc)
	m["later"].(map[string]any)["checkpoint"] = checkpoint(t, x.log, signer).Note
	doc, err := json.Marshal(m)
	require.NoError(t, err)
	refused(t, ledger.ForeignOrigin, doc, x.key, key)
}

func TestProofTexts(t *testing.T) {
	t.Parallel()
	x := exampleProof(t)
	text := string(x.doc)
	refused(t, ledger.Malformed, nil, x.key)
	refused(t, ledger.Malformed, []byte("null"), x.key)
	refused(t, ledger.Malformed, []byte("[]"), x.key)
	refused(
		t,
		ledger.Malformed,
		[]byte(strings.Replace(text, `"salt"`, `"salt":"AA==","salt"`, 1)),
		x.key,
	)
	refused(t, ledger.Malformed, []byte(text+"{}"), x.key)
	refused(
		t,
		ledger.Malformed,
		[]byte(strings.Repeat("[", 1<<19)+strings.Repeat("]", 1<<19)),
		x.key,
	)
	refused(t, ledger.TooLarge, []byte(text+strings.Repeat(" ", 1<<20)), x.key)
	for n := range len(strings.TrimRight(text, "\n")) {
		refused(t, ledger.Malformed, x.doc[:n], x.key)
	}
}

func TestProofReaderFails(t *testing.T) {
	t.Parallel()
	_, err := ledger.VerifyProof(iotest.ErrReader(os.ErrPermission))
	require.ErrorIs(t, err, os.ErrPermission)
	var e *ledger.Error
	assert.False(t, errors.As(err, &e), "the question was not answered")
}

func refused(t *testing.T, want ledger.Fault, doc []byte, keys ...note.Verifier) {
	t.Helper()
	got, err := ledger.VerifyProof(reader(doc), keys...)
	var e *ledger.Error
	require.True(t, errors.As(err, &e), "%v", err)
	require.Equal(t, want, e.Fault, "%v", err)
	require.Nil(t, got)
}

// TestProofIsNotWrittenOfATamperedLog keeps a document that would not verify from
// going out.
func TestProofIsNotWrittenOfATamperedLog(t *testing.T) {
	t.Parallel()
	signer, _ := keyPair(t, origin, 1)
	log, m := filled(t, 10)
	c := checkpoint(t, log, signer)
	m.Table[4].Subject = "other"
	_, err := log.Proof(t.Context(), 4, c, nil)
	require.ErrorIs(t, err, ledger.NotIncluded)
	_, err = log.Proof(t.Context(), 10, c, nil)
	require.ErrorIs(t, err, ledger.OutOfRange)
	later := c
	later.Root[0] ^= 1
	_, err = log.Proof(t.Context(), 5, c, &later)
	require.ErrorIs(t, err, ledger.NotConsistent)
	m.Table = append(m.Table[:6], m.Table[7:]...)
	_, err = log.Proof(t.Context(), 6, c, nil)
	require.ErrorIs(t, err, ledger.MissingRow)
}

// FuzzVerifyProof: nobody makes a proof that holds but says something else.
func FuzzVerifyProof(f *testing.F) {
	x := exampleProof(f)
	short, err := x.log.Proof(f.Context(), 0, x.at, nil)
	require.NoError(f, err)
	f.Add(x.doc)
	f.Add(short)
	f.Add([]byte(`{"schema":"listgate.proof/v1"}`))
	f.Add(bytes.Replace(x.doc, []byte("list"), []byte("ask"), 1))
	entries := ledgertest.Entries(40)
	f.Fuzz(func(t *testing.T, doc []byte) {
		got, err := ledger.VerifyProof(reader(doc), x.key)
		if err != nil {
			require.Nil(t, got)
			return
		}
		want := entries[got.Entry.Seq]
		require.Equal(t, want.Subject, got.Entry.Subject)
		require.JSONEq(t, string(want.Body), string(got.Entry.Body))
	})
}
