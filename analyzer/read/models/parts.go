package models

import (
	"path"
	"slices"
	"strings"
	"sync"

	"github.com/listgate/listgate/analyzer"
)

// maxParts bounds the files that are named with a model.
const maxParts = 32

// companions are files that lie beside models and belong to what loads them:
// vocabularies, token tables, pronunciations, settings.
var companions = []string{
	"tokens.txt", "lexicon.txt", "vocab.txt", "vocab.json", "merges.txt", "tokenizer.json",
	"tokenizer.model", "tokenizer_config.json", "config.json", "llm_config.json", "voices.bin",
	"labels.txt", "espeak-ng-data/phontab",
}

// partsOf names the files that belong to the model at name, from its folder. The
// format says where they lie; parts has what the model itself refers to.
func partsOf(c *analyzer.Contents, s *sketch) []string {
	dir, base := path.Split(s.name)
	names := append(slices.Clone(s.parts), siblings(s.format, base)...)
	names = append(names, companions...)
	var out []string
	for _, n := range names {
		if n == base || slices.Contains(out, n) || len(out) == maxParts {
			continue
		}
		if c.Find(dir+n) != nil {
			out = append(out, n)
		}
	}
	return out
}

// siblings are the names that a format gives to the other files of a model.
func siblings(format, base string) []string {
	stem := strings.TrimSuffix(base, path.Ext(base))
	switch format {
	case "ncnn":
		stem = strings.TrimSuffix(strings.TrimSuffix(base, ".bin"), ".param")
		return []string{stem + ".bin", base + ".bin"}
	case "onnx":
		return []string{base + ".data", base + "_data", stem + ".data"}
	case "mnn":
		return []string{base + ".weight"}
	case "tnn":
		return []string{stem + ".tnnmodel"}
	case "executorch":
		return []string{stem + ".ptd"}
	case "coreml":
		return []string{
			"metadata.json", "model.mil", "model.espresso.net", "model.espresso.shape",
			"model.espresso.weights", "weights/weight.bin", "analytics/" + descriptionFile,
			"neural_network_optionals/" + descriptionFile, "model/" + descriptionFile,
			"model0/" + descriptionFile, "model1/" + descriptionFile,
		}
	}
	return nil
}

// isPart reports the weights of a model that has its description in another file.
func isPart(c *analyzer.Contents, name string) bool {
	dir, base := path.Split(name)
	stem := strings.TrimSuffix(name, path.Ext(name))
	var owners []string
	switch path.Ext(base) {
	case ".bin":
		owners = []string{stem + ".param", stem + ".param.bin", stem, stem + ".xml"}
		if base == "weight.bin" {
			parent := strings.TrimSuffix(dir, "weights/")
			owners = append(owners, parent+descriptionFile, parent+"model.mlmodel",
				parent+"model.mil")
		}
	case ".weights":
		owners = []string{dir + descriptionFile}
	case ".weight", ".data", ".ptd", ".tnnmodel":
		owners = []string{stem, stem + ".pte", stem + ".tnnproto", stem + ".onnx"}
	default:
		if strings.HasSuffix(name, "_data") {
			owners = []string{strings.TrimSuffix(name, "_data")}
		}
	}
	return slices.ContainsFunc(owners, func(o string) bool { return c.Find(o) != nil })
}

// folderWords are the files that tasks.txt asks for beside a model.
var folderWords = sync.OnceValue(func() []string {
	var out []string
	list, _ := signatures()
	for _, s := range list {
		for _, cond := range s.conditions {
			if cond.key == "folder" {
				out = append(out, cond.words...)
			}
		}
	}
	return out
})

// besides returns those of the folder words that lie beside the entry.
func besides(c *analyzer.Contents, name string) []string {
	dir, _ := path.Split(name)
	var out []string
	for _, w := range folderWords() {
		if c.Find(dir+w) != nil {
			out = append(out, w)
		}
	}
	return out
}
