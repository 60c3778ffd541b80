package intake_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/listgate/listgate/analyzer"
	"github.com/listgate/listgate/internal/store"
	"github.com/listgate/listgate/internal/store/storetest"
	"github.com/listgate/listgate/review"
	"github.com/listgate/listgate/review/declaration"
	"github.com/listgate/listgate/review/intake"
)

func TestSubmitOpensACase(t *testing.T) {
	t.Parallel()
	storetest.Databases(t, func(t *testing.T, db *store.DB) {
		r := newRoom(t, db)
		u := steps.upload(t)
		u.Key = "build-17"
		s := r.submit(t, u)
		assert.Empty(t, cmp.Diff(s, r.submission(t, s.Case)))
		assert.Equal(t, "notes.apk", s.File)
		assert.EqualValues(t, len(steps.pack(t)), s.Size)
		c := r.caseOf(t, s.Case)
		assert.Equal(t, review.Place{State: review.CaseReceived}, c.Place)
		assert.Equal(t, review.OriginSubmission, c.Origin)
		assert.Equal(t, review.StageSubmission, c.Stage)
		assert.Equal(t, review.Times{Received: monday, Known: monday, Opened: monday}, c.Times)
		assert.Equal(t, time.Date(2026, 11, 26, 16, 0, 0, 0, time.UTC), c.Due,
			"the end of the third working day in China")
		entries, err := r.Cases.History(t.Context(), s.Case)
		require.NoError(t, err)
		assert.Empty(t, cmp.Diff([]review.Entry{{At: monday, By: maker, On: review.EventOpen,
			To: review.CaseReceived, Note: "notes.apk"}}, entries))
		assert.Equal(t, 1, r.count(t, "river_job", "kind = 'scan'"))
		rows, _, err := r.Cases.Find(t.Context(), review.CaseFilter{})
		require.NoError(t, err)
		require.Len(t, rows, 1)
		assert.Equal(t, "notes.apk", rows[0].Name)
	})
}

// endless is a body that would fill any disk.
type endless struct{ read int64 }

func (e *endless) Read(p []byte) (int, error) {
	e.read += int64(len(p))
	return len(p), nil
}

func TestSubmitRefusesAndStoresNothing(t *testing.T) {
	t.Parallel()
	flood := &endless{}
	tests := []struct {
		name string
		edit func(u *intake.Upload)
		is   error
		says string
	}{
		{"too_large", func(u *intake.Upload) { u.Body = flood }, intake.ErrTooLarge,
			"over the limit of 1 MiB"},
		{"one_byte_too_large", func(u *intake.Upload) {
			u.Body = io.MultiReader(u.Body, bytes.NewReader(make([]byte, 1<<20)))
		}, intake.ErrTooLarge, "make it smaller"},
		{"empty", func(u *intake.Upload) { u.Body = strings.NewReader("") }, intake.ErrEmpty,
			"has no bytes"},
		{"no_body", func(u *intake.Upload) { u.Body = nil }, intake.ErrEmpty, "has no bytes"},
		{"nobody", func(u *intake.Upload) { u.By = review.Actor{} }, review.ErrForbidden,
			"nobody hands it in"},
		{"key_too_long", func(u *intake.Upload) { u.Key = strings.Repeat("k", 201) },
			review.ErrInvalid, "200 bytes at most"},
		{"key_with_control", func(u *intake.Upload) { u.Key = "a\x00b" }, review.ErrInvalid,
			"no control characters"},
		{"key_no_text", func(u *intake.Upload) { u.Key = "\xff" }, review.ErrInvalid, "a key"},
	}
	storetest.Databases(t, func(t *testing.T, db *store.DB) {
		r := newRoom(t, db)
		for _, test := range tests {
			u := steps.upload(t)
			test.edit(&u)
			s, again, err := r.Submit(t.Context(), u)
			require.ErrorIs(t, err, test.is, test.name)
			var refusal *review.Refusal
			require.ErrorAs(t, err, &refusal, test.name)
			assert.Contains(t, refusal.Problems[0].Message.EN, test.says, test.name)
			assert.NotEmpty(t, refusal.Problems[0].Message.ZH, test.name)
			assert.Zero(t, s, test.name)
			assert.False(t, again, test.name)
			r.assertNothing(t)
		}
		assert.Less(t, flood.read, int64(3<<20), "it is not read to see how long it is")
	})
	require.ErrorIs(t, intake.ErrTooLarge, review.ErrInvalid)
	require.ErrorIs(t, intake.ErrEmpty, review.ErrInvalid)
}

