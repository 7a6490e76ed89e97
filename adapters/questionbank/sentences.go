package questionbank

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// split returns the sentences of a text: they end with a mark that is
// followed by a blank, at an empty line, and where a line begins as a list
// does.
func split(text string, words []token) []sentence {
	var list []sentence
	from := 0
	for i := range words {
		end := len(text)
		if i+1 < len(words) {
			end = words[i+1].from
		}
		gap := text[words[i].to:end]
		if i+1 == len(words) || i+1-from == maxSentence || endsSentence(text, words[i], gap) {
			list = append(list, sentence{from: from, to: i + 1})
			from = i + 1
		}
	}
	return list
}

// lineOfText is from how many letters on a line is taken for one that was
// broken by its width, not by its author.
const lineOfText = 50

// endsSentence reports whether a sentence ends between a word and the next,
// with the gap between them.
func endsSentence(text string, word token, gap string) bool {
	if strings.ContainsAny(gap, "!?…;•") {
		return true
	}
	if at := strings.IndexByte(gap, '.'); at >= 0 && strings.ContainsAny(gap[at:], " \t\r\n") && !abbreviations[word.word] && !isItemNumber(word.word) {
		return true
	}
	if at := strings.IndexByte(gap, '\n'); at >= 0 {
		begin := strings.LastIndexByte(text[:word.to], '\n') + 1
		next, _ := utf8.DecodeRuneInString(text[word.to+len(gap):])
		return strings.Count(gap, "\n") > 1 || strings.ContainsAny(gap[at:], "-*–—+#") ||
			unicode.IsDigit(next) || utf8.RuneCountInString(text[begin:word.to]) < lineOfText
	}
	return false
}

// isItemNumber reports whether a word may be the number before a list's item.
func isItemNumber(word string) bool {
	return len(word) <= 2 && strings.Trim(word, "0123456789") == ""
}

var abbreviations = wordSet("e g i etc vs approx т д п ін напр тис млн грн")
