package manifest

import (
	"fmt"
	"strings"

	"github.com/listgate/listgate/analyzer"
	"github.com/listgate/listgate/analyzer/decode/axml"
)

// ordinals number the elements of each name below one parent from 1, as XPath
// does: "application/service[2]".
type ordinals map[string]int

func (o ordinals) part(parent, name string) string {
	o[name]++
	return fmt.Sprintf("%s%s[%d]", parent, name, o[name])
}

func (r *reading) permissions() {
	count := ordinals{}
	for _, e := range r.doc.Root.Children {
		switch e.Name {
		case "uses-permission", "uses-permission-sdk-23", "uses-permission-sdk-m":
		default:
			continue
		}
		p := analyzer.Permission{Name: r.text(e, "name"), MaxSDK: r.sdk(e, "maxSdkVersion"),
			Where: at(e, count.part("", e.Name))}
		if p.Name == "" {
			continue
		}
		if !r.repeated(strings.Join([]string{e.Name, p.Name, p.MaxSDK}, "\n"), p.Name, p.Where) {
			r.emit(p)
		}
	}
}

// application reads the first application element; another is ignored by the
// device and reported here.
func (r *reading) application() {
	count := ordinals{}
	for _, e := range r.doc.Root.Children {
		if e.Name != "application" {
			continue
		}
		where := at(e, count.part("", "application"))
		if count["application"] > 1 {
			r.emit(analyzer.Anomaly{Code: analyzer.ManifestDuplicate, Where: where,
				What: "a second application element"})
			continue
		}
		r.components(e)
	}
}

func (r *reading) components(app *axml.Element) {
	count := ordinals{}
	for _, e := range app.Children {
		switch e.Name {
		case "meta-data", "property":
			r.metadata(e, "", count.part("application/", e.Name))
		case "activity", "activity-alias", "service", "receiver", "provider":
			r.component(e, count.part("application/", e.Name))
		}
	}
}

func (r *reading) component(e *axml.Element, part string) {
	c := analyzer.Component{Kind: e.Name, Where: at(e, part),
		Name: className(packageName(r.doc.Root), r.text(e, "name"))}
	filters := false
	count := ordinals{}
	for _, child := range e.Children {
		switch child.Name {
		case "meta-data", "property":
			r.metadata(child, c.Name, count.part(part+"/", child.Name))
		case "intent-filter":
			filters = true
			c.Actions = append(c.Actions, r.actions(child)...)
		}
	}
	c.Exported = filters // what the system assumes where nothing is said
	if a, ok := e.Attr("exported"); ok {
		if exported, ok := r.value(a.Value).Bool(); ok {
			c.Exported = exported
		}
	}
	r.repeated(c.Kind+"\n"+c.Name, c.Kind+" "+c.Name, c.Where)
	r.emit(c)
}

func (r *reading) actions(filter *axml.Element) []string {
	var names []string
	for _, e := range filter.Children {
		if e.Name != "action" {
			continue
		}
		if name := r.text(e, "name"); name != "" {
			names = append(names, name)
		}
	}
	return names
}

// metadata emits one element with its value, or with the resource that it names.
func (r *reading) metadata(e *axml.Element, component, part string) {
	m := analyzer.Metadata{Name: r.text(e, "name"), Component: component, Where: at(e, part)}
	if m.Name == "" {
		return
	}
	if a, ok := e.Attr("value"); ok {
		m.Value = r.value(a.Value).String()
	} else if a, ok := e.Attr("resource"); ok {
		m.Value = a.Value.String()
	}
	r.emit(m)
}

// className completes a name as the system does: one that begins with a dot or
// has none is relative to the package.
func className(pkg, name string) string {
	switch {
	case name == "" || pkg == "":
		return name
	case strings.HasPrefix(name, "."):
		return pkg + name
	case !strings.Contains(name, "."):
		return pkg + "." + name
	default:
		return name
	}
}