func (r *room) assertNothing(t *testing.T) {
	t.Helper()
	for _, table := range []string{"submissions", "cases", "case_entries", "river_job"} {
		assert.Zero(t, r.count(t, table, "1 = 1"), table)
	}
	assert.Zero(t, r.kept(t), "blobs")
}

func TestSubmitTakesWhatIsJustAtTheLimit(t *testing.T) {
	t.Parallel()
	storetest.Databases(t, func(t *testing.T, db *store.DB) {
		r := newRoom(t, db)
		r.MaxSize = 1000
		s := r.submit(t, intake.Upload{File: "a.apk", Body: bytes.NewReader(make([]byte, 1000)),
			By: maker})
		assert.EqualValues(t, 1000, s.Size)
	})
}

func TestSubmitReadsTheDeclarationFirst(t *testing.T) {
	t.Parallel()
	storetest.Databases(t, func(t *testing.T, db *store.DB) {
		r := newRoom(t, db)
		for name, text := range map[string]string{
			"unknown_field": "schema: listgate.declaration/v1\napp:\n  colour: red\n",
			"no_yaml":       "schema: [",
			"too_long":      "schema: " + strings.Repeat("x", 1<<20),
		} {
			u := steps.upload(t)
			u.Body, u.Declaration = iotest.ErrReader(errDisk), text
			_, _, err := r.Submit(t.Context(), u)
			var bad *declaration.Error
			require.ErrorAs(t, err, &bad, name)
			if name == "unknown_field" {
				assert.Equal(t, 3, bad.Problems[0].Line)
			}
			r.assertNothing(t)
		}
	})
}

func TestSubmitOfABodyThatBreaksOff(t *testing.T) {
	t.Parallel()
	storetest.Databases(t, func(t *testing.T, db *store.DB) {
		r := newRoom(t, db)
		for _, before := range []string{"", "PK\x03\x04 and so on"} {
			_, _, err := r.Submit(t.Context(), intake.Upload{File: "a.apk", By: maker,
				Body: io.MultiReader(strings.NewReader(before), iotest.ErrReader(errDisk))})
			require.ErrorIs(t, err, errDisk)
			r.assertNothing(t)
		}
	})
}

func TestSameKeyIsOneSubmission(t *testing.T) {
	t.Parallel()
	storetest.Databases(t, func(t *testing.T, db *store.DB) {
		r := newRoom(t, db)
		keyed := func() intake.Upload {
			u := steps.upload(t)
			u.Key = "build-17"
			return u
		}
		first := r.submit(t, keyed())
		s, again, err := r.Submit(t.Context(), keyed())
		require.NoError(t, err)
		assert.True(t, again)
		assert.Empty(t, cmp.Diff(first, s))
		require.NoError(t, r.Scan(t.Context(), first.Case))
		s, again, err = r.Submit(t.Context(), keyed())
		require.NoError(t, err)
		assert.True(t, again)
		assert.NotNil(t, s.Scan, "with what has become of it")

		blobs := r.kept(t)
		for says, edit := range map[string]func(*intake.Upload){
			"for another package":     func(u *intake.Upload) { u.Body = strings.NewReader("PK") },
			"for another declaration": func(u *intake.Upload) { u.Declaration = "" },
		} {
			u := keyed()
			edit(&u)
			_, _, err := r.Submit(t.Context(), u)
			require.ErrorIs(t, err, review.ErrConflict)
			require.ErrorContains(t, err, says)
			require.ErrorContains(t, err, first.Case)
		}
		u := keyed()
		u.Body = &endless{}
		_, _, err = r.Submit(t.Context(), u)
		require.ErrorIs(t, err, intake.ErrTooLarge)
		assert.Equal(t, blobs, r.kept(t))
		assert.Equal(t, 1, r.count(t, "cases", "1 = 1"))
		assert.Equal(t, 1, r.count(t, "river_job", "kind = 'scan'"))

		u = keyed()
		u.By = lin
		r.submit(t, u)
		u = keyed()
		u.Key = ""
		r.submit(t, u)
		assert.Equal(t, 3, r.count(t, "submissions", "1 = 1"))
	})
}

