package law

import (
	"errors"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/listgate/listgate/analyzer"
	"github.com/listgate/listgate/review"
)

func TestIndexIsFresh(t *testing.T) {
	t.Parallel()
	want, err := Index(os.DirFS("editions"))
	require.NoError(t, err)
	assert.True(t, string(want) == string(index),
		"index.json is stale: run go generate ./review/law")
}

func TestLatestLoads(t *testing.T) {
	t.Parallel()
	e, err := Latest()
	require.NoError(t, err)
	ids, err := Editions()
	require.NoError(t, err)
	assert.Equal(t, ids[len(ids)-1], e.ID)
	assert.Equal(t, e.ID, e.Law.Edition)
	assert.Len(t, e.Law.Digest, 64)
	assert.Len(t, e.Law.Obligations, 62)
	first := e.Law.Obligations[0]
	assert.Equal(t, "ST-01", first.ID)
	last := e.Law.Obligations[61]
	assert.Equal(t, "DR-01", last.ID)
	assert.False(t, last.Enabled)
	_, err = Load("1999-01")
	assert.ErrorIs(t, err, ErrNoEdition)
}

// Loading is part of every run of the command; the best of several runs keeps a
// busy machine out of it.
func TestLoadIsQuick(t *testing.T) {
	best := time.Hour
	for range 20 {
		start := time.Now()
		_, err := Latest()
		require.NoError(t, err)
		best = min(best, time.Since(start))
	}
	t.Logf("best of 20: %v", best)
	assert.Less(t, best, 10*time.Millisecond)
}

func BenchmarkLatest(b *testing.B) {
	for b.Loop() {
		if _, err := Latest(); err != nil {
			b.Fatal(err)
		}
	}
}

func TestCapabilitiesEqualAnalyzer(t *testing.T) {
	t.Parallel()
	e, err := Latest()
	require.NoError(t, err)
	want := slices.Sorted(maps.Keys(analyzer.CapabilityTechniques()))
	assert.Empty(t, cmp.Diff(want, slices.Sorted(maps.Keys(e.Law.Capabilities))))
	limb := map[analyzer.Technique]int{
		"": 0, analyzer.TechniqueText: 1, analyzer.TechniqueSpeech: 2, analyzer.TechniqueAudio: 3,
		analyzer.TechniqueBiometric: 4, analyzer.TechniqueNonBiometric: 5,
		analyzer.TechniqueScene: 6,
	}
	for id, technique := range analyzer.CapabilityTechniques() {
		assert.Equal(t, limb[technique], e.Law.Capabilities[id].Technique, id)
	}
	swap := e.Law.Capabilities[analyzer.FaceSwap]
	assert.Equal(t, []string{"dsp 23(1)(四)", "dsp 17(1)(三)", "dsp 15(2)(一)"}, swap.Articles)
}

func TestFlagsEqualReview(t *testing.T) {
	t.Parallel()
	e, err := Latest()
	require.NoError(t, err)
	want := []review.Flag{
		review.PublicOpinion, review.CallsFiledModel, review.OwnModel, review.OnDeviceModel,
		review.PublishesUserContent, review.ExportsFiles, review.OffersUnlabelled,
		review.ServesMinors, review.Paid,
	}
	assert.ElementsMatch(t, want, slices.Collect(maps.Keys(e.Law.Flags)))
}

func TestProvisionsAreWhole(t *testing.T) {
	t.Parallel()
	e, err := Latest()
	require.NoError(t, err)
	dsp := e.Instruments["dsp"]
	require.Len(t, dsp.Articles, 25)
	for _, a := range dsp.Articles {
		assert.NotEmpty(t, a.Text, a.Number)
		assert.Equal(t, "V", a.Grade, a.Number)
	}
	a, ok := dsp.Article("13")
	require.True(t, ok)
	assert.Contains(t, a.Text, "核验深度合成类应用程序的安全评估、备案等情况")
}

// An article has a grade exactly where it has a wording.
func TestArticlesAreGraded(t *testing.T) {
	t.Parallel()
	e, err := Latest()
	require.NoError(t, err)
	for id, i := range e.Instruments {
		assert.NotEmpty(t, i.Copy, id)
		for _, a := range i.Articles {
			assert.Equal(t, a.Text == "", a.Grade == "", "%s %s", id, a.Number)
			assert.True(t, a.Text == "" || strings.Contains("VCSK", a.Grade), "%s %s", id, a.Number)
		}
	}
}

