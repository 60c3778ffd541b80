package upload_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/listgate/listgate/analyzer"
	"github.com/listgate/listgate/review"
	"github.com/listgate/listgate/review/declaration"
	"github.com/listgate/listgate/review/intake"
	"github.com/listgate/listgate/web/page/upload"
	"github.com/listgate/listgate/web/ui/uitest"
)

// taker answers as an intake does, and keeps what it got.
type taker struct {
	err  error
	got  intake.Upload
	body string
}

func (k *taker) Submit(_ context.Context, u intake.Upload) (review.Submission, bool, error) {
	body, err := io.ReadAll(u.Body)
	if err != nil {
		return review.Submission{}, false, err
	}
	k.got, k.body = u, string(body)
	return review.Submission{Case: "c-1"}, false, k.err
}

func handIn(t *testing.T, k *taker, lang, text string) uitest.Answer {
	t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	require.NoError(t, w.WriteField("declaration", text))
	out, err := w.CreateFormFile("package", "变脸.apk")
	require.NoError(t, err)
	_, err = io.WriteString(out, "PK-bytes")
	require.NoError(t, err)
	require.NoError(t, w.Close())
	return uitest.Go(t, upload.New(k, 4<<30), uitest.Visit{
		Method: http.MethodPost, Path: "/upload", Lang: lang, Body: b.String(),
		ContentType: w.FormDataContentType(),
	})
}

func TestShow(t *testing.T) {
	t.Parallel()
	for lang, want := range map[string]string{"zh": "提交安装包", "en": "Hand in a package"} {
		got := uitest.Go(t, upload.New(&taker{}, 4<<30), uitest.Visit{Path: "/upload", Lang: lang})
		require.NoError(t, got.Err)
		assert.Equal(t, want, got.Tree.All("h1")[0].Text())
		assert.Len(t, got.Tree.All("form#upload input[name=package]"), 1)
	}
}

func TestSubmit(t *testing.T) {
	t.Parallel()
	k := &taker{}
	got := handIn(t, k, "zh", "schema: x")
	require.NoError(t, got.Err)
	assert.Equal(t, http.StatusSeeOther, got.Status)
	assert.Equal(t, "/cases/c-1", got.Header.Get("Location"))
	assert.Equal(t, "变脸.apk", k.got.File)
	assert.Equal(t, "schema: x", k.got.Declaration)
	assert.Equal(t, uitest.Reviewer(), k.got.By)
	assert.Equal(t, "PK-bytes", k.body)
}

func TestSubmitRefused(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		err    error
		status int
		want   string
	}{
		{"too_large_for_a_request", fmt.Errorf("read: %w", &http.MaxBytesError{Limit: 9}), 413,
			"over the size limit"},
		{"refused", &review.Refusal{Problems: []review.Problem{{Field: "package",
			Kind: review.ErrInvalid, Message: analyzer.Text{EN: "it has no bytes"}}}}, 422,
			"it has no bytes"},
		{"declaration", &declaration.Error{Problems: []declaration.Problem{
			{Line: 3, Path: "app.colour", What: "unknown field"}}}, 422,
			"line 3: app.colour: unknown field"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got := handIn(t, &taker{err: tt.err}, "en", "<b>schema")
			require.NoError(t, got.Err)
			assert.Equal(t, tt.status, got.Status)
			assert.Contains(t, strings.ToLower(got.Tree.All("main")[0].Text()), tt.want)
			assert.Equal(t, "<b>schema", got.Tree.All("textarea")[0].Text(),
				"it is not typed again")
		})
	}
}
