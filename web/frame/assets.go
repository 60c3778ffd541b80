package frame

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"path"
	"strings"
	"sync"
)

//go:embed static
var static embed.FS

// AssetPath is where the server answers with assets.
const AssetPath = "/static/"

// File is a style sheet, a script or an image of the workbench.
type File struct {
	Type string // of its content
	Body []byte
}

// types are those of the files that there are.
var types = map[string]string{
	".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8",
	".svg": "image/svg+xml",
}

// assets holds the files by the name under which browsers ask for them, which holds
// their content, and the other way round; so browsers may keep them for ever.
var assets = sync.OnceValues(func() (map[string]File, map[string]string) {
	files, names := map[string]File{}, map[string]string{}
	entries, err := static.ReadDir("static")
	if err != nil {
		return files, names
	}
	for _, e := range entries {
		body, err := static.ReadFile(path.Join("static", e.Name()))
		if err != nil {
			continue
		}
		sum := sha256.Sum256(body)
		ext := path.Ext(e.Name())
		name := strings.TrimSuffix(e.Name(), ext) + "." + hex.EncodeToString(sum[:8]) + ext
		files[name] = File{types[ext], body}
		names[e.Name()] = name
	}
	return files, names
})

// Asset returns the address of a file of web/ui/static.
func Asset(name string) (string, error) {
	_, names := assets()
	full, ok := names[name]
	if !ok {
		return "", fmt.Errorf("no asset %s", name)
	}
	return AssetPath + full, nil
}

// AssetFile returns the file that browsers ask for by this name.
func AssetFile(name string) (f File, ok bool) {
	files, _ := assets()
	f, ok = files[name]
	return f, ok
}
