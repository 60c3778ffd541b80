package letter_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/listgate/listgate/internal/store"
	"github.com/listgate/listgate/internal/store/storetest"
	"github.com/listgate/listgate/review"
	"github.com/listgate/listgate/review/desk"
	"github.com/listgate/listgate/review/desk/desktest"
	"github.com/listgate/listgate/web/page/letter"
	"github.com/listgate/listgate/web/ui/uitest"
)

// written opens an office where a letter was written, and returns it.
func written(t *testing.T, db *store.DB) (*desktest.Office, review.Letter) {
	t.Helper()
	o := desktest.New(t, db)
	o.AddApp(t, "a", review.AppUnlisted, "1.0", "submitted")
	on := o.Claimed(t, "c-1", "a/1.0", desktest.Lin)
	_, err := o.Decide(t.Context(), on, desktest.Proposal(review.MeasureRefuse, ""))
	require.NoError(t, err)
	all, err := o.Letters.Letters(t.Context(), "c-1")
	require.NoError(t, err)
	require.Len(t, all, 1)
	return o, all[0]
}

func sum(text string) string {
	h := sha256.Sum256([]byte(text))
	return hex.EncodeToString(h[:])
}

func TestALetterInBothLanguages(t *testing.T) {
	t.Parallel()
	storetest.Databases(t, func(t *testing.T, db *store.DB) {
		o, l := written(t, db)
		for _, lang := range []string{"zh", "en"} {
			got := uitest.Go(t, letter.New(o), uitest.Visit{Lang: lang,
				Path: "/cases/c-1/letters/" + l.ID})
			require.NoError(t, got.Err)
			assert.Equal(t, http.StatusOK, got.Status)
			for at, text := range map[string]string{"zh": l.ZH, "en": l.EN} {
				frame := got.Tree.All("#letter-" + at)[0]
				assert.Equal(t, text, frame.All("pre")[0].FirstChild.Data)
				assert.Contains(t, frame.Text(), sum(text))
			}
			assert.True(t, got.Tree.All("#recorded")[0].Has("good"))
			assert.NotEmpty(t, got.Tree.All(`a[href="/cases/c-1/ledger/1"]`))
		}
		for lang, text := range map[string]string{"zh": l.ZH, "en": l.EN} {
			got := uitest.Go(t, letter.New(o),
				uitest.Visit{Path: "/cases/c-1/letters/" + l.ID + "/" + lang + ".txt"})
			require.NoError(t, got.Err)
			assert.Equal(t, text, got.Body, "the bytes of the digest")
			assert.Equal(t, "text/plain; charset=utf-8", got.Header.Get("Content-Type"))
			assert.Contains(t, got.Header.Get("Content-Disposition"), "attachment")
		}
	})
}

func TestNoSuchLetter(t *testing.T) {
	t.Parallel()
	storetest.Databases(t, func(t *testing.T, db *store.DB) {
		o, l := written(t, db)
		o.AddApp(t, "b", review.AppUnlisted, "1.0", "submitted")
		o.Open(t, "c-2", "b/1.0")
		for _, path := range []string{"/cases/c-1/letters/none", "/cases/none/letters/" + l.ID,
			"/cases/c-2/letters/" + l.ID, "/cases/c-1/letters/" + l.ID + "%00",
			"/cases/c-1/letters/none/zh.txt"} {
			got := uitest.Go(t, letter.New(o), uitest.Visit{Path: path})
			require.ErrorIs(t, got.Err, review.ErrNotFound, path)
		}
	})
}

// changed shows a dossier in which somebody touched a letter.
type changed struct{ *desktest.Office }

func (c changed) Dossier(
	ctx context.Context, who review.Actor, id, lang string,
) (desk.Dossier, error) {
	d, err := c.Office.Dossier(ctx, who, id, lang)
	if err == nil {
		d.Letters[0].ZH += "又及：<em>可以不改</em>\u202e"
	}
	return d, err
}

func TestALetterThatWasChanged(t *testing.T) {
	t.Parallel()
	storetest.Databases(t, func(t *testing.T, db *store.DB) {
		o, l := written(t, db)
		got := uitest.Go(t, letter.New(changed{o}),
			uitest.Visit{Path: "/cases/c-1/letters/" + l.ID})
		require.NoError(t, got.Err)
		alarm := got.Tree.All("#recorded")[0]
		assert.True(t, alarm.Has("bad"))
		assert.Contains(t, alarm.Text(), "文本与台账记录不符")
		assert.Empty(t, got.Tree.All("em"))
		assert.Contains(t, got.Tree.Text(), "可以不改</em>⟨U+202E⟩")
	})
}
