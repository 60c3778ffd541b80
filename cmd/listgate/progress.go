package main

import (
	"fmt"
	"path/filepath"
	"time"

	"github.com/schollz/progressbar/v3"
)

// progress is a bar on a terminal and nothing in a pipe.
type progress struct{ bar *progressbar.ProgressBar }

// newProgress starts the bar of package i of n.
func newProgress(p *process, path string, i, n int) *progress {
	if !p.errTerminal {
		return &progress{}
	}
	title := filepath.Base(path)
	if n > 1 {
		title = fmt.Sprintf("%d/%d %s", i+1, n, title)
	}
	return &progress{progressbar.NewOptions64(1,
		progressbar.OptionSetWriter(p.err), progressbar.OptionSetDescription(visible(title)),
		progressbar.OptionSetWidth(24), progressbar.OptionThrottle(100*time.Millisecond),
		progressbar.OptionClearOnFinish(), progressbar.OptionSetPredictTime(false))}
}

// visible keeps a file's name from moving the cursor.
func visible(s string) string { return fmt.Sprintf("%.40s", fmt.Sprintf("%+q", s)) }

func (p *progress) show(done, total int64) {
	if p.bar == nil || total == 0 {
		return
	}
	p.bar.ChangeMax64(total)
	_ = p.bar.Set64(done) // a bar that cannot be drawn is no reason to stop
}

func (p *progress) finish() {
	if p.bar != nil {
		_ = p.bar.Clear() // likewise
	}
}