func TestSameKeyAtOnce(t *testing.T) {
	t.Parallel()
	storetest.Databases(t, func(t *testing.T, db *store.DB) {
		r := newRoom(t, db)
		got := make([]review.Submission, 8)
		news := make([]bool, len(got))
		other := errors.New("another package under the key")
		r.at(t, len(got), func(i int) error {
			u := steps.upload(t)
			u.Key = "build-17"
			s, again, err := r.Submit(t.Context(), u)
			got[i], news[i] = s, !again
			return err
		})
		fresh := 0
		for i := range got {
			assert.Equal(t, got[0].ID, got[i].ID)
			if news[i] {
				fresh++
			}
		}
		assert.Equal(t, 1, fresh)
		assert.Equal(t, 1, r.count(t, "submissions", "1 = 1"))
		assert.Equal(t, 1, r.count(t, "cases", "1 = 1"))
		assert.Equal(t, 1, r.count(t, "river_job", "kind = 'scan'"))
		assert.Equal(t, 1, r.kept(t))

		errs := make([]error, 4)
		r.at(t, len(errs), func(i int) error {
			u := steps.upload(t)
			u.Key = "build-18"
			if i%2 == 1 {
				u.Body = bytes.NewReader(app{steps.id, "3.0"}.pack(t))
			}
			_, _, err := r.Submit(t.Context(), u)
			if errors.Is(err, review.ErrConflict) {
				errs[i], err = other, nil
			}
			return err
		})
		assert.Len(t, only(errs, other), 2, "the other two are one of the packages")
		assert.Equal(t, 2, r.count(t, "submissions", "1 = 1"))
	})
}

func only(errs []error, want error) (found []error) {
	for _, err := range errs {
		if errors.Is(err, want) {
			found = append(found, err)
		}
	}
	return found
}

func TestNamesFromOutsideAreForPeople(t *testing.T) {
	t.Parallel()
	tests := map[string]string{
		"notes.apk":                        "notes.apk",
		"../../etc/passwd":                 "passwd",
		`C:\Users\me\Desktop\记事本.apk`:      "记事本.apk",
		"/":                                "package",
		"":                                 "package",
		"..":                               "package",
		"a\x00b\r\nc.apk":                  "a b c.apk",
		"evil\u202Ekpa.exe":                "evil kpa.exe",
		"\xff\xfe.apk":                     "\uFFFD.apk",
		"line\u2028break.apk":              "line break.apk",
		strings.Repeat("长", 5000) + ".apk": strings.Repeat("长", 115) + "….apk",
	}
	storetest.Databases(t, func(t *testing.T, db *store.DB) {
		r := newRoom(t, db)
		for name, want := range tests {
			s := r.submit(t, intake.Upload{File: name, Body: strings.NewReader("PK"), By: maker})
			assert.Equal(t, want, s.File, "%.40q", name)
			require.NoError(t, r.Scan(t.Context(), s.Case))
			assert.Equal(t, review.CaseScanFailed, r.caseOf(t, s.Case).State)
		}
	})
}

func TestIdentityOfAHostilePackage(t *testing.T) {
	t.Parallel()
	storetest.Databases(t, func(t *testing.T, db *store.DB) {
		r := newRoom(t, db)
		seen := map[string]bool{}
		for _, id := range []string{
			"com.evil\u202Eapp", "com.evil app", "com.evil\x00\x01app\r\n",
			strings.Repeat("long.", 20_000), strings.Repeat("long.", 20_000) + "er",
		} {
			hostile := id
			one := *r.Intake
			one.Judge = r.Judge
			one.Analyzer = lies(r, hostile)
			u := steps.upload(t)
			s := r.submit(t, u)
			require.NoError(t, one.Scan(t.Context(), s.Case))
			c := r.caseOf(t, s.Case)
			require.NotEmpty(t, c.App)
			app, err := r.Apps.App(t.Context(), c.App)
			require.NoError(t, err)
			assert.LessOrEqual(t, len([]rune(app.Package)), 200)
			assert.False(t, seen[app.Package], "%q is another's", app.Package)
			seen[app.Package] = true
			assert.NotContains(t, app.Package, "\u202E")
			assert.NotContains(t, app.Name, "\n")
			assert.LessOrEqual(t, len([]rune(app.Name)), 120)
		}
	})
}

// lies is an analyzer of packages whose manifest says a hostile id.
func lies(r *room, id string) intake.Analyzer {
	return func(ctx context.Context, f intake.File) (*analyzer.Facts, error) {
		facts, err := r.analyse(ctx, f)
		if err == nil {
			facts.Package.ID = id
			facts.Package.Version.Name = id
			facts.Package.Labels = map[string]string{"": id + "\n" + id}
		}
		return facts, err
	}
}
