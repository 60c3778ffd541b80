package lists_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/listgate/listgate/review"
	"github.com/listgate/listgate/web/page/lists"
	"github.com/listgate/listgate/web/ui/uitest"
)

// TestPreviewOfABrokenForm sends what is no whole form: it is the sender's to mend.
func TestPreviewOfABrokenForm(t *testing.T) {
	t.Parallel()
	o := held()
	for name, body := range map[string]string{
		"empty": "", "no_end": "--x\r\nContent-Disposition: form-data; name=\"list\"\r\n\r\nalgo",
		"no_header": "--x\r\nbroken\r\n--x--\r\n",
	} {
		got := uitest.Go(t, lists.New(o, o), uitest.Visit{Method: http.MethodPost, Lang: "en",
			Path: "/registry/preview", Who: senior(), Body: body,
			ContentType: "multipart/form-data; boundary=x"})
		var refusal *review.Refusal
		require.ErrorAs(t, got.Err, &refusal, name)
		assert.ErrorIs(t, got.Err, review.ErrInvalid, name)
		assert.Equal(t, "the form is cut short", refusal.Problems[0].Message.EN, name)
	}
	assert.Nil(t, o.applied)
}
