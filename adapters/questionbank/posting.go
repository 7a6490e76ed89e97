package questionbank

import (
	"cmp"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/ai-interviewer/ai-interviewer/domain"
)

// vocabulary is all that a posting may name.
type vocabulary struct {
	names map[string][]name // by the first word, the longest first
	stems map[string][]name // by the first letters, the longest first
}

// name is a name of technologies or fields, and what it stands for.
type name struct {
	text  string
	words []string // of the text
	of    []string
}

// newVocabulary knows the tags of the bank and their synonyms.
func newVocabulary(questions []*question) vocabulary {
	v := vocabulary{make(map[string][]name), make(map[string][]name)}
	add := func(text, of string) {
		stem, isStem := strings.CutSuffix(text, "*")
		n := name{text: stem, words: strings.Fields(stem)}
		all, key := v.names, n.words[0]
		if isStem {
			all, key = v.stems, stemKey(stem)
		}
		i := slices.IndexFunc(all[key], func(n name) bool { return n.text == stem })
		if i < 0 {
			i = len(all[key])
			all[key] = append(all[key], n)
		}
		if n := &all[key][i]; of != "" && !slices.Contains(n.of, of) {
			n.of = append(n.of, of)
		}
	}
	own := func(tag string) { // which is no synonym
		if tag != "" && len(v.named(tag)) == 0 {
			add(tag, tag)
		}
	}
	for _, pair := range synonyms {
		add(pair[1], pair[0])
	}
	for _, pair := range synonyms {
		own(pair[0])
	}
	for _, pair := range implied {
		own(pair[0])
		own(pair[1])
	}
	for _, q := range questions {
		for _, tag := range q.tags {
			own(tag)
		}
	}
	for _, all := range [...]map[string][]name{v.names, v.stems} {
		for _, names := range all {
			slices.SortStableFunc(names, func(a, b name) int {
				return cmp.Or(cmp.Compare(len(b.words), len(a.words)), cmp.Compare(len(b.text), len(a.text)))
			})
		}
	}
	return v
}

// stemKey is the first letters of a word.
func stemKey(word string) string {
	letters := 0
	for i := range word {
		if letters == 3 {
			return word[:i]
		}
		letters++
	}
	return word
}

// named returns what the text as a whole is a name of.
func (v vocabulary) named(text string) []string {
	first, _, _ := strings.Cut(text, " ")
	for _, n := range v.names[first] {
		if n.text == text {
			return n.of
		}
	}
	return nil
}

// at returns the longest name at the beginning of the words.
func (v vocabulary) at(list []writtenWord) *name {
	first := list[0].lower
	names := v.names[first]
	for i := range names {
		if names[i].begins(list) {
			return &names[i]
		}
	}
	if first[0] < utf8.RuneSelf { // no stem is in Latin letters
		return nil
	}
	names = v.stems[stemKey(first)]
	for i := range names {
		if strings.HasPrefix(first, names[i].text) {
			return &names[i]
		}
	}
	return nil
}

// begins reports whether the words begin with the name, in one sentence.
func (n *name) begins(list []writtenWord) bool {
	if len(n.words) > len(list) {
		return false
	}
	for i, word := range n.words {
		if list[i].lower != word || i > 0 && list[i].first {
			return false
		}
	}
	return true
}

// inName returns what a title or an entry of the tech stack names.
func (v vocabulary) inName(text string) (found []string) {
	list := writtenWords(text)
	for i := 0; i < len(list); i++ {
		if n := v.at(list[i:]); n != nil {
			found = append(found, n.of...)
			i += len(n.words) - 1
		}
	}
	return found
}

