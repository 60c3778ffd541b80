package api

import (
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"os"
	"time"
)

// slowest is the speed, in bytes a second, at which a body has to come in and an
// answer has to be taken.
const slowest = 64 << 10

// How long an answer may take, and what is done with a body once it is here.
const (
	answerWait = time.Minute
	settleWait = 10 * time.Minute
)

// incoming is the body of a request. It may take as long as it needs at the slowest
// speed and no longer: the time-outs of the server are for short requests.
type incoming struct {
	body     io.Reader
	control  *http.ResponseController
	patience time.Duration
	began    time.Time
	read     int64
	err      error // that ended it before its end
}

// incoming takes over the body of the request, of at most limit bytes.
func (a *api) incoming(c *call, limit int64) *incoming {
	in := &incoming{
		body:    http.MaxBytesReader(c.Writer, c.Request.Body, limit),
		control: http.NewResponseController(c.Writer), patience: a.Patience, began: time.Now(),
	}
	c.Request.Body = io.NopCloser(in)
	return in
}

// Read implements io.Reader.
func (in *incoming) Read(p []byte) (int, error) {
	in.until(in.began.Add(in.patience + time.Duration(in.read/slowest)*time.Second))
	n, err := in.body.Read(p)
	in.read += int64(n)
	switch {
	case errors.Is(err, io.EOF):
		in.until(time.Now().Add(settleWait))
	case err != nil:
		in.err = err
	}
	return n, err
}

// until gives the request time.
func (in *incoming) until(t time.Time) {
	// A server without deadlines has none to move.
	_ = in.control.SetReadDeadline(t)
	_ = in.control.SetWriteDeadline(t.Add(answerWait))
}

// fault returns why the body did not come in, where it did not, in place of what came
// of that; tooLarge where it was too long.
func (in *incoming) fault(err, tooLarge error) error {
	switch {
	case err == nil || in.err == nil:
		return err
	case errors.As(in.err, new(*http.MaxBytesError)):
		return tooLarge
	case errors.Is(in.err, os.ErrDeadlineExceeded):
		return errSlow
	}
	return fmt.Errorf("%w: %w", errBroken, in.err)
}

// patient gives the caller time to take an answer of so many bytes.
func patient(c *call, size int) {
	wait := answerWait + time.Duration(size/slowest)*time.Second
	// A server without deadlines has none to move.
	_ = http.NewResponseController(c.Writer).SetWriteDeadline(time.Now().Add(wait))
}

// ofType refuses a body of another media type.
func ofType(c *call, want string) error {
	kind, _, err := mime.ParseMediaType(c.GetHeader("Content-Type"))
	if kind != want || err != nil && !errors.Is(err, mime.ErrInvalidMediaParameter) {
		return errMedia(want)
	}
	return nil
}
