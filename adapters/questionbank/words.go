package questionbank

import (
	"hash/maphash"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/ai-interviewer/ai-interviewer/domain"
)

// prefixLength is from how many letters on a word of a phrase stands for all
// words that begin with it.
const prefixLength = 4

// token is a word of a text, in lower case, and where it stands there.
type token struct {
	word     string
	from, to int // bytes
}

// apostrophes are the signs that people type for the one within a word.
const apostrophes = "'’ʼ`"

var plainApostrophes = strings.NewReplacer("’", "'", "ʼ", "'", "`", "'")

// tokens returns the words of a text. Letters, digits and apostrophes within
// a word belong to it.
func tokens(text string) []token {
	list := make([]token, 0, len(text)/6+1)
	from, quoted := -1, false
	end := func(to int) {
		if from < 0 {
			return
		}
		word := text[from:to]
		if quoted {
			word = strings.TrimLeft(word, apostrophes)
			from = to - len(word)
			word = strings.TrimRight(word, apostrophes)
		}
		if lower := strings.ToLower(word); quoted && word != "" {
			list = append(list, token{plainApostrophes.Replace(lower), from, from + len(word)})
		} else if word != "" {
			list = append(list, token{lower, from, to})
		}
		from, quoted = -1, false
	}
	for i, r := range text {
		apostrophe := r == '\'' || r > unicode.MaxASCII && strings.ContainsRune(apostrophes, r) || r == '`'
		if !apostrophe && !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			end(i)
			continue
		}
		if from < 0 {
			from = i
		}
		quoted = quoted || apostrophe
	}
	end(len(text))
	return list
}

// words returns the words of a text in lower case.
func words(text string) []string {
	list := make([]string, 0, len(text)/6)
	for _, token := range tokens(text) {
		list = append(list, token.word)
	}
	return list
}

// phrase is one or more words, each of which matches as bank/README.md says.
type phrase []string

func phrases(texts ...string) []phrase {
	list := make([]phrase, len(texts))
	for i, text := range texts {
		list[i] = words(text)
	}
	return list
}

// in reports whether the phrase, which has a word, occurs in the text.
func (p phrase) in(text []string) bool {
	for i := range text {
		if p.begins(text[i:]) {
			return true
		}
	}
	return false
}

// begins reports whether the text begins with the phrase.
func (p phrase) begins(text []string) bool {
	if len(p) > len(text) {
		return false
	}
	for i, word := range p {
		if !strings.HasPrefix(text[i], word) {
			return false
		}
		if len(text[i]) > len(word) && utf8.RuneCountInString(word) < prefixLength {
			return false
		}
	}
	return true
}

// index finds the phrases of several groups in one pass over a text.
type index map[string][]entry // by the head of the first word

type entry struct {
	phrase phrase
	group  int
}

// newIndex makes an index of groups of phrases, each of which has a word.
func newIndex(groups ...[]phrase) index {
	x := make(index)
	for group, list := range groups {
		for _, p := range list {
			if len(p) > 0 {
				x[head(p[0])] = append(x[head(p[0])], entry{p, group})
			}
		}
	}
	return x
}

// head is what a word of a text has in common with each word of a phrase that
// stands for it.
func head(word string) string { return beginning(word, prefixLength) }

// match is a phrase in a text: the words from and up to.
type match struct{ group, from, to int }

// find returns all matches, in the order of the text.
func (x index) find(text []string) (found []match) {
	for i, word := range text {
		for _, e := range x[head(word)] {
			if e.phrase.begins(text[i:]) {
				found = append(found, match{e.group, i, i + len(e.phrase)})
			}
		}
	}
	return found
}

// stemLength is how many letters of a word count when words are compared in
// spite of their endings.
const stemLength = 6

// stem is a word without its ending, roughly.
func stem(word string) string { return beginning(word, stemLength) }

// beginning returns the first letters of a word.
func beginning(word string, letters int) string {
	for i := range word {
		if letters == 0 {
			return word[:i]
		}
		letters--
	}
	return word
}

// stems returns the stems of the words that carry meaning.
func stems(text []string) map[string]bool {
	set := make(map[string]bool)
	for _, word := range text {
		if !functionWords[domain.LanguageEnglish][word] && !functionWords[domain.LanguageUkrainian][word] {
			set[stem(word)] = true
		}
	}
	return set
}

// runs are all runs of a number of words of some texts.
type runs struct {
	length int
	source map[uint64]string // by the run's hash: the text, or whatever names it
}

func newRuns(length int) runs { return runs{length, make(map[uint64]string)} }

var runSeed = maphash.MakeSeed()

// hashes returns the hash of each run of the text, by its first word.
func (r runs) hashes(text []string) []uint64 {
	words := make([]uint64, len(text))
	for i, word := range text {
		words[i] = maphash.String(runSeed, word)
	}
	list := make([]uint64, max(0, len(text)+1-r.length))
	for i := range list {
		for _, word := range words[i : i+r.length] {
			list[i] = list[i]*1099511628211 + word // a prime, so that the order counts
		}
	}
	return list
}

// add adds the runs of a text that are new.
func (r runs) add(text []string, source string) {
	for _, hash := range r.hashes(text) {
		if _, known := r.source[hash]; !known {
			r.source[hash] = source
		}
	}
}

// mark marks the words of a text that stand in a run of another source than
// its own.
func (r runs) mark(text []string, own string, marked []bool) {
	if len(r.source) == 0 {
		return
	}
	for i, hash := range r.hashes(text) {
		if source, known := r.source[hash]; known && source != own {
			for j := range r.length {
				marked[i+j] = true
			}
		}
	}
}