// inProse returns what a running text names. An everyday word is a name if it
// is written as one inside a sentence or on a line of its own, if it stands in
// a list with a name that is clear, or if the text is in Cyrillic.
func (v vocabulary) inProse(text string) (found []string) {
	var (
		list  = writtenWords(text)
		names = make([]*name, len(list)) // at their words
		open  = make([]bool, len(list))  // whether it is to be seen if that is a name
	)
	for i := 0; i < len(list); i++ {
		n := v.at(list[i:])
		if n == nil {
			continue
		}
		last := i + len(n.words) - 1
		if spelling, ok := everyday[n.text]; !vague[n.text] {
			alone := list[i].first && (i+1 == len(list) || list[i+1].first)
			clear := !ok || list[i].written == spelling && (alone || !list[i].first)
			for j := i; j <= last; j++ {
				names[j], open[j] = n, !clear
			}
		}
		i = last
	}
	if isCyrillic(list) {
		clear(open)
	}
	// What stands beside a clear name is clear, and so on to both sides.
	beside := func(i, j int) {
		if j >= 0 && j < len(list) && names[j] != nil && !open[j] {
			open[i] = false
		}
	}
	for i := range list {
		if open[i] {
			beside(i, before(list, i))
		}
	}
	for i := range slices.Backward(list) {
		for j := i + 1; open[i] && j <= i+2 && j < len(list); j++ {
			if before(list, j) == i {
				beside(i, j)
			}
		}
	}
	for i, n := range names {
		if n != nil && !open[i] && (i == 0 || names[i-1] != n) {
			found = append(found, n.of...)
		}
	}
	return found
}

// before returns the place of the entry before that at i in a list such as
// "Go, Kafka and Redis", or -1.
func before(list []writtenWord, i int) int {
	switch {
	case list[i].listed:
		return i - 1
	case i > 1 && !list[i].first && !list[i-1].first && conjunctions[list[i-1].lower] && isCapital(list[i-2].written):
		return i - 2
	}
	return -1
}

var conjunctions = set("and", "or", "with", "і", "й", "та", "або")

func isCapital(word string) bool {
	r, _ := utf8.DecodeRuneInString(word)
	return unicode.IsUpper(r)
}

func isCyrillic(list []writtenWord) bool {
	cyrillic := 0
	for _, word := range list {
		if r, _ := utf8.DecodeRuneInString(word.written); unicode.Is(unicode.Cyrillic, r) {
			cyrillic++
		}
	}
	return cyrillic > len(list)/2
}

// writtenWord is a word of a posting.
type writtenWord struct {
	lower, written string
	first          bool // of a sentence or a line
	listed         bool // after a comma, or what else keeps the entries of a list apart
}

// writtenWords returns the words of a text. Names such as C++ and .NET are
// spelled out in lower.
func writtenWords(text string) (list []writtenWord) {
	list = make([]writtenWord, 0, 4+len(text)/5)
	isWord := func(r rune) bool { return 'a' <= r && r <= 'z' || unicode.IsLetter(r) || unicode.IsDigit(r) }
	for {
		from := strings.IndexFunc(text, isWord)
		if from < 0 {
			return list
		}
		gap := text[:from]
		text = text[from:]
		to := strings.IndexFunc(text, func(r rune) bool { return !isWord(r) })
		if to < 0 {
			to = len(text)
		}
		written := text[:to]
		text = text[to:]
		lower := strings.ToLower(written)
		if rest, ok := strings.CutPrefix(text, "++"); ok && (lower == "c" || lower == "с") { // the latter is Cyrillic
			lower, text = "cpp", rest
		} else if rest, ok := strings.CutPrefix(text, "#"); ok && (lower == "c" || lower == "с") {
			lower, text = "csharp", rest
		} else if lower == "net" && strings.HasSuffix(gap, ".") && (len(list) == 0 || gap != ".") {
			lower = "dotnet"
		}
		stop := -1
		if gap != " " {
			stop = strings.IndexAny(gap, ".!?…")
		}
		list = append(list, writtenWord{
			lower:   lower,
			written: written,
			first:   len(list) == 0 || gap != " " && strings.ContainsAny(gap, "\n•") || stop >= 0 && !strings.HasSuffix(gap, "."),
			listed:  len(list) > 0 && gap != " " && listMarks[strings.Trim(gap, " ()")],
		})
	}
}

// listMarks keep the entries of a list apart.
var listMarks = set(",", "/", "+", "&", ";", "|")

// technologies returns the words of a tag, such as "cpp" for "C++".
func technologies(text string) []string {
	var list []string
	for _, word := range writtenWords(text) {
		list = append(list, word.lower)
	}
	return list
}

