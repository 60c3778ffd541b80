package registry

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// The bounds of one import.
const (
	maxName    = 200  // bytes of a source's or a person's name
	maxKey     = 600  // bytes of a number's key
	maxBatches = 1000 // of one file
	maxLeftOut = 1000 // rows that a person may agree to leave out
)

// Rejected is a row of a file that was not read: the line on which it begins, from
// 1, the first number that stands in it, if any, and the reason.
type Rejected struct {
	Line   int    `json:"line"`
	Number string `json:"number,omitempty"`
	Why    Text   `json:"why"`
}

// Import is a file as a source read it, and the list that it should be. Fetched is
// the day on which the file was fetched; it may be empty.
type Import struct {
	List      List
	Fetched   string
	Snapshots []Snapshot
	Rejected  []Rejected
}

// Actor is who imports.
type Actor struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// Consent is what a person who saw a preview agrees to: the change with this
// fingerprint and, where the file has rejected rows, to leave those out.
type Consent struct {
	Fingerprint string
	LeaveOut    bool
	By          Actor
}

// Check refuses an import that is another list than expected, holds no row, or
// could not be kept.
func (i Import) Check() error {
	if len(i.List.Series()) == 0 {
		return refuse(ErrInvalid, "没有名为“%s”的清单", "there is no list called %q", i.List)
	}
	if !validDay(i.Fetched) {
		return refuse(ErrInvalid, "获取日期“%s”不是日期", "the day of fetching %q is no date", i.Fetched)
	}
	if err := i.expected(); err != nil {
		return err
	}
	if len(i.Snapshots) == 0 {
		return i.nothingRead()
	}
	had, sha := map[Series]bool{}, i.Snapshots[0].SHA256
	for _, s := range i.Snapshots {
		if had[s.Series] || s.SHA256 != sha {
			return refuse(ErrInvalid, "一次只能导入一个文件", "one file at a time is imported")
		}
		had[s.Series] = true
		if err := s.check(); err != nil {
			return err
		}
	}
	return nil
}

// expected refuses another table, and says which it is.
func (i Import) expected() error {
	for _, s := range i.Snapshots {
		if is := ListOf(s.Series); is != i.List {
			was, want := s.Series.Name(), i.List.quoted()
			if is != "" {
				was = is.quoted()
			}
			return refuse(ErrWrongTable, "文件是%[1]s，不是所选的%[3]s，未导入任何内容",
				"the file is the list of %[2]s, not the list of %[4]s that was expected; "+
					"nothing was imported", was.ZH, was.EN, want.ZH, want.EN)
		}
	}
	return nil
}

func (i Import) nothingRead() error {
	if len(i.Rejected) == 0 {
		return refuse(ErrInvalid, "文件中没有数据行", "the file has no rows")
	}
	first := i.Rejected[0]
	return refuse(ErrUnread, "文件共%[1]d行，没有一行能够读取；第%[2]d行：%[3]s",
		"none of the %[1]d rows of the file could be read; line %[2]d: %[4]s",
		len(i.Rejected), first.Line, first.Why.ZH, first.Why.EN)
}

// check holds a snapshot to what a registry can keep.
func (s Snapshot) check() error {
	switch {
	case !nameable(s.Source):
		return refuse(ErrInvalid, "文件名“%.40s”不可用", "the file name %.40q cannot be used", s.Source)
	case len(s.SHA256) != 64:
		return refuse(ErrInvalid, "缺少文件摘要", "the digest of the file is missing")
	case len(s.Records) == 0:
		return refuse(ErrInvalid, "文件中没有数据行", "the file has no rows")
	case !validDay(s.Fetched):
		return refuse(ErrInvalid, "获取日期“%s”不是日期", "the day of fetching %q is no date", s.Fetched)
	}
	had, batches := map[place]bool{}, map[string]bool{}
	for _, r := range s.Records {
		at := place{r.Batch, NumberKey(r.Number)}
		switch {
		case r.Series != s.Series:
			return refuse(ErrInvalid, "编号%s不属于该清单", "number %s belongs to another list", r.Number)
		case !plain(at.key, maxKey) || len(r.Batch) > maxName || !r.kept():
			return refuse(ErrInvalid, "编号为“%.40s”的行有不可用的内容",
				"the row of number %.40q has what cannot be kept", r.Number)
		case had[at]:
			return refuse(ErrInvalid, "编号%s在同一批次中重复", "number %s is twice in one batch", r.Number)
		}
		had[at], batches[r.Batch] = true, true
	}
	if len(batches) > maxBatches {
		return refuse(ErrInvalid, "文件中的批次超过%d个", "the file has more than %d batches", maxBatches)
	}
	return nil
}

// kept reports a row whose texts every database takes.
func (r Record) kept() bool {
	texts := []string{r.Number, r.Name, r.Entity, r.Use, r.Region, r.Remark, r.Batch, r.Published,
		r.On, r.Notice, r.Origin}
	for _, p := range r.Products {
		texts = append(append(texts, p.Name), p.Forms...)
	}
	return !slices.ContainsFunc(texts, func(s string) bool {
		return !utf8.ValidString(s) || strings.ContainsRune(s, 0)
	})
}

// Check refuses a consent by nobody, and one that does not cover the preview.
func (c Consent) Check(p Preview) error {
	switch {
	case !nameable(c.By.ID) || !nameable(c.By.Name):
		return refuse(ErrInvalid, "没有写明由谁导入", "who imports is not given")
	case len(p.Rejected) > maxLeftOut:
		return refuse(ErrUnread, "有%d行无法读取，超过可略去的%d行",
			"%d rows could not be read; %d at most are left out", len(p.Rejected), maxLeftOut)
	case len(p.Rejected) > 0 && !c.LeaveOut:
		first := p.Rejected[0]
		return refuse(ErrUnread, "有%[1]d行无法读取，未同意略去；第%[2]d行：%[3]s",
			"%[1]d rows could not be read and nobody agreed to leave them out; line %[2]d: %[4]s",
			len(p.Rejected), first.Line, first.Why.ZH, first.Why.EN)
	case c.Fingerprint != p.Fingerprint():
		return refuse(ErrStale, "预览之后，所持清单或文件已有变化，请重新预览",
			"what is held or the file has changed since the preview; make a new one")
	}
	return nil
}

// nameable reports a short line of text.
func nameable(s string) bool { return strings.TrimSpace(s) != "" && plain(s, maxName) }

func plain(s string, limit int) bool {
	return s != "" && len(s) <= limit && utf8.ValidString(s) &&
		!strings.ContainsFunc(s, unicode.IsControl)
}
