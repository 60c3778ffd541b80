package config

import (
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/knadh/koanf/providers/env/v2"
	"github.com/knadh/koanf/providers/file"
	"github.com/knadh/koanf/providers/posflag"
	"github.com/knadh/koanf/v2"
	"github.com/spf13/pflag"
)

const (
	prefix = "LISTGATE_"
	// configFlag names the file; LISTGATE_CONFIG does so too.
	configFlag = "config"
	maxFile    = 256 << 10 // bytes of it
)

// foreign are variables of the prefix that are no settings: the file's, those of the
// command listgate and of tests, and those that Kubernetes makes for a service of the
// name listgate. One that ends in _ stands for all that begin so.
var foreign = []string{"CONFIG", "LANG", "SERVER", "TOKEN", "BENCH", "TEST_", "PORT", "PORT_",
	"SERVICE_"}

func isForeign(name string) bool {
	return slices.ContainsFunc(foreign, func(f string) bool {
		return name == f || strings.HasSuffix(f, "_") && strings.HasPrefix(name, f)
	})
}

// Problem is what is wrong with one setting.
type Problem struct {
	Key    string // as in a file
	Source string // "default", a flag, an environment variable, or a file and a line
	What   string
}

// Error implements error.
func (p Problem) Error() string { return fmt.Sprintf("%s (%s): %s", p.Key, p.Source, p.What) }

// Problems are all problems that were found, the error of this package.
type Problems []Problem

// Error implements error, one line for each.
func (ps Problems) Error() string {
	lines := make([]string, len(ps))
	for i, p := range ps {
		lines[i] = p.Error()
	}
	return strings.Join(lines, "\n")
}

// orNil returns the problems as an error, nil for none.
func (ps Problems) orNil() error {
	if len(ps) == 0 {
		return nil
	}
	return ps
}

// Flags adds the settings' flags to a command, and --config FILE.
func Flags(set *pflag.FlagSet) {
	set.String(configFlag, "", "`file` of settings, YAML")
	d := defaults()
	for _, s := range settings {
		set.String(s.flag(), s.show(d), s.usage)
	}
}

// Load reads the settings by parsed flags of Flags and an environment in the form
// of os.Environ. Its error is of type Problems and lists all at once.
func Load(set *pflag.FlagSet, environ []string) (*Settings, error) {
	l := &loader{values: koanf.New("."), settings: defaults()}
	l.settings.sources = map[string]string{}
	if path, source := configFile(set, environ); path != "" {
		l.file(path, source)
	}
	l.environment(environ)
	l.flags(set)
	for _, s := range settings {
		l.apply(s)
	}
	if err := l.problems.orNil(); err != nil {
		return nil, err
	}
	return l.settings, nil
}

// configFile returns the file of settings, and where it is named.
func configFile(set *pflag.FlagSet, environ []string) (path, source string) {
	if f := set.Lookup(configFlag); f != nil && f.Changed {
		return f.Value.String(), "flag --" + configFlag
	}
	name := prefix + strings.ToUpper(configFlag)
	for _, v := range environ {
		if value, ok := strings.CutPrefix(v, name+"="); ok && value != "" {
			path = value
		}
	}
	return path, "environment variable " + name
}

// loader collects values, the later over the earlier, and what is wrong with them.
type loader struct {
	values   *koanf.Koanf
	settings *Settings
	problems Problems
}

func (l *loader) report(key, source, what string) {
	l.problems = append(l.problems, Problem{key, source, what})
}

// file reads the file of settings.
func (l *loader) file(path, named string) {
	stat, err := os.Stat(path)
	switch {
	case err != nil:
		l.report(configFlag, named, err.Error())
		return
	case !stat.Mode().IsRegular() || stat.Size() > maxFile:
		l.report(configFlag, named,
			fmt.Sprintf("%s: want a file of at most %d bytes", path, maxFile))
		return
	}
	d := &document{path: path}
	l.merge(file.Provider(path), d, func(key string) string { return d.place(key) })
	l.problems = append(l.problems, d.problems...)
}

// environment reads the variables that are set.
func (l *loader) environment(environ []string) {
	names := map[string]string{}
	for _, s := range settings {
		names[s.variable()] = s.key
	}
	provider := env.Provider(".", env.Opt{
		Prefix:      prefix,
		EnvironFunc: func() []string { return environ },
		TransformFunc: func(name, value string) (string, any) {
			key, known := names[name]
			switch {
			case value == "" || isForeign(strings.TrimPrefix(name, prefix)):
				return "", nil
			case !known:
				l.report(name, "environment variable "+name, "no such setting")
			}
			return key, value
		},
	})
	l.merge(provider, nil, func(key string) string {
		return "environment variable " + known(key).variable()
	})
}

// flags reads the flags that were given.
func (l *loader) flags(set *pflag.FlagSet) {
	keys := map[string]string{}
	for _, s := range settings {
		keys[s.flag()] = s.key
	}
	provider := posflag.ProviderWithFlag(set, ".", nil, func(f *pflag.Flag) (string, any) {
		if !f.Changed {
			return "", nil
		}
		return keys[f.Name], f.Value.String()
	})
	l.merge(provider, nil, func(key string) string { return "flag --" + known(key).flag() })
}

// merge puts the values of one source over those before it.
func (l *loader) merge(p koanf.Provider, parser koanf.Parser, place func(key string) string) {
	layer := koanf.New(".")
	err := layer.Load(p, parser)
	if err == nil {
		err = l.values.Merge(layer)
	}
	if err != nil {
		l.report(configFlag, place(""), err.Error())
		return
	}
	for _, key := range layer.Keys() {
		l.settings.sources[key] = place(key)
	}
}

// apply sets what was given for a setting.
func (l *loader) apply(s setting) {
	source, given := l.settings.sources[s.key]
	if !given {
		return
	}
	value := l.values.String(s.key)
	err := checkLine(value)
	if err == nil {
		err = s.set(l.settings, value)
	}
	if err != nil {
		l.report(s.key, source, err.Error())
	}
}

// known returns the setting of a key.
func known(key string) setting {
	for _, s := range settings {
		if s.key == key {
			return s
		}
	}
	return setting{key: key}
}