// The levels that a question may be for.
const (
	junior = "junior"
	middle = "middle"
	senior = "senior"
)

// levelSet has the levels from junior to senior.
type levelSet [3]bool

var levelNames = [...]string{junior, middle, senior}

func levelsOf(list []string) (levels levelSet) {
	for i, level := range levelNames {
		levels[i] = slices.Contains(list, level)
	}
	return levels
}

// from returns how many levels the set is above the nearest of another one:
// -2 to 2. An empty set is near all others.
func (l levelSet) from(other levelSet) int {
	nearest, found := 0, false
	for i := range l {
		for j := range other {
			if l[i] && other[j] && (!found || abs(i-j) < abs(nearest)) {
				nearest, found = i-j, true
			}
		}
	}
	return nearest
}

func abs(n int) int { return max(n, -n) }

var levelWords = map[string]string{
	"junior": junior, "jr": junior, "intern": junior, "internship": junior, "trainee": junior, "entry": junior, "graduate": junior,
	"джуніор": junior, "джун": junior, "молодший": junior, "молодша": junior, "стажер": junior, "стажист": junior, "початківець": junior,
	"middle": middle, "mid": middle, "intermediate": middle, "regular": middle,
	"мідл": middle, "міддл": middle, "середній": middle, "середня": middle,
	"senior": senior, "sr": senior, "lead": senior, "staff": senior, "principal": senior, "expert": senior, "architect": senior,
	"head": senior, "director": senior, "vp": senior, "cto": senior, "teamlead": senior, "techlead": senior,
	"сеньйор": senior, "сініор": senior, "старший": senior, "старша": senior, "провідний": senior, "провідна": senior,
	"керівник": senior, "керівниця": senior, "тімлід": senior, "техлід": senior, "архітектор": senior, "архітекторка": senior,
}

// levelsIn returns the levels that a text names, in words or in years.
func levelsIn(text string) (levels levelSet) {
	for _, word := range words(text) {
		if level := levelWords[word]; level != "" {
			levels[slices.Index(levelNames[:], level)] = true
		}
	}
	if levels == (levelSet{}) {
		levels = levelsOfYears(text, years)
	}
	return levels
}

// years is such as "3-5 years"; of the description only years of experience
// count.
var (
	years           = regexp.MustCompile(`(?i)^(\d{1,2})(?:\s*[-–—]\s*\d{1,2})?\s*\+?[\s-]*(?:years?|yrs?|рік|рок)`)
	yearsExperience = regexp.MustCompile(`(?i)^(\d{1,2})(?:\s*[-–—]\s*\d{1,2})?\s*\+?[\s-]*` +
		`(?:(?:years?|yrs?)['’]?(?:\s+of)?(?:\s+[a-z]+)?\s+experience|(?:рік|рок[а-яіїє]*)(?:\s+[а-яіїє'’ʼ]+)?\s+досвіду)`)
)

// levelsOfYears returns the level of the first number of years in a text, if
// somebody can have worked so long.
func levelsOfYears(text string, years *regexp.Regexp) (levels levelSet) {
	for i := 0; i < len(text); i++ {
		if !isDigit(text[i]) || i > 0 && isDigit(text[i-1]) {
			continue
		}
		found := years.FindStringSubmatch(text[i:min(len(text), i+100)])
		if found == nil {
			continue
		}
		switch n, _ := strconv.Atoi(found[1]); {
		case n < 2:
			levels[0] = true
		case n < 5:
			levels[1] = true
		case n <= 15:
			levels[2] = true
		}
		return levels
	}
	return levels
}

func isDigit(b byte) bool { return '0' <= b && b <= '9' }

// levelsWanted returns the levels of a posting, which names them in the field
// for that, else in its title, else by years in the description. One that
// names none is taken for the middle.
func levelsWanted(posting domain.JobPosting) levelSet {
	if levels := levelsIn(posting.ExperienceLevel); levels != (levelSet{}) {
		return levels
	}
	if levels := levelsIn(posting.Title); levels != (levelSet{}) {
		return levels
	}
	if levels := levelsOfYears(posting.Description, yearsExperience); levels != (levelSet{}) {
		return levels
	}
	return levelsOf([]string{middle})
}
