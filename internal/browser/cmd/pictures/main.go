// Command pictures takes pictures of every page of a demo that runs, in each language,
// wide and narrow:
//
//	pictures -base http://127.0.0.1:8080 -password PASSWORD -out docs/images
//
// A picture is what a window shows; with -whole it is the whole page.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/chromedp/chromedp"

	"github.com/listgate/listgate/internal/browser"
)

// whole is the flag.
var whole bool

func main() {
	base := flag.String("base", "http://127.0.0.1:8080", "address of the workbench")
	password := flag.String("password", "", "of the demo's accounts")
	out := flag.String("out", ".", "folder for the pictures")
	flag.BoolVar(&whole, "whole", false, "take whole pages")
	flag.Parse()
	if err := take(*base, *password, *out); err != nil {
		fmt.Fprintln(os.Stderr, "pictures:", err)
		os.Exit(1)
	}
}

func take(base, password, out string) error {
	if err := os.MkdirAll(out, 0o755); err != nil {
		return err
	}
	for _, lang := range []string{"zh", "en"} {
		if err := inFolder(base, password, filepath.Join(out, lang)); err != nil {
			return fmt.Errorf("%s: %w", lang, err)
		}
	}
	return nil
}

// inFolder gives the browser a folder.
func inFolder(base, password, out string) (err error) {
	folder, err := os.MkdirTemp("", "listgate-browser-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(folder) }()
	tab, end, err := browser.Open(context.Background(), base, folder)
	if err != nil {
		return err
	}
	defer end()
	return inLanguage(tab, password, out)
}

// shot is a page to take: its address, or the text of a link that leads to it from
// the page before.
type shot struct{ name, path, link string }

var shots = []shot{
	{"queue", "/cases", ""},
	{"queue-approve", "/cases?tab=approve", ""},
	{"queue-decided", "/cases?tab=decided", ""},
	{"upload", "/upload", ""},
	{"registry", "/registry?q=%E6%8D%A2%E8%84%B8", ""},
	{"registry-held", "/registry/held", ""},
	{"registry-import", "/registry/import", ""},
}

// inLanguage takes every page in one language; out ends in its name.
func inLanguage(tab *browser.Tab, password, out string) error {
	lang := filepath.Base(out)
	if err := tab.Visit("/signin"); err != nil {
		return err
	}
	if err := tab.Run(browser.Press("button[name=lang][value=" + lang + "]")); err != nil {
		return err
	}
	if err := both(tab, out, "signin"); err != nil {
		return err
	}
	if err := tab.SignIn("chen", password); err != nil {
		return err
	}
	if err := tab.Run(browser.Press("button[name=lang][value=" + lang + "]")); err != nil {
		return err
	}
	for _, s := range shots {
		if err := tab.Visit(s.path); err != nil {
			return fmt.Errorf("%s: %w", s.name, err)
		}
		if err := both(tab, out, s.name); err != nil {
			return fmt.Errorf("%s: %w", s.name, err)
		}
	}
	return cases(tab, out)
}

// cases takes the cases of the demo by what stands on them.
func cases(tab *browser.Tab, out string) error {
	for name, wanted := range map[string]string{
		"case-waiting": "com.example.facecam", "case-proposed": "com.example.voicechat",
		"case-decided": "com.example.dressup", "case-failed": "cut-short",
	} {
		path, err := find(tab, wanted)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		if err := tab.Visit(path); err != nil {
			return err
		}
		if err := both(tab, out, name); err != nil {
			return err
		}
		if name != "case-decided" {
			continue
		}
		for _, part := range []string{"letters", "ledger"} {
			if err := follow(tab, out, path, part); err != nil {
				return err
			}
		}
	}
	return nil
}

// follow takes the first page that a part of a case leads to.
func follow(tab *browser.Tab, out, path, part string) error {
	var href string
	var ok bool
	err := tab.Run(chromedp.AttributeValue(`#`+part+` a[href*="/`+part+`/"]`, "href", &href, &ok,
		chromedp.ByQuery))
	if err != nil || !ok {
		return fmt.Errorf("%s of %s: no link: %w", part, path, err)
	}
	if err := tab.Visit(href); err != nil {
		return err
	}
	if err := both(tab, out, part); err != nil {
		return err
	}
	return tab.Visit(path)
}

// find returns the address of the newest case of an application, in whatever tab.
func find(tab *browser.Tab, text string) (string, error) {
	for _, group := range []string{"waiting", "approve", "decided", "developer", "processing"} {
		if err := tab.Visit("/cases?tab=" + group); err != nil {
			return "", err
		}
		var found string
		const look = `[...document.querySelectorAll("tr")]` +
			`.filter(r => r.textContent.includes(%q))` +
			`.map(r => r.querySelector('a[href^="/cases/"]')?.getAttribute("href")).pop() ?? ""`
		if err := tab.Run(chromedp.Evaluate(fmt.Sprintf(look, text), &found)); err != nil {
			return "", err
		}
		if strings.HasPrefix(found, "/cases/") {
			return found, nil
		}
	}
	return "", fmt.Errorf("no case of %s", text)
}

// both takes a page wide and narrow.
func both(tab *browser.Tab, out, name string) error {
	for size, suffix := range map[browser.Size]string{
		browser.Wide: "", browser.Narrow: "-narrow",
	} {
		png, err := tab.Picture(size, whole)
		if err != nil {
			return err
		}
		path := filepath.Join(filepath.Dir(out), name+suffix+"-"+filepath.Base(out)+".png")
		if err := os.WriteFile(path, png, 0o644); err != nil {
			return err
		}
	}
	return tab.Run(browser.Resize(browser.Wide))
}