func TestCompileRejects(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, file, old, new, want string
	}{
		{"unknown_field", "obligations/FI-01.yaml", "enabled:", "colour: red\nenabled:", "colour"},
		{"unknown_instrument", "obligations/FI-01.yaml", "instrument: dsp", "instrument: dsq",
			`instrument "dsq"`},
		{"unknown_article", "obligations/FI-01.yaml", `"19(1)"`, `"99(1)"`, `no article "99(1)"`},
		{"false_quote", "obligations/FI-01.yaml", "履行备案和变更", "履行登记和变更", "does not hold"},
		{"unknown_capability", "obligations/SA-02.yaml", "voice_clone", "voice_clown",
			"voice_clown"},
		{"unknown_flag", "obligations/FI-01.yaml", "public_opinion", "public_opinions",
			"public_opinions"},
		{"unknown_condition", "obligations/FI-02.yaml", "claims_filing", "claims_filings",
			"claims_filings"},
		{"condition_on_condition", "obligations/FI-02.yaml", "any_of: [claims_filing, FI-01]",
			"any_of: [FI-03]", "itself rests"},
		{"never_holds", "obligations/ST-01.yaml", "{all: true}", "{}", "never holds"},
		{"step_without_chinese", "obligations/CO-01.yaml", "zh: 未与隐私政策捆绑", "zh: ''",
			"step 2 needs zh and en"},
		{"step_in_english_alone", "obligations/CO-01.yaml", "zh: 未与隐私政策捆绑", "zh: not bundled",
			"step 2 needs zh and en"},
		{"step_without_english", "obligations/CO-01.yaml", "en: prompt text before upload", "",
			"step 1 needs zh and en"},
		{"step_of_one_language", "obligations/CO-13.yaml", "- zh: 训练数据管理的说明\n    en: statement",
			"- statement", "CO-13.yaml"},
		{"step_twice", "obligations/CO-01.yaml", "en: not bundled with the privacy policy",
			"en: prompt text before upload", "stands there twice"},
		{"no_steps", "obligations/CO-13.yaml",
			"verify:\n  - zh: 训练数据管理的说明\n    en: statement", "verify: []", "verify missing"},
		{"condition_in_english_alone", "obligations/CO-09.yaml",
			"zh: 新闻类应用程序，或者具有新闻功能", "zh: ''", "only_if needs zh and en"},
		{"article_without_place", "instruments/gb45438.yaml", "    place: 附录 E\n", "",
			"article Annex E"},
		{"content_in_english_alone", "instruments/pipl.yaml", "      zh: 单独同意\n", "",
			"article 29: content needs zh and en"},
		{"measure_of_other_stage", "obligations/FI-01.yaml", "submission: refuse",
			"submission: remove", "not of stage"},
		{"unknown_measure", "obligations/FI-01.yaml", "submission: refuse", "submission: burn",
			`measure "burn"`},
		{"measure_never_suggested", "obligations/FI-01.yaml", "submission: refuse",
			"submission: list", "no weight"},
		{"unknown_severity", "obligations/FI-01.yaml", "severity: B", "severity: F",
			`severity "F"`},
		{"unknown_evidence", "obligations/FI-01.yaml", "registry: required", "rumour: required",
			`evidence "rumour"`},
		{"no_group", "edition.yaml", "TR, ", "", "group"},
		{"id_not_file_name", "obligations/FI-01.yaml", "id: FI-01", "id: FI-99",
			"not the file's name"},
		{"capability_missing", "capabilities.yaml", "special_objects:", "special_objectz:",
			"special_object"},
		{"misspelt_file", "uses.yml", "", "", "no such file"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			files := edition(t)
			if tt.old == "" {
				files[tt.file] = &fstest.MapFile{}
			} else {
				require.Contains(t, string(files[tt.file].Data), tt.old)
				files[tt.file].Data = []byte(strings.Replace(string(files[tt.file].Data), tt.old,
					tt.new, 1))
			}
			_, err := Compile(files)
			assert.ErrorContains(t, err, tt.want)
		})
	}
}

func TestCompileRejectsMissingFiles(t *testing.T) {
	t.Parallel()
	files := edition(t)
	delete(files, "measures.yaml")
	_, err := Compile(files)
	assert.ErrorContains(t, err, "measures.yaml: missing")

	files = edition(t)
	delete(files, "instruments/dsp.yaml")
	_, err = Compile(files)
	assert.ErrorContains(t, err, "instrument dsp: no articles")

	files = edition(t)
	files["notes.txt"] = &fstest.MapFile{}
	_, err = Compile(files)
	assert.Error(t, err)
	_, err = Index(fstest.MapFS{"2030-01/edition.yaml": {Data: []byte("id: x")}})
	assert.Error(t, err)
	assert.False(t, errors.Is(err, ErrNoEdition))
}

// edition returns the files of the newest edition in memory.
func edition(t *testing.T) fstest.MapFS {
	t.Helper()
	ids, err := Editions()
	require.NoError(t, err)
	folder := os.DirFS("editions/" + ids[len(ids)-1])
	files := fstest.MapFS{}
	require.NoError(t, fs.WalkDir(folder, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := fs.ReadFile(folder, name)
		files[name] = &fstest.MapFile{Data: b}
		return err
	}))
	require.Greater(t, len(files), 80)
	return files
}
