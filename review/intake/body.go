package intake

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"

	"github.com/listgate/listgate/review"
)

// Errors of an upload, for errors.Is. Both come with a *review.Refusal that says in
// both languages what to do.
var (
	// ErrTooLarge says that a package has more bytes than the store takes.
	ErrTooLarge = fmt.Errorf("package too large: %w", review.ErrInvalid)
	// ErrEmpty says that a package has no bytes.
	ErrEmpty = fmt.Errorf("package empty: %w", review.ErrInvalid)
)

// ErrNoRoom says that there is no room to keep a package: nobody who hands one in can
// mend it.
var ErrNoRoom = errors.New("no room to keep it")

// body is a package as it comes in: it ends with ErrTooLarge behind its limit.
type body struct {
	r    io.Reader
	left int64
	over bool
	i    *Intake
}

// open refuses a body without bytes before anything is stored of it.
func (i *Intake) open(r io.Reader) (*body, error) {
	if r == nil {
		return nil, noBytes()
	}
	buffered := bufio.NewReader(r)
	if _, err := buffered.Peek(1); errors.Is(err, io.EOF) {
		return nil, noBytes()
	} else if err != nil {
		return nil, fmt.Errorf("read package: %w", err)
	}
	return &body{r: buffered, left: i.MaxSize, i: i}, nil
}

// Read implements io.Reader.
func (b *body) Read(p []byte) (int, error) {
	if b.over {
		return 0, ErrTooLarge
	}
	n, err := b.r.Read(p)
	if b.left -= int64(n); b.left < 0 {
		b.over = true
		return 0, ErrTooLarge
	}
	return n, err
}

// digest reads the body to its end.
func (b *body) digest(ctx context.Context) (string, error) {
	sum := sha256.New()
	_, err := io.Copy(sum, &stoppable{ctx, b})
	switch {
	case b.over:
		return "", b.i.tooLarge()
	case err != nil:
		return "", fmt.Errorf("read package: %w", err)
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}

// stoppable is a reader that ends with its context.
type stoppable struct {
	ctx context.Context
	r   io.Reader
}

// Read implements io.Reader.
func (s *stoppable) Read(p []byte) (int, error) {
	if err := s.ctx.Err(); err != nil {
		return 0, err
	}
	return s.r.Read(p)
}

func (i *Intake) tooLarge() error {
	size := bytesText(i.MaxSize)
	return refuse(ErrTooLarge, "package", "package-too-large",
		text("安装包超过上限 %[1]s，未保存：请缩小安装包后重新提交（例如按架构拆分），或者联系商店提高上限",
			"the package is over the limit of %[1]s and was not kept: make it smaller (split it "+
				"by architecture) and hand it in again, or ask the store to raise the limit", size))
}

func noBytes() error {
	return refuse(ErrEmpty, "package", "package-empty",
		text("安装包没有内容：请选择文件后重新提交",
			"the package has no bytes: choose the file and hand it in again"))
}

// bytesText reads 1 GiB, 200 MiB, 1500 bytes.
func bytesText(n int64) string {
	switch {
	case n >= 1<<30 && n%(1<<30) == 0:
		return fmt.Sprintf("%d GiB", n>>30)
	case n >= 1<<20:
		return fmt.Sprintf("%.4g MiB", float64(n)/(1<<20))
	}
	return fmt.Sprintf("%d bytes", n)
}
