// Package browser drives a real Chromium over the workbench, for tests and for the
// pictures in the documentation.
package browser

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// Variable names the browser to use, else Path looks for Debian's.
const Variable = "LISTGATE_TEST_BROWSER"

// ErrNoBrowser says that there is none to drive.
var ErrNoBrowser = errors.New("no Chromium was found: run `make test-tools`, install Debian's " +
	"package `chromium`, or name one in " + Variable)

// Path returns the browser.
func Path() (string, error) {
	names := []string{"chromium", "chromium-browser", "google-chrome"}
	if given := os.Getenv(Variable); given != "" {
		names = []string{given}
	}
	for _, name := range names {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", ErrNoBrowser
}

// Size is that of a window, in pixels.
type Size struct{ Width, Height int64 }

// The sizes that pages are looked at in.
var (
	Wide   = Size{1440, 900}
	Narrow = Size{390, 844}
)

// stepWait is how long one step may take.
const stepWait = 30 * time.Second

// Tab is a browser with one tab and a folder of its own: who is signed in there is
// signed in nowhere else.
type Tab struct {
	ctx  context.Context
	base string
}

// Open starts a browser for the workbench at an address, until cancel is called, which
// removes its folder. It asks nothing of the network beyond the pages it is sent to.
func Open(ctx context.Context, base, folder string) (*Tab, context.CancelFunc, error) {
	path, err := Path()
	if err != nil {
		return nil, nil, err
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path), chromedp.UserDataDir(folder), chromedp.DisableGPU,
		chromedp.NoSandbox, // which refuses root
		chromedp.Flag("disable-background-networking", true),
		chromedp.Flag("disable-component-update", true),
		chromedp.Flag("disable-sync", true),
		chromedp.Flag("disable-quic", true),
		chromedp.Flag("force-color-profile", "srgb"),
		chromedp.Flag("hide-scrollbars", true),
	)
	allocated, endAllocator := chromedp.NewExecAllocator(ctx, options...)
	browser, endBrowser := chromedp.NewContext(allocated)
	end := func() {
		_ = chromedp.Cancel(browser)
		endBrowser()
		endAllocator()
		clearFolder(folder)
	}
	// The browser lives as long as the context of its first step.
	if err := chromedp.Run(browser, Resize(Wide)); err != nil {
		end()
		return nil, nil, fmt.Errorf("start %s: %w", path, err)
	}
	return &Tab{browser, base}, end, nil
}

// clearFolder empties the folder of a browser that has ended: parts of it write on for
// a moment, into what is being removed.
func clearFolder(folder string) {
	for range 100 {
		if os.RemoveAll(folder) == nil {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// Run does steps one after the other, each within its time.
func (t *Tab) Run(steps ...chromedp.Action) error {
	for i, s := range steps {
		ctx, cancel := context.WithTimeout(t.ctx, stepWait)
		err := chromedp.Run(ctx, s)
		cancel()
		if err != nil {
			return fmt.Errorf("step %d of %d: %w", i+1, len(steps), err)
		}
	}
	return nil
}

// Visit goes to an address of the workbench.
func (t *Tab) Visit(path string) error { return t.Run(chromedp.Navigate(t.base + path)) }

// Fill types a text into a field, in place of what stands there.
func Fill(selector, text string) chromedp.Action {
	return chromedp.SetValue(selector, text, chromedp.ByQuery)
}

// Press clicks what the selector names and waits for the page behind it.
func Press(selector string) chromedp.Action {
	return chromedp.ActionFunc(func(ctx context.Context) error {
		loaded := make(chan struct{}, 1)
		listen, stop := context.WithCancel(ctx)
		defer stop()
		chromedp.ListenTarget(listen, func(event any) {
			if _, ok := event.(*page.EventLoadEventFired); ok {
				select {
				case loaded <- struct{}{}:
				default:
				}
			}
		})
		if err := chromedp.Click(selector, chromedp.ByQuery).Do(ctx); err != nil {
			return fmt.Errorf("press %s: %w", selector, err)
		}
		select {
		case <-loaded:
			return nil
		case <-ctx.Done():
			return fmt.Errorf("press %s: no page came: %w", selector, ctx.Err())
		}
	})
}

// SignIn signs somebody in.
func (t *Tab) SignIn(login, password string) error {
	return t.Run(chromedp.Navigate(t.base+"/signin"), Fill("input[name=login]", login),
		Fill("input[name=password]", password), Press(`form[action="/signin"] button`))
}

// Text returns the text of the first element of the selector.
func (t *Tab) Text(selector string) (text string, err error) {
	err = t.Run(chromedp.Text(selector, &text, chromedp.ByQuery))
	return text, err
}

// Resize makes the window of a size.
func Resize(s Size) chromedp.Action {
	return emulation.SetDeviceMetricsOverride(s.Width, s.Height, 1, false)
}

// Picture takes a picture of what a window of the size shows, or of the whole page,
// as PNG.
func (t *Tab) Picture(s Size, whole bool) (png []byte, err error) {
	take := chromedp.CaptureScreenshot(&png)
	if whole {
		take = chromedp.FullScreenshot(&png, 100)
	}
	err = t.Run(Resize(s), take)
	return png, err
}
