package analyzer

// InPlace is implemented by entries whose content can be read where it lies in the
// package, without a copy.
type InPlace interface{ InPlace() (f File, ok bool) }

// Renamed is an entry that a device finds under another name than the one in the
// package, as those of a bundle's modules.
type Renamed struct {
	Entry
	As   string
	Path string // in the archive
}

// Name returns the name under which a device finds the entry.
func (e Renamed) Name() string { return e.As }

// InPlace implements InPlace where the entry does.
func (e Renamed) InPlace() (File, bool) { return inPlace(e.Entry) }

func inPlace(e Entry) (File, bool) {
	if p, ok := e.(InPlace); ok {
		return p.InPlace()
	}
	return File{}, false
}

// pathOf returns the path of an entry in the outermost package.
func (c *Contents) pathOf(e Entry) string {
	if r, ok := e.(Renamed); ok {
		return c.above + r.Path
	}
	return c.Within + e.Name()
}

// place returns the path under which an entry of the container stands in records,
// or would stand if there were one of the name. "" is the container as a whole.
func (c *Contents) place(name string) string {
	if name == "" {
		return c.whole
	}
	if e := c.Find(name); e != nil {
		return c.pathOf(e)
	}
	return c.Within + name
}

// mover gives an entry's name the path that it has in the outermost package.
type mover func(string) string

// at is the mover for records about one entry, most of which name that.
func (c *Contents) at(e Entry) mover {
	return func(name string) string {
		if name == e.Name() {
			return c.pathOf(e)
		}
		return c.place(name)
	}
}

func (w Where) moved(m mover) Where {
	w.Entry = m(w.Entry)
	return w
}

func (r Identity) moved(mover) Record { return r }

func (r Permission) moved(m mover) Record {
	r.Where = r.Where.moved(m)
	return r
}

func (r Usage) moved(m mover) Record {
	r.Where = r.Where.moved(m)
	return r
}

func (r Component) moved(m mover) Record {
	r.Where = r.Where.moved(m)
	return r
}

func (r Metadata) moved(m mover) Record {
	r.Where = r.Where.moved(m)
	return r
}

func (r PlistKey) moved(m mover) Record {
	r.Where = r.Where.moved(m)
	return r
}

func (r ClassTable) moved(m mover) Record {
	r.Entry = m(r.Entry)
	return r
}

func (r Call) moved(m mover) Record {
	r.Entry = m(r.Entry)
	return r
}

func (r Library) moved(m mover) Record {
	r.Entry = m(r.Entry)
	return r
}

func (r Binary) moved(m mover) Record {
	r.Entry = m(r.Entry)
	return r
}

func (r Framework) moved(m mover) Record {
	r.Where = r.Where.moved(m)
	return r
}

func (s String) moved(m mover) Record {
	s.Where = s.Where.moved(m)
	return s
}

func (r Model) moved(m mover) Record {
	r.Entry = m(r.Entry)
	return r
}

func (r Asset) moved(m mover) Record {
	r.Name = m(r.Name)
	return r
}

func (r Anomaly) moved(m mover) Record {
	r.Where = r.Where.moved(m)
	return r
}

func (r Gap) moved(m mover) Record {
	r.Where = r.Where.moved(m)
	return r
}

func (r Part) moved(m mover) Record {
	r.Entry = m(r.Entry)
	return r
}

func (r Entitlement) moved(m mover) Record {
	r.Where = r.Where.moved(m)
	return r
}

func (r Profile) moved(m mover) Record {
	r.Where = r.Where.moved(m)
	return r
}

func (r PrivacyManifest) moved(m mover) Record {
	r.Where = r.Where.moved(m)
	return r
}
