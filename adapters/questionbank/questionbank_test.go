package questionbank

import (
	"io/fs"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/ai-interviewer/ai-interviewer/domain"
)

func newBank(t *testing.T) *Bank {
	t.Helper()
	bank, err := New()
	if err != nil {
		t.Fatal(err)
	}
	return bank
}

func TestTheBankIsAsPromised(t *testing.T) {
	bank := newBank(t)
	if len(bank.questions) != 30 {
		t.Errorf("%d questions, not 30", len(bank.questions))
	}
	for _, typ := range domain.QuestionTypes {
		for language, want := range map[domain.Language]int{domain.LanguageEnglish: 8, domain.LanguageUkrainian: 2} {
			got := 0
			for _, q := range bank.questions {
				if q.Type == typ && q.Language == language {
					got++
				}
			}
			if got != want {
				t.Errorf("%d %s questions in %q, not %d", got, typ, language, want)
			}
		}
	}
}

// valid has a question of each type, in English.
const valid = `[
 {"id": "a", "language": "en", "type": "technical", "stacks": ["go"], "levels": ["junior"], "text": "First?", "learn": "Read.", "key_points": [
  {"point": "P1.", "terms": ["one"]}, {"point": "P2.", "terms": ["two"]}, {"point": "P3.", "terms": ["three"]}]},
 {"id": "b", "language": "en", "type": "behavioral", "stacks": [], "levels": [], "text": "Second?", "learn": "Read.", "key_points": [
  {"point": "P1.", "terms": ["one"]}, {"point": "P2.", "terms": ["two"]}, {"point": "P3.", "terms": ["three"]}]},
 {"id": "c", "language": "en", "type": "situational", "text": "Third?", "learn": "Read.", "key_points": [
  {"point": "P1.", "terms": ["one"]}, {"point": "P2.", "terms": ["two"]}, {"point": "P3.", "terms": ["three"]}]}]`

func folder(files map[string]string) fs.FS {
	dir := fstest.MapFS{}
	for name, content := range files {
		dir["bank/"+name] = &fstest.MapFile{Data: []byte(content)}
	}
	return dir
}

func TestBrokenDataIsRefused(t *testing.T) {
	if _, err := load(folder(map[string]string{"x.json": valid})); err != nil {
		t.Fatalf("the valid data: %v", err)
	}
	for _, tc := range []struct{ name, old, new, want string }{
		{"no list", valid, `{}`, "cannot unmarshal"},
		{"no JSON", valid, `[`, "unexpected EOF"},
		{"more after the list", valid, valid + ` []`, "something follows"},
		{"an unknown member", `"id": "a"`, `"name": "x", "id": "a"`, `unknown field "name"`},
		{"a null", `[` + "\n", `[null,`, "is null"},
		{"an id twice", `"id": "b"`, `"id": "a"`, `two questions have the id "a"`},
		{"an id with blanks", `"id": "a"`, `"id": "A b"`, "kebab-case"},
		{"no id", `"id": "a"`, `"id": ""`, "kebab-case"},
		{"an unknown language", `"language": "en", "type": "technical"`, `"language": "uk", "type": "technical"`, `unknown language "uk"`},
		{"a language without every type", `"language": "en", "type": "technical"`, `"language": "ua", "type": "technical"`,
			`no behavioral question in the language "ua"`},
		{"no English", valid, `[]`, `no technical question in the language "en"`},
		{"an unknown type", `"technical"`, `"trivia"`, `unknown type "trivia"`},
		{"an unknown level", `"junior"`, `"guru"`, `unknown level "guru"`},
		{"a stack in capitals", `"go"`, `"Go"`, `the stack "Go"`},
		{"a blank stack", `"go"`, `" "`, `the stack " "`},
		{"a blank text", `"First?"`, `" "`, "the text is blank"},
		{"a text twice", `"Second?"`, `"first ?"`, "the text of another"},
		{"nothing to learn", `"Read."`, `""`, "learn is blank"},
		{"two key points", `{"point": "P1.", "terms": ["one"]}, `, ``, "2 key points"},
		{"seven key points", `{"point": "P1.", "terms": ["one"]}, `, `{"point": "P1.", "terms": ["one"]}, {"point": "P4.", "terms": ["four"]},
			{"point": "P5.", "terms": ["five"]}, {"point": "P6.", "terms": ["six"]}, {"point": "P7.", "terms": ["seven"]}, `, "7 key points"},
		{"a blank point", `"P1."`, `""`, "point 1 is blank"},
		{"a point without terms", `["one"]`, `[]`, "point 1 has no terms"},
		{"a term in capitals", `"one"`, `"One"`, `the term "One"`},
		{"a term without a word", `"one"`, `"..."`, `the term "..."`},
		{"a term twice", `"two"`, `"one"`, `the term "one" was there before`},
		{"a term of the question", `"one"`, `"first"`, `the term "first" stands in the question`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			broken := strings.Replace(valid, tc.old, tc.new, 1)
			if broken == valid {
				t.Fatal("nothing was replaced")
			}
			bank, err := load(folder(map[string]string{"x.json": broken}))
			if err == nil || !strings.Contains(err.Error(), tc.want) || bank != nil {
				t.Errorf("the error is %v, not of %q", err, tc.want)
			}
		})
	}
}

func TestAllThatIsWrongIsNamedAtOnce(t *testing.T) {
	broken := strings.NewReplacer(`"junior"`, `"guru"`, `"Second?"`, `""`).Replace(valid)
	_, err := load(folder(map[string]string{"a.json": `[`, "b.json": broken}))
	for _, want := range []string{"bank/a.json", `bank/b.json: item 1, "a": unknown level "guru"`, "the text is blank"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v does not speak of %q", err, want)
		}
	}
}

func TestPhrasesMatchStems(t *testing.T) {
	for _, tc := range []struct {
		term, text string
		want       bool
	}{
		{"idempot", "Make it IDEMPOTENT!", true},
		{"go", "a good goal", false},
		{"go", "Go, please", true},
		{"n+1", "the N+1 problem", true},
		{"roll back", "we rolled back", true},
		{"roll back", "Roll back, then look", true},
		{"roll back", "back to roll", false},
		{"транзакц", "Відкрию транзакцію", true},
		{"рев'ю", "запровадили рев’ю", true},
		{"лог", "логіка", false},
		{"retry", "", false},
	} {
		if got := phrases(tc.term)[0].in(words(tc.text)); got != tc.want {
			t.Errorf("%q in %q: %v", tc.term, tc.text, got)
		}
	}
	if got := words("’Don’t’ — 'stop' 👍 'n'"); !slices.Equal(got, []string{"don't", "stop", "n"}) {
		t.Errorf("words are %q", got)
	}
}
